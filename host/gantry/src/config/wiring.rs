//! Which port of which device is behind which channel.

use std::collections::{BTreeMap, BTreeSet};

use gantry_hardware::sim::{self, PortKind, PortSpec};
use gantry_hardware::{Channel, Direction, Kind};

use super::channels::{self, Channels};
use super::devices::DeviceConfig;
use super::reader::Sink;
use super::{ChannelConfig, Span};

/// What is connected so far.
#[derive(Default)]
pub(super) struct Wiring {
    connected: BTreeMap<String, Connection>,
    /// Channels that something with an error would be behind.
    excused: BTreeSet<String>,
}

struct Connection {
    device: String,
    port: &'static str,
    span: Span,
}

impl Wiring {
    /// Notes a connection, or reports that the channel has one already.
    pub(super) fn connect(
        &mut self,
        sink: &Sink,
        channel: &str,
        device: &str,
        port: &PortSpec,
        span: Span,
    ) {
        let connection = Connection {
            device: device.to_owned(),
            port: port.name,
            span,
        };
        if let Some(first) = self.connected.get(channel) {
            let (verb, help) = match port.direction {
                Direction::Input => (
                    "measured",
                    "an input has one source: declare a second channel for the second one",
                ),
                Direction::Output => (
                    "used",
                    "an output drives one device: declare a second channel for the second one",
                ),
            };
            let message = format!("the channel `{channel}` is {verb} by two devices");
            let label = format!(
                "already {verb} by port `{}` of `{}`",
                first.port, first.device
            );
            let error = sink.error(span, message).related(first.span, label);
            sink.report(error.help(help));
            return;
        }
        self.connected.insert(channel.to_owned(), connection);
    }

    /// Notes that nothing more is to be said about a channel.
    pub(super) fn excuse(&mut self, channel: &str) {
        self.excused.insert(channel.to_owned());
    }

    /// Reports inputs that nothing measures, and warns of outputs that drive nothing.
    pub(super) fn check_complete(
        &self,
        sink: &Sink,
        channels: &Channels,
        devices: &[DeviceConfig],
    ) {
        for declared in channels.all() {
            let name = &declared.channel.name;
            // The host itself is behind its own channels, which have no place.
            let Some(span) = declared.span else { continue };
            if self.connected.contains_key(name) || self.excused.contains(name) {
                continue;
            }
            let candidate = match sink.is_full() {
                true => None,
                false => free_port(&declared.channel, devices),
            };
            let help = candidate.map(|(device, port)| {
                format!("add `{port} = \"{name}\"` to [devices.{device}.channels]")
            });
            match declared.channel.direction {
                Direction::Input => {
                    let help = help.unwrap_or_else(|| {
                        "connect it to a port of a device, or remove it".to_owned()
                    });
                    let message = format!("no device measures the input `{name}`");
                    sink.report(sink.error(span, message).help(help));
                }
                Direction::Output => {
                    let message = format!("no device is driven by the output `{name}`");
                    let warning = sink.error(span, message).warning();
                    sink.report(warning.maybe_help(help));
                }
            }
        }
    }
}

/// The channel that a port of a device with a prefix declares; none for a port that drives it.
pub(super) fn declared_by(prefix: &str, port: &PortSpec) -> Option<Channel> {
    if port.direction == Direction::Output {
        return None;
    }
    let kind = match port.kind {
        PortKind::Number => Kind::Number,
        PortKind::Boolean => Kind::Boolean,
        PortKind::Array(length) => Kind::Array { length: length? },
    };
    let mut channel = Channel::input(format!("{prefix}.{}", port.name), kind);
    channel.unit = port.unit.to_owned();
    Some(channel)
}

/// Reports what keeps a port from being connected to a channel.
pub(super) fn check_port(
    sink: &Sink,
    port: &PortSpec,
    device: &str,
    declared: &ChannelConfig,
    span: Span,
) {
    let channel = &declared.channel;
    let name = &channel.name;
    let here = format!("the port `{}` of device `{device}`", port.name);
    if declared.span.is_none() && name != channels::BATTERY {
        let message = format!("`{name}` is the host's own channel: no device can be behind it");
        let help = format!("of these, only `{}` can be measured", channels::BATTERY);
        sink.report(sink.error(span, message).help(help));
        return;
    }
    let (message, help) = if channel.direction != port.direction {
        let does = match port.direction {
            Direction::Input => "measures",
            Direction::Output => "is driven",
        };
        let message = format!("{here} {does}, but `{name}` is an {}", channel.direction);
        (message, format!("connect it to an {}", port.direction))
    } else if !fits(port.kind, channel.kind) {
        let kind = kind_name(port.kind);
        let other = match channel.kind {
            Kind::Number => kind_name(PortKind::Number),
            Kind::Boolean => kind_name(PortKind::Boolean),
            Kind::Array { length } => kind_name(PortKind::Array(Some(length))),
        };
        let message = format!("{here} is {kind}, but `{name}` is {other}");
        (message, format!("declare the channel as {kind}"))
    } else if port.unit != channel.unit {
        let of_port = unit_name(port.unit);
        let of_channel = unit_name(&channel.unit);
        let message = format!("{here} is {of_port}, but `{name}` is {of_channel}");
        let help = match port.unit {
            "" => "declare the channel without a unit".to_owned(),
            unit => format!("declare the channel with `unit = \"{unit}\"`"),
        };
        (message, help)
    } else {
        return;
    };
    let mut error = sink.error(span, message).help(help);
    if let Some(declared) = declared.span {
        error = error.related(declared, "declared here");
    }
    sink.report(error);
}

/// A port that is not connected, would fit, and is a likely one: it is called like the channel, or
/// its device serves the same mechanism.
fn free_port<'a>(
    channel: &Channel,
    devices: &'a [DeviceConfig],
) -> Option<(&'a str, &'static str)> {
    let (owner, name) = channel.name.split_once('.')?;
    let mut best = None;
    for device in devices {
        let ports = sim::model(&device.model).map_or(&[] as &[PortSpec], |m| m.ports);
        let mut owners = device.ports.values().filter_map(|c| c.split_once('.'));
        let same_mechanism = owners.any(|(other, _)| other == owner);
        for port in ports {
            let free = !device.ports.contains_key(port.name);
            let fits = port.direction == channel.direction
                && fits(port.kind, channel.kind)
                && port.unit == channel.unit;
            let likeness = u8::from(port.name == name) * 2 + u8::from(same_mechanism);
            if free && fits && likeness > best.map_or(0, |(likeness, _)| likeness) {
                best = Some((likeness, (device.name.as_str(), port.name)));
            }
        }
    }
    best.map(|(_, port)| port)
}

fn fits(port: PortKind, channel: Kind) -> bool {
    match (port, channel) {
        (PortKind::Number, Kind::Number) | (PortKind::Boolean, Kind::Boolean) => true,
        (PortKind::Array(length), Kind::Array { length: has }) => length.is_none_or(|l| l == has),
        _ => false,
    }
}

fn kind_name(kind: PortKind) -> String {
    match kind {
        PortKind::Number => "a number".to_owned(),
        PortKind::Boolean => "a boolean".to_owned(),
        PortKind::Array(None) => "an array".to_owned(),
        PortKind::Array(Some(length)) => format!("an array of {length}"),
    }
}

fn unit_name(unit: &str) -> String {
    match unit {
        "" => "without a unit".to_owned(),
        unit => format!("in {unit}"),
    }
}
