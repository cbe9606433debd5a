//! `[simulation]`: what a simulated run is fed with.

use std::time::Duration;

use gantry_hardware::{Kind, Value};

use super::channels::Channels;
use super::devices::DeviceConfig;
use super::opmodes::DISABLED;
use super::reader::{Name, Node, Sink, Table};
use super::{ParameterValue, Span, names};

/// What a simulated run is fed with, unless the command line says otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimulationConfig {
    /// Where random numbers start; 0 if the file does not say.
    pub seed: u64,
    /// Which op mode is enabled when, one after the other; empty if the command line decides.
    pub timeline: Vec<TimelineStep>,
    /// What is done on the gamepads, in the order of time. It is part of their devices' `script`
    /// parameters already.
    pub script: Vec<ScriptStep>,
}

/// One stretch of a simulated run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineStep {
    /// The op mode; none while the robot is disabled.
    pub opmode: Option<String>,
    /// How long.
    pub duration: Duration,
    /// Where the step is.
    pub span: Span,
}

/// Something that is done on gamepads at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptStep {
    /// Since the start of the simulated run.
    pub at: Duration,
    /// Channels of gamepads and the values that they have from then on.
    pub set: Vec<(String, Value)>,
    /// Where the step is.
    pub span: Span,
}

/// The simulator's model of a gamepad, and its parameter for what happens on it.
const GAMEPAD: &str = "gamepad";
const SCRIPT: &str = "script";

/// Reads `[simulation]`, and gives the gamepads their scripts. `opmodes` are the names of all op
/// modes, those with an error too.
pub(super) fn read(
    mut table: Table<'_>,
    opmodes: &[&str],
    channels: &Channels,
    devices: &mut [DeviceConfig],
) -> SimulationConfig {
    let seed = table.optional("seed").and_then(|node| read_seed(&node));
    let timeline = table.optional("timeline");
    let timeline = timeline.and_then(|node| node.array("[{ opmode = \"drive\", for = \"15 s\" }]"));
    let timeline = timeline.into_iter().flatten().filter_map(|node| {
        read_stretch(
            node.table("{ opmode = \"drive\", for = \"15 s\" }")?,
            opmodes,
        )
    });
    let timeline = timeline.collect();
    let script = table.optional("script");
    let script =
        script.and_then(|node| node.array("[{ at = \"16 s\", set = { \"driver.a\" = true } }]"));
    let mut steps = Vec::new();
    for node in script.into_iter().flatten() {
        if let Some(step) = node.table("{ at = \"16 s\", set = { \"driver.a\" = true } }") {
            read_script_step(step, channels, devices, &mut steps);
        }
    }
    table.finish();
    steps.sort_by_key(|step| step.at);
    for device in devices {
        hand_over(&steps, device);
    }
    SimulationConfig {
        seed: seed.unwrap_or_default(),
        timeline,
        script: steps,
    }
}

fn read_seed(node: &Node<'_>) -> Option<u64> {
    let value = node.integer()?;
    let seed = u64::try_from(value).ok();
    if seed.is_none() {
        let error = node.error(format!("`{}` is {value}, which is negative", node.path));
        node.sink
            .report(error.help("a seed is any whole number of zero or more"));
    }
    seed
}

fn read_stretch(mut table: Table<'_>, opmodes: &[&str]) -> Option<TimelineStep> {
    let span = table.span;
    let opmode = table.required("opmode", "\"drive\"");
    let opmode = opmode.and_then(|node| {
        let text = node.string("drive")?;
        if text == DISABLED {
            return Some(None);
        }
        if !opmodes.contains(&text) {
            let known = opmodes.iter().copied().chain([DISABLED]);
            let error = node.error(format!("there is no op mode `{text}`"));
            let help = names::suggest(text, "op modes", known);
            node.sink.report(error.help(help));
            return None;
        }
        Some(Some(text.to_owned()))
    });
    let duration = table.required("for", "\"15 s\"");
    let duration = duration.and_then(|node| node.duration());
    table.finish();
    Some(TimelineStep {
        opmode: opmode?,
        duration: duration?,
        span,
    })
}

fn read_script_step(
    mut table: Table<'_>,
    channels: &Channels,
    devices: &[DeviceConfig],
    steps: &mut Vec<ScriptStep>,
) {
    let (sink, span) = (table.sink, table.span);
    let at = table.required("at", "\"16 s\"");
    let at = at.and_then(|node| node.duration());
    let duration = table.optional("for").and_then(|node| node.duration());
    let set = table.required("set", "{ \"driver.a\" = true }");
    let set = set.and_then(|node| node.table("{ \"driver.a\" = true }"));
    table.finish();
    let entries = set.iter().flat_map(Table::entries);
    let set: Vec<_> = entries
        .filter_map(|(name, node)| {
            let value = read_scripted(sink, name, &node, channels, devices)?;
            Some((name.text.to_owned(), value))
        })
        .collect();
    let Some(at) = at else { return };
    if let Some(duration) = duration {
        let untouched = set.iter().map(|(channel, value)| {
            let untouched = match (value, channel.rsplit('.').next()) {
                // Of a hat switch, zero is "up".
                (Value::Number(_), Some("pov")) => Value::Number(-1.0),
                (value, _) => Value::zero(value.kind()),
            };
            (channel.clone(), untouched)
        });
        steps.push(ScriptStep {
            at: at + duration,
            set: untouched.collect(),
            span,
        });
    }
    steps.push(ScriptStep { at, set, span });
}

fn read_scripted(
    sink: &Sink,
    name: Name<'_>,
    node: &Node<'_>,
    channels: &Channels,
    devices: &[DeviceConfig],
) -> Option<Value> {
    let channel = &channels.find_input(sink, name)?.channel;
    let on_gamepad = devices
        .iter()
        .filter(|device| device.model == GAMEPAD)
        .any(|gamepad| gamepad.ports.values().any(|channel| channel == name.text));
    if !on_gamepad {
        let message = format!("`{}` is not a channel of a gamepad", name.text);
        let help = "a script plays what people do; everything else is simulated";
        sink.report(sink.error(name.span, message).help(help));
        return None;
    }
    match channel.kind {
        Kind::Boolean => node.boolean().map(Value::Boolean),
        Kind::Number | Kind::Array { .. } => node.number().map(Value::Number),
    }
}

/// Appends the steps to the script of a gamepad, in the form that its model reads.
fn hand_over(steps: &[ScriptStep], device: &mut DeviceConfig) {
    if device.model != GAMEPAD {
        return;
    }
    let mut lines = String::new();
    for step in steps {
        for (port, channel) in &device.ports {
            let set = step.set.iter().find(|(name, _)| name == channel);
            let value = match set {
                Some((_, Value::Number(value))) => value.to_string(),
                Some((_, Value::Boolean(value))) => value.to_string(),
                _ => continue,
            };
            lines += &format!("\n{} s {port} = {value}", step.at.as_secs_f64());
        }
    }
    if lines.is_empty() {
        return;
    }
    let script = device.parameters.entry(SCRIPT.to_owned());
    let script = script.or_insert_with(|| ParameterValue::Text(String::new()));
    if let ParameterValue::Text(text) = script {
        text.push_str(&lines);
    }
}
