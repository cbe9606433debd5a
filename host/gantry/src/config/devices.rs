//! `[devices]`: what is behind the channels.

use std::collections::BTreeMap;

use super::Span;

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
}

/// What a parameter was set to.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterValue {
    /// A number, in the SI unit of the parameter's quantity.
    Number(f64),
    /// A choice, or the name of another device.
    Text(String),
    /// A switch.
    Boolean(bool),
}
