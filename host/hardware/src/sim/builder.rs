//! Checks a description of devices against their models, then makes the devices.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::device::{Device, Port};
use super::spec::{Literal, ModelSpec, ParameterSpec, PortKind, PortSpec};
use super::{Sim, SimError, model, nearest_model};
use crate::image::{Channel, ChannelId, Direction, Image, Kind};
use crate::quantity::{self, Quantity};
use crate::wording::{article, nearest};

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterValue {
    /// In SI units.
    Number(f64),
    /// A word, a device's name, or text.
    Text(String),
}

/// Collects devices; [`build`](SimBuilder::build) makes the world.
#[derive(Debug)]
pub struct SimBuilder {
    image: Arc<Image>,
    devices: Vec<Description>,
    by_name: HashMap<String, usize>,
    battery: Option<usize>,
    /// Of each channel that is connected, the first device.
    connected: HashMap<ChannelId, usize>,
}

/// A device that fits its model, with all defaults filled in.
#[derive(Debug)]
struct Description {
    name: String,
    model: &'static ModelSpec,
    parameters: BTreeMap<&'static str, ParameterValue>,
    ports: BTreeMap<&'static str, ChannelId>,
}

/// What a model makes its device from: complete and checked.
pub(super) struct Arguments<'a> {
    description: &'a Description,
    devices: &'a [Description],
    by_name: &'a HashMap<String, usize>,
    image: &'a Image,
}

impl SimBuilder {
    /// A world without devices, whose ports are channels of `image`.
    pub fn new(image: Arc<Image>) -> Self {
        Self {
            image,
            devices: Vec::new(),
            by_name: HashMap::new(),
            battery: None,
            connected: HashMap::new(),
        }
    }

    /// Adds a device of a model. Parameters are in SI units; ports are connected to channels by the
    /// port's name. Devices that parameters name may be added later.
    ///
    /// # Errors
    /// If the model, a parameter or a port does not exist, is missing or has a value that it cannot
    /// have, or if a channel's direction, kind or unit is not the port's.
    pub fn add_device(
        &mut self,
        name: impl Into<String>,
        model_name: &str,
        parameters: BTreeMap<String, ParameterValue>,
        ports: BTreeMap<String, ChannelId>,
    ) -> Result<(), SimError> {
        let name = name.into();
        let Some(model) = model(model_name) else {
            return Err(SimError::UnknownModel {
                device: name,
                model: model_name.to_owned(),
                nearest: nearest_model(model_name).map(str::to_owned),
            });
        };
        if self.by_name.contains_key(&name) {
            return Err(SimError::DuplicateDevice(name));
        }
        let is_battery = model.name == "battery";
        if let Some(first) = self.battery.filter(|_| is_battery) {
            return Err(SimError::SecondBattery {
                first: self.devices[first].name.clone(),
                second: name,
            });
        }
        let parameters = complete(&name, model, parameters)?;
        let ports = self.connect(&name, model, ports)?;
        let place = self.devices.len();
        self.battery = self.battery.or(is_battery.then_some(place));
        for channel in ports.values() {
            self.connected.entry(*channel).or_insert(place);
        }
        self.by_name.insert(name.clone(), place);
        self.devices.push(Description {
            name,
            model,
            parameters,
            ports,
        });
        Ok(())
    }

    /// The world at rest. The same seed and the same ticks give the same readings, bit by bit.
    ///
    /// # Errors
    /// If a parameter names a device that does not exist or is of another model, or if a model
    /// refuses a combination of its parameters.
    pub fn build(self, seed: u64) -> Result<Sim, SimError> {
        let mut made: Vec<Box<dyn Device>> = Vec::with_capacity(self.devices.len());
        let mut channels = Vec::new();
        for description in &self.devices {
            for spec in description.model.parameters {
                self.check_reference(description, spec)?;
            }
            made.push((description.model.make)(&Arguments {
                description,
                devices: &self.devices,
                by_name: &self.by_name,
                image: &self.image,
            })?);
            channels.extend(description.ports.values().copied());
        }
        channels.sort_unstable();
        channels.dedup();
        Ok(Sim::new(self.image, made, channels, seed))
    }

    fn connect(
        &self,
        device: &str,
        model: &'static ModelSpec,
        ports: BTreeMap<String, ChannelId>,
    ) -> Result<BTreeMap<&'static str, ChannelId>, SimError> {
        let mut connected = BTreeMap::new();
        for (port, id) in ports {
            let Some(spec) = model.port(&port) else {
                return Err(SimError::UnknownPort {
                    device: device.to_owned(),
                    model: model.name,
                    nearest: model.nearest_port(&port).map(str::to_owned),
                    port,
                });
            };
            let channel = self.image.channel(id);
            if let Some(problem) = mismatch(spec, channel) {
                return Err(SimError::PortMismatch {
                    device: device.to_owned(),
                    port: spec.name,
                    channel: channel.name.clone(),
                    problem,
                });
            }
            let first = self.connected.get(&id);
            let first = first.map(|first| self.devices[*first].name.as_str());
            let here = connected
                .values()
                .any(|taken| *taken == id)
                .then_some(device);
            if let (Direction::Input, Some(first)) = (spec.direction, first.or(here)) {
                return Err(SimError::ChannelTaken {
                    channel: channel.name.clone(),
                    first: first.to_owned(),
                    second: device.to_owned(),
                });
            }
            connected.insert(spec.name, id);
        }
        let unconnected = |port: &&PortSpec| port.required && !connected.contains_key(port.name);
        match model.ports.iter().find(unconnected) {
            Some(port) => Err(SimError::MissingPort {
                device: device.to_owned(),
                port: port.name,
                summary: port.summary,
            }),
            None => Ok(connected),
        }
    }

    fn check_reference(
        &self,
        description: &Description,
        spec: &'static ParameterSpec,
    ) -> Result<(), SimError> {
        let (Quantity::Device(models), Some(ParameterValue::Text(named))) =
            (spec.quantity, description.parameters.get(spec.name))
        else {
            return Ok(());
        };
        if named.is_empty() && spec.default.is_some() {
            return Ok(());
        }
        let device = description.name.clone();
        match self.by_name.get(named).map(|place| &self.devices[*place]) {
            None => Err(SimError::UnknownDevice {
                device,
                parameter: spec.name,
                named: named.clone(),
                nearest: nearest(named, self.devices.iter().map(|d| d.name.as_str()))
                    .map(str::to_owned),
            }),
            Some(other) if !models.contains(&other.model.name) => Err(SimError::WrongDevice {
                device,
                parameter: spec.name,
                named: named.clone(),
                model: other.model.name,
                accepted: models.join(" or "),
            }),
            Some(_) => Ok(()),
        }
    }
}

impl Arguments<'_> {
    /// A parameter that is a number, in SI units.
    pub(super) fn number(&self, name: &str) -> f64 {
        match self.description.parameters.get(name) {
            Some(ParameterValue::Number(number)) => *number,
            _ => unreachable!("{} has no number {name}", self.description.model.name),
        }
    }

    /// A parameter that is text.
    pub(super) fn text(&self, name: &str) -> &str {
        match self.description.parameters.get(name) {
            Some(ParameterValue::Text(text)) => text,
            _ => unreachable!("{} has no text {name}", self.description.model.name),
        }
    }

    /// The index of the device that a parameter names, if it names one.
    pub(super) fn device(&self, name: &str) -> Option<usize> {
        self.by_name.get(self.text(name)).copied()
    }

    /// The index of the device that a parameter must name.
    pub(super) fn required_device(&self, name: &str) -> Result<usize, SimError> {
        self.device(name)
            .ok_or_else(|| self.bad(name, "it names no device"))
    }

    /// The model of the device that a parameter names.
    pub(super) fn model_of(&self, name: &str) -> Option<&'static str> {
        Some(self.devices[self.device(name)?].model.name)
    }

    pub(super) fn port(&self, name: &str) -> Port {
        Port(self.description.ports.get(name).copied())
    }

    pub(super) fn kind_of_port(&self, name: &str) -> Option<Kind> {
        Some(self.image.channel(self.port(name).0?).kind)
    }

    /// The error that a parameter, or the channel of a port, cannot be what it is.
    pub(super) fn bad(&self, name: &str, problem: &str) -> SimError {
        let value = match (self.description.parameters.get(name), self.port(name).0) {
            (Some(ParameterValue::Number(number)), _) => number.to_string(),
            (Some(ParameterValue::Text(text)), _) => format!("\"{text}\""),
            (None, Some(channel)) => format!("\"{}\"", self.image.channel(channel).name),
            (None, None) => "left out".to_owned(),
        };
        SimError::BadParameter {
            device: self.description.name.clone(),
            parameter: name.to_owned(),
            value,
            problem: problem.to_owned(),
        }
    }
}

/// Checks what was given and fills in what was not.
fn complete(
    device: &str,
    model: &'static ModelSpec,
    given: BTreeMap<String, ParameterValue>,
) -> Result<BTreeMap<&'static str, ParameterValue>, SimError> {
    let mut parameters = BTreeMap::new();
    for (name, value) in given {
        let Some(spec) = model.parameter(&name) else {
            return Err(SimError::UnknownParameter {
                device: device.to_owned(),
                model: model.name,
                nearest: model.nearest_parameter(&name).map(str::to_owned),
                parameter: name,
            });
        };
        if let Some(problem) = refusal(spec, &value) {
            return Err(SimError::BadParameter {
                device: device.to_owned(),
                parameter: name,
                value: match value {
                    ParameterValue::Number(number) => number.to_string(),
                    ParameterValue::Text(text) => format!("\"{text}\""),
                },
                problem,
            });
        }
        parameters.insert(spec.name, value);
    }
    for spec in model.parameters {
        let default = match spec.default {
            Some(Literal::Number(number)) => ParameterValue::Number(number),
            Some(Literal::Text(text)) => ParameterValue::Text(text.to_owned()),
            None if parameters.contains_key(spec.name) => continue,
            None => {
                return Err(SimError::MissingParameter {
                    device: device.to_owned(),
                    parameter: spec.name,
                    summary: spec.summary,
                });
            }
        };
        parameters.entry(spec.name).or_insert(default);
    }
    Ok(parameters)
}

/// Why a parameter cannot have this value.
fn refusal(spec: &ParameterSpec, value: &ParameterValue) -> Option<String> {
    let unit = spec.quantity.units().next().unwrap_or_default();
    match (value, spec.quantity) {
        (ParameterValue::Text(text), Quantity::Choice(choices)) => {
            let hint = nearest(text, choices.iter().copied());
            let hint = hint.map_or(String::new(), |name| format!("; did you mean \"{name}\"?"));
            let known = choices.contains(&text.as_str());
            (!known).then(|| format!("it is one of {}{hint}", choices.join(", ")))
        }
        (ParameterValue::Text(_), quantity) if !quantity.is_number() => None,
        (ParameterValue::Number(number), quantity) if quantity.is_number() => {
            let whole = quantity != Quantity::Count || number.fract() == 0.0;
            match spec.range {
                _ if !number.is_finite() => Some("it is a finite number".to_owned()),
                _ if !whole => Some("it is a whole number".to_owned()),
                Some((least, _)) if least > 0.0 && *number <= 0.0 && least < 1e-6 => {
                    Some("it is greater than 0".to_owned())
                }
                Some((least, greatest)) if !(least..=greatest).contains(number) => Some(
                    format!("it is between {least} and {greatest} {unit}")
                        .trim_end()
                        .to_owned(),
                ),
                _ => None,
            }
        }
        (_, quantity) => {
            let name = quantity.name();
            Some(format!("it is {} {name}", article(name)))
        }
    }
}

/// Why a port cannot be connected to a channel.
fn mismatch(port: &PortSpec, channel: &Channel) -> Option<String> {
    if port.direction != channel.direction {
        let (port, channel) = (port.direction, channel.direction);
        return Some(format!("the port is an {port}, the channel an {channel}"));
    }
    let fits = match (port.kind, channel.kind) {
        (PortKind::Number, Kind::Number) | (PortKind::Boolean, Kind::Boolean) => true,
        (PortKind::Array(expected), Kind::Array { length }) => {
            expected.is_none_or(|expected| expected == length)
        }
        _ => false,
    };
    if !fits {
        let expected = match port.kind {
            PortKind::Number => "number".to_owned(),
            PortKind::Boolean => "boolean".to_owned(),
            PortKind::Array(None) => "number array".to_owned(),
            PortKind::Array(Some(length)) => format!("number array of {length}"),
        };
        return Some(format!(
            "the port is for a {expected}, the channel is for a {}",
            channel.kind
        ));
    }
    if port.unit == channel.unit {
        return None;
    }
    let shown = |unit: &str| match unit {
        "" => "no unit".to_owned(),
        unit => format!("\"{unit}\""),
    };
    let converted = quantity::canonical(&channel.unit) == quantity::canonical(port.unit)
        && quantity::canonical(port.unit).is_some();
    Some(format!(
        "the port has {}, the channel {}; declare the channel with {}{}",
        shown(port.unit),
        shown(&channel.unit),
        match port.unit {
            "" => "no unit".to_owned(),
            unit => format!("unit = \"{unit}\""),
        },
        if converted {
            " (channels are not converted)"
        } else {
            ""
        },
    ))
}
