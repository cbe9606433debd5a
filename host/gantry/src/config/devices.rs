//! `[devices]`: what is behind the channels.

use std::collections::BTreeMap;

use gantry_hardware::quantity::Quantity;
use gantry_hardware::sim::{self, MODELS, ModelSpec, ParameterSpec, ParameterValue};

use toml::de::DeValue;

use super::channels::{self, Channels};
use super::cycles;
use super::reader::{Name, Node, Sink, Table, check_name};
use super::wiring::{self, Wiring};
use super::{Span, names};

/// A device: a simulator's model and how it is connected.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceConfig {
    /// `drivebase`.
    pub name: String,
    /// The simulator's model, `differential-drive`.
    pub model: String,
    /// What was set of the model's parameters, by name; the others have their defaults.
    pub parameters: BTreeMap<String, ParameterValue>,
    /// The model's ports that are connected, and the names of their channels.
    pub ports: BTreeMap<String, String>,
    /// Where its name is.
    pub span: Span,
    /// Where parameters and ports are set.
    places: BTreeMap<String, Span>,
}

impl DeviceConfig {
    /// Where a parameter or a port is set; the device's name if it is not.
    pub fn span_of(&self, key: &str) -> Span {
        self.places.get(key).copied().unwrap_or(self.span)
    }
}

/// Reads `[devices]`, in the order in which they are simulated and have their noise; adds the channels that devices declare themselves, and checks that every
/// input has exactly one source.
pub(super) fn read(
    sink: &Sink,
    table: Option<&Table<'_>>,
    channels: &mut Channels,
) -> Vec<DeviceConfig> {
    let entries: Vec<_> = table.into_iter().flat_map(Table::sorted_entries).collect();
    let models = entries
        .iter()
        .map(|(name, node)| (name.text, model_of(node)))
        .collect();
    let mut references = Vec::new();
    let mut drafts = Vec::new();
    let mut wiring = Wiring::default();
    for (name, node) in entries {
        check_name(sink, name, "device");
        let device = node.table("{ model = \"gamepad\", prefix = \"driver\" }");
        match device.and_then(|table| read_device(table, name, &models, &mut references)) {
            Some(draft) => drafts.push(draft),
            None => excuse(&node, channels, &mut wiring),
        }
    }
    cycles::report(sink, "device", &references);

    for draft in &drafts {
        draft.declare(sink, channels, &mut wiring);
    }
    let connect = |draft: Draft<'_>| draft.connect(sink, channels, &mut wiring);
    let devices: Vec<_> = drafts.into_iter().map(connect).collect();
    wiring.check_complete(sink, channels, &devices);
    devices
}

/// A device before its ports are looked at, which may name channels of devices further down.
struct Draft<'a> {
    config: DeviceConfig,
    model: &'static ModelSpec,
    prefix: Option<&'a str>,
    channels: Option<Table<'a>>,
}

/// The models of all devices by name; none where the model is not known.
type Models<'a> = BTreeMap<&'a str, Option<&'static ModelSpec>>;

/// What a device's model is, without a word about it if there is none.
fn model_of(node: &Node<'_>) -> Option<&'static ModelSpec> {
    sim::model(node.value.get("model")?.get_ref().as_str()?)
}

/// Keeps quiet about what a device with an error would have been behind.
fn excuse(node: &Node<'_>, channels: &mut Channels, wiring: &mut Wiring) {
    if let Some(prefix) = node.value.get("prefix").and_then(|v| v.get_ref().as_str()) {
        channels.add_broken_prefix(prefix);
    }
    let connected = node.value.get("channels").map(|value| value.get_ref());
    for (_, channel) in connected.and_then(DeValue::as_table).into_iter().flatten() {
        wiring.excuse(channel.get_ref().as_str().unwrap_or_default());
    }
}

fn read_device<'a>(
    mut table: Table<'a>,
    name: Name<'a>,
    models: &Models<'_>,
    references: &mut Vec<cycles::Reference>,
) -> Option<Draft<'a>> {
    let model_name = table.required("model", "\"gamepad\"")?;
    let choices: Vec<_> = MODELS.iter().map(|model| (model.name, model)).collect();
    // Without the model nobody knows which keys there are.
    let model: &'static ModelSpec = model_name.choice(&choices)?;
    let (mut parameters, mut places) = (BTreeMap::new(), BTreeMap::new());
    for spec in model.parameters {
        let node = match spec.default {
            Some(_) => table.optional(spec.name),
            None => table.required(spec.name, &example(spec)),
        };
        let Some(node) = node else { continue };
        places.insert(spec.name.to_owned(), node.span);
        if let Some(value) = read_parameter(&node, spec, models) {
            if let ("gamepad", "script", ParameterValue::Text(text)) =
                (model.name, spec.name, &value)
            {
                for problem in sim::script_problems(text) {
                    node.sink
                        .report(node.error(format!("`{}`: {problem}", node.path)));
                }
            }
            if let (Quantity::Device(_), ParameterValue::Text(to)) = (spec.quantity, &value) {
                references.push(cycles::Reference::new(name.text, to, node.span));
            }
            parameters.insert(spec.name.to_owned(), value);
        }
    }
    let prefix = table.optional("prefix").and_then(|node| {
        let text = node.string("driver")?;
        let span = node.span;
        check_name(node.sink, Name { text, span }, "prefix");
        if text == channels::RESERVED {
            let help = "`robot.enabled` and the like are the host's own: choose another prefix";
            let error = node.error(format!("no prefix can be called `{text}`"));
            node.sink.report(error.help(help));
        }
        Some(text)
    });
    let connections = table.optional("channels");
    let channels = connections.and_then(|node| node.table("{ voltage = \"elevator.voltage\" }"));
    table.finish();
    Some(Draft {
        config: DeviceConfig {
            name: name.text.to_owned(),
            model: model.name.to_owned(),
            parameters,
            ports: BTreeMap::new(),
            span: name.span,
            places,
        },
        model,
        prefix,
        channels,
    })
}

impl Draft<'_> {
    /// Declares the input channels that a prefix stands for: one for every port that is measured
    /// and not connected to a channel of another name.
    fn declare(&self, sink: &Sink, channels: &mut Channels, wiring: &mut Wiring) {
        let Some(prefix) = self.prefix else { return };
        let mut taken = Vec::new();
        for port in self.model.ports {
            let elsewhere = self.channels.as_ref().is_some_and(|t| t.has(port.name));
            let Some(channel) = wiring::declared_by(prefix, port).filter(|_| !elsewhere) else {
                continue;
            };
            if channels.get(&channel.name).is_some() {
                taken.push(channel.name);
                continue;
            }
            wiring.connect(
                sink,
                &channel.name,
                &self.config.name,
                port,
                self.config.span,
            );
            channels.add(sink, channel, self.config.span);
        }
        let Some(first) = taken.first() else { return };
        let name = &self.config.name;
        let message = match taken.len() {
            1 => format!("device `{name}` declares a channel that is there already: `{first}`"),
            count => format!(
                "device `{name}` declares {count} channels that are there already, `{first}` first"
            ),
        };
        let help = "a prefix declares a channel for everything that the device measures: give it \
                    another one, or connect the port in `channels`";
        let mut error = sink.error(self.config.span, message).help(help);
        if let Some(span) = channels.get(first).and_then(|first| first.span) {
            error = error.related(span, format!("declares `{first}`"));
        }
        sink.report(error);
    }

    fn connect(mut self, sink: &Sink, channels: &Channels, wiring: &mut Wiring) -> DeviceConfig {
        let device = &mut self.config;
        if let Some(prefix) = self.prefix {
            let own = self.model.ports.iter();
            let own = own.filter_map(|port| Some((port, wiring::declared_by(prefix, port)?)));
            let own = own.map(|(port, channel)| (port.name.to_owned(), channel.name));
            device.ports.extend(own);
        }
        for (key, node) in self.channels.iter().flat_map(Table::entries) {
            let Some(port) = self.model.port(key.text) else {
                let message = format!("the model `{}` has no port `{}`", self.model.name, key.text);
                let ports = self.model.ports.iter().map(|port| port.name);
                let help = sink.suggest(key.text, "ports", ports);
                sink.report(sink.error(key.span, message).help(help));
                wiring.excuse(node.value.as_str().unwrap_or_default());
                continue;
            };
            let Some(text) = node.string("drive.heading") else {
                continue;
            };
            let name = Name {
                text,
                span: node.span,
            };
            if channels.is_broken(text) {
                wiring.connect(sink, text, &device.name, port, node.span);
            } else if let Some(declared) = channels.find(sink, name) {
                wiring::check_port(sink, port, &device.name, declared, node.span);
                wiring.connect(sink, text, &device.name, port, node.span);
            }
            device.places.insert(port.name.to_owned(), node.span);
            device.ports.insert(port.name.to_owned(), text.to_owned());
        }
        for port in self.model.ports {
            if port.required && !device.ports.contains_key(port.name) {
                let message = format!(
                    "device `{}` is not driven: its port `{}` has no channel",
                    device.name, port.name
                );
                let help = format!(
                    "add `{} = \"<mechanism>.<channel>\"` to [devices.{}.channels]: {}",
                    port.name, device.name, port.summary
                );
                sink.report(sink.error(device.span, message).help(help));
            }
        }
        self.config
    }
}

fn read_parameter(
    node: &Node<'_>,
    spec: &ParameterSpec,
    models: &Models<'_>,
) -> Option<ParameterValue> {
    match spec.quantity {
        Quantity::Choice(choices) => {
            let choices: Vec<_> = choices.iter().map(|choice| (*choice, *choice)).collect();
            let chosen = node.choice(&choices)?;
            Some(ParameterValue::Text(chosen.to_owned()))
        }
        Quantity::Text => Some(ParameterValue::Text(node.string("…")?.to_owned())),
        Quantity::Device(accepted) => {
            let text = node.string("elevator")?;
            check_reference(node, text, accepted, models);
            Some(ParameterValue::Text(text.to_owned()))
        }
        quantity => {
            let number = node.quantity(quantity)?;
            if let Some((least, greatest)) = spec.range
                && !(least..=greatest).contains(&number)
            {
                let unit = quantity.units().next().map(|unit| format!(" {unit}"));
                let unit = unit.unwrap_or_default();
                let message = format!("`{}` is {number}{unit}, which is out of range", node.path);
                let help = match (least, greatest) {
                    // The models' way to say "any, but above zero".
                    (1e-9, 1e9) => "it is greater than zero".to_owned(),
                    _ => format!("it is between {least}{unit} and {greatest}{unit}"),
                };
                node.sink.report(node.error(message).help(help));
                return None;
            }
            Some(ParameterValue::Number(number))
        }
    }
}

fn check_reference(node: &Node<'_>, text: &str, accepted: &[&str], models: &Models<'_>) {
    let fitting = models
        .iter()
        .filter(|(_, model)| model.is_none_or(|model| accepted.contains(&model.name)))
        .map(|(name, _)| *name);
    let message = match models.get(text) {
        Some(None) => return,
        Some(Some(model)) if accepted.contains(&model.name) => return,
        Some(Some(model)) => format!(
            "`{}`: the device `{text}` is a {}, but {} is needed here",
            node.path,
            model.name,
            names::list(accepted.iter().copied()).replace(" and ", " or ")
        ),
        None => format!("`{}`: there is no device `{text}`", node.path),
    };
    let help = node.sink.suggest(text, "devices that fit", fitting);
    node.sink.report(node.error(message).help(help));
}

/// How a parameter could be written; what has no general form is explained.
fn example(spec: &ParameterSpec) -> String {
    match spec.quantity {
        Quantity::Choice(choices) => format!("{:?}", choices.first().copied().unwrap_or("…")),
        Quantity::Text => "\"…\"".to_owned(),
        Quantity::Device(_) => "\"<device>\"".to_owned(),
        quantity => match quantity.units().next() {
            Some(unit) => format!("\"1.5 {unit}\""),
            None => "1".to_owned(),
        },
    }
}
