//! Why a simulated world cannot be built.

use thiserror::Error;

use crate::wording::Suggestion;

/// Why a device cannot be part of the simulated world.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum SimError {
    /// There is no such model.
    #[error("device \"{device}\": there is no model \"{model}\"{}", Suggestion(.nearest))]
    UnknownModel {
        /// The device.
        device: String,
        /// The model it names.
        model: String,
        /// A model that may have been meant.
        nearest: Option<String>,
    },
    /// Two devices have the same name.
    #[error("there is already a device \"{0}\": give one of them another name")]
    DuplicateDevice(String),
    /// A robot has one battery.
    #[error("device \"{second}\" is a second battery next to \"{first}\"; a robot has one")]
    SecondBattery {
        /// The battery that was there first.
        first: String,
        /// The other one.
        second: String,
    },
    /// The model has no such parameter.
    #[error(
        "device \"{device}\": model \"{model}\" has no parameter \"{parameter}\"{}",
        Suggestion(.nearest)
    )]
    UnknownParameter {
        /// The device.
        device: String,
        /// Its model.
        model: &'static str,
        /// The parameter that was given.
        parameter: String,
        /// A parameter that may have been meant.
        nearest: Option<String>,
    },
    /// A parameter without a default was not given.
    #[error("device \"{device}\" needs the parameter \"{parameter}\": {summary}")]
    MissingParameter {
        /// The device.
        device: String,
        /// The parameter.
        parameter: &'static str,
        /// What it is.
        summary: &'static str,
    },
    /// A parameter has a value that it cannot have.
    #[error("device \"{device}\": \"{parameter}\" cannot be {value}: {problem}")]
    BadParameter {
        /// The device.
        device: String,
        /// The parameter, or the port if its channel is the matter.
        parameter: String,
        /// The value as it is known here: numbers in SI units.
        value: String,
        /// Why not, and what would be right.
        problem: String,
    },
    /// A parameter names a device that does not exist.
    #[error(
        "device \"{device}\": \"{parameter}\" names the device \"{named}\", which does not exist{}",
        Suggestion(.nearest)
    )]
    UnknownDevice {
        /// The device.
        device: String,
        /// The parameter.
        parameter: &'static str,
        /// The device it names.
        named: String,
        /// A device that may have been meant.
        nearest: Option<String>,
    },
    /// A parameter names a device of a model that does not fit.
    #[error(
        "device \"{device}\": \"{parameter}\" names \"{named}\", which is of model \"{model}\"; it \
         takes one of model {accepted}"
    )]
    WrongDevice {
        /// The device.
        device: String,
        /// The parameter.
        parameter: &'static str,
        /// The device it names.
        named: String,
        /// The model of that device.
        model: &'static str,
        /// The models that fit.
        accepted: String,
    },
    /// The model has no such port.
    #[error("device \"{device}\": model \"{model}\" has no port \"{port}\"{}", Suggestion(.nearest))]
    UnknownPort {
        /// The device.
        device: String,
        /// Its model.
        model: &'static str,
        /// The port that was given.
        port: String,
        /// A port that may have been meant.
        nearest: Option<String>,
    },
    /// A port that must be connected is not.
    #[error("device \"{device}\": port \"{port}\" is not connected to a channel: {summary}")]
    MissingPort {
        /// The device.
        device: String,
        /// The port.
        port: &'static str,
        /// What it is.
        summary: &'static str,
    },
    /// A port is connected to a channel of another direction, kind or unit.
    #[error("device \"{device}\": port \"{port}\" cannot be channel \"{channel}\": {problem}")]
    PortMismatch {
        /// The device.
        device: String,
        /// The port.
        port: &'static str,
        /// The channel.
        channel: String,
        /// What differs, and what would be right.
        problem: String,
    },
    /// Two ports measure one channel.
    #[error("input \"{channel}\" is connected to two ports, of \"{first}\" and of \"{second}\"")]
    ChannelTaken {
        /// The channel.
        channel: String,
        /// The device that was there first.
        first: String,
        /// The other one.
        second: String,
    },
}
