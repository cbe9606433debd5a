//! `[simulation]`: what a simulated run is fed with.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use gantry_hardware::sim::{self, PortSpec};
use gantry_hardware::{Kind, Value};

use super::channels::Channels;
use super::devices::DeviceConfig;
use super::opmodes::DISABLED;
use super::reader::{Name, Node, Sink, Table};
use super::script::{self, Action};
use super::{ParameterValue, Span};

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
    opmodes: &BTreeSet<&str>,
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
    let timeline: Vec<_> = timeline.collect();
    let whole = |sum: Duration, step: &TimelineStep| sum.saturating_add(step.duration);
    let end = (!timeline.is_empty()).then(|| timeline.iter().fold(Duration::ZERO, whole));
    let gamepads = Gamepads::new(devices);
    let script = table.optional("script");
    let script =
        script.and_then(|node| node.array("[{ at = \"16 s\", set = { \"driver.a\" = true } }]"));
    let mut actions = Vec::new();
    for node in script.into_iter().flatten() {
        if let Some(step) = node.table("{ at = \"16 s\", set = { \"driver.a\" = true } }") {
            actions.extend(read_action(step, channels, &gamepads, end));
        }
    }
    table.finish();
    let steps = script::play(&actions, |channel, value| gamepads.at_rest(channel, value));
    hand_over(&steps, &gamepads, devices);
    SimulationConfig {
        seed: seed.unwrap_or_default(),
        timeline,
        script: steps,
    }
}

/// The channels of all gamepads: of each, the gamepad's place among the devices, and the port.
struct Gamepads(HashMap<String, (usize, &'static PortSpec)>);

impl Gamepads {
    fn new(devices: &[DeviceConfig]) -> Self {
        let mut channels = HashMap::new();
        let model = sim::model(GAMEPAD);
        for (place, device) in devices.iter().enumerate() {
            if device.model != GAMEPAD {
                continue;
            }
            for (port, channel) in &device.ports {
                if let Some(port) = model.and_then(|model| model.port(port)) {
                    channels.insert(channel.clone(), (place, port));
                }
            }
        }
        Self(channels)
    }

    /// What a channel shows while nobody touches it.
    fn at_rest(&self, channel: &str, value: &Value) -> Value {
        match (self.0.get(channel), value) {
            // Of a hat switch, zero is "up".
            (Some((_, port)), Value::Number(_)) if port.name == "pov" => Value::Number(-1.0),
            _ => Value::zero(value.kind()),
        }
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

fn read_stretch(mut table: Table<'_>, opmodes: &BTreeSet<&str>) -> Option<TimelineStep> {
    let (sink, span) = (table.sink, table.span);
    let opmode = table.required("opmode", "\"drive\"");
    let opmode = opmode.and_then(|node| {
        let text = node.string("drive")?;
        if text == DISABLED {
            return Some(None);
        }
        if !opmodes.contains(text) {
            let known = opmodes.iter().copied().chain([DISABLED]);
            let error = node.error(format!("there is no op mode `{text}`"));
            let help = node.sink.suggest(text, "op modes", known);
            node.sink.report(error.help(help));
            return None;
        }
        Some(Some(text.to_owned()))
    });
    let duration = table.required("for", "\"15 s\"");
    let duration = duration.and_then(|node| node.duration());
    table.finish();
    if duration == Some(Duration::ZERO) {
        warn_never_played(sink, span, "it lasts no time", "give it a time with `for`");
    }
    Some(TimelineStep {
        opmode: opmode?,
        duration: duration?,
        span,
    })
}

fn read_action(
    mut table: Table<'_>,
    channels: &Channels,
    gamepads: &Gamepads,
    end: Option<Duration>,
) -> Option<Action> {
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
            let value = read_scripted(sink, name, &node, channels, gamepads)?;
            Some((name.text.to_owned(), value))
        })
        .collect();
    let at = at?;
    if duration == Some(Duration::ZERO) {
        let help = "give it a time with `for`, or leave `for` out: then it lasts until the next of its \
                    channel";
        warn_never_played(sink, span, "it lasts no time", help);
        return None;
    }
    if let Some(end) = end.filter(|end| at >= *end) {
        let why = format!("it begins at {at:?}, and the timeline ends at {end:?}");
        let help = "make the timeline longer, or let it begin sooner";
        warn_never_played(sink, span, &why, help);
    }
    let end = match duration {
        // Too far away to be counted is for ever.
        Some(duration) => at.checked_add(duration),
        None => None,
    };
    Some(Action { at, end, set, span })
}

fn warn_never_played(sink: &Sink, span: Span, why: &str, help: &str) {
    let warning = sink.error(span, format!("this is never played: {why}"));
    sink.report(warning.warning().help(help));
}

fn read_scripted(
    sink: &Sink,
    name: Name<'_>,
    node: &Node<'_>,
    channels: &Channels,
    gamepads: &Gamepads,
) -> Option<Value> {
    let channel = &channels.find_input(sink, name)?.channel;
    let Some((_, port)) = gamepads.0.get(name.text) else {
        let message = format!("`{}` is not a channel of a gamepad", name.text);
        let help = "a script plays what people do; everything else is simulated";
        sink.report(sink.error(name.span, message).help(help));
        return None;
    };
    if channel.kind == Kind::Boolean {
        return node.boolean().map(Value::Boolean);
    }
    let number = node.number()?;
    if let Some((least, greatest)) = port.range
        && !(least..=greatest).contains(&number)
    {
        let message = format!("`{}` is {number}, which is out of range", name.text);
        let help = format!("it is between {least} and {greatest}: {}", port.summary);
        sink.report(node.error(message).help(help));
        return None;
    }
    Some(Value::Number(number))
}

/// Appends the steps to the scripts of the gamepads, in the form that their model reads.
fn hand_over(steps: &[ScriptStep], gamepads: &Gamepads, devices: &mut [DeviceConfig]) {
    for step in steps {
        for (channel, value) in &step.set {
            let Some((place, port)) = gamepads.0.get(channel) else {
                continue;
            };
            let value = match value {
                Value::Number(value) => value.to_string(),
                Value::Boolean(value) => value.to_string(),
                Value::Array(_) => continue,
            };
            let script = devices[*place].parameters.entry(SCRIPT.to_owned());
            let script = script.or_insert_with(|| ParameterValue::Text(String::new()));
            if let ParameterValue::Text(text) = script {
                let at = step.at.as_secs_f64();
                text.push_str(&format!("\n{at} s {} = {value}", port.name));
            }
        }
    }
}
