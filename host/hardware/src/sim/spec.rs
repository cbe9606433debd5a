//! What a model is, as data: enough to check a robot's description without knowing the model.

use crate::image::Direction;
use crate::quantity::Quantity;
use crate::wording::nearest;

use super::SimError;
use super::builder::Arguments;
use super::device::Device;

/// A simulator model: its name, parameters and ports.
#[derive(Debug)]
pub struct ModelSpec {
    /// As it is written in `model = "…"`.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// What it can be told.
    pub parameters: &'static [ParameterSpec],
    /// What it can be connected to.
    pub ports: &'static [PortSpec],
    pub(super) make: fn(&Arguments<'_>) -> Result<Box<dyn Device>, SimError>,
}

/// One parameter of a model.
#[derive(Debug)]
pub struct ParameterSpec {
    /// Its key.
    pub name: &'static str,
    /// What it measures.
    pub quantity: Quantity,
    /// What it is when it is left out; it must be given if there is none.
    pub default: Option<Literal>,
    /// The least and the greatest value, both allowed, in SI units.
    pub range: Option<(f64, f64)>,
    /// What it is.
    pub summary: &'static str,
}

/// A parameter's default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// In SI units.
    Number(f64),
    /// Empty for "none".
    Text(&'static str),
}

/// One connection of a model.
#[derive(Debug)]
pub struct PortSpec {
    /// Its key.
    pub name: &'static str,
    /// The direction of the channel it can be connected to: an output drives the device.
    pub direction: Direction,
    /// The kind of that channel.
    pub kind: PortKind,
    /// The unit of that channel, exactly; empty for none.
    pub unit: &'static str,
    /// Whether it must be connected.
    pub required: bool,
    /// The least and the greatest number that it measures, if that is known.
    pub range: Option<(f64, f64)>,
    /// What it is.
    pub summary: &'static str,
}

/// The kind of channel that a port can be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortKind {
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// An array, of this length if one is given.
    Array(Option<u32>),
}

impl ModelSpec {
    /// The parameter with this name.
    pub fn parameter(&self, name: &str) -> Option<&'static ParameterSpec> {
        self.parameters.iter().find(|spec| spec.name == name)
    }

    /// The name of the parameter most like `name`.
    pub fn nearest_parameter(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.parameters.iter().map(|spec| spec.name))
    }

    /// The port with this name.
    pub fn port(&self, name: &str) -> Option<&'static PortSpec> {
        self.ports.iter().find(|spec| spec.name == name)
    }

    /// The name of the port most like `name`.
    pub fn nearest_port(&self, name: &str) -> Option<&'static str> {
        nearest(name, self.ports.iter().map(|spec| spec.name))
    }
}

impl ParameterSpec {
    pub(super) const fn new(name: &'static str, quantity: Quantity, summary: &'static str) -> Self {
        Self {
            name,
            quantity,
            default: None,
            range: None,
            summary,
        }
    }

    /// A quantity that is greater than zero.
    pub(super) const fn positive(
        name: &'static str,
        quantity: Quantity,
        summary: &'static str,
    ) -> Self {
        Self::new(name, quantity, summary).range(1e-9, 1e9)
    }

    pub(super) const fn or(mut self, default: f64) -> Self {
        self.default = Some(Literal::Number(default));
        self
    }

    pub(super) const fn or_text(mut self, default: &'static str) -> Self {
        self.default = Some(Literal::Text(default));
        self
    }

    pub(super) const fn range(mut self, least: f64, greatest: f64) -> Self {
        self.range = Some((least, greatest));
        self
    }
}

impl PortSpec {
    /// What the device measures, in `unit`.
    pub(super) const fn input(
        name: &'static str,
        unit: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            name,
            direction: Direction::Input,
            kind: PortKind::Number,
            unit,
            required: false,
            range: None,
            summary,
        }
    }

    pub(super) const fn within(mut self, least: f64, greatest: f64) -> Self {
        self.range = Some((least, greatest));
        self
    }

    pub(super) const fn boolean_input(name: &'static str, summary: &'static str) -> Self {
        Self::input(name, "", summary).of_kind(PortKind::Boolean)
    }

    /// What drives the device, in `unit`. It must be connected.
    pub(super) const fn output(
        name: &'static str,
        unit: &'static str,
        summary: &'static str,
    ) -> Self {
        let mut port = Self::input(name, unit, summary);
        port.direction = Direction::Output;
        port.required = true;
        port
    }

    pub(super) const fn of_kind(mut self, kind: PortKind) -> Self {
        self.kind = kind;
        self
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}
