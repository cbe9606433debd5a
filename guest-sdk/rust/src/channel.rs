//! Typed handles to the channels of the process image.
//!
//! Inputs are sampled once at the start of a tick, outputs are flushed once at its end. Open a
//! handle once, before a loop; using it is cheap then. A command writes only to the mechanisms it
//! requires.

use std::fmt;

use crate::bindings::gantry::command::hardware as wit;
use crate::{Error, Result};

/// Why a write was refused. The channel keeps its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// This run does not require the channel's mechanism, has lent it to a child, or has ended.
    NotOwner(String),
    /// The value is NaN, infinite or outside the channel's range, or an array of the wrong length.
    OutOfRange(String),
    /// A reason that this version of the contract does not know.
    Other(String),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::NotOwner(message) | Self::OutOfRange(message) | Self::Other(message)) = self;
        f.write_str(message)
    }
}

impl std::error::Error for WriteError {}

macro_rules! input {
    ($(#[$doc:meta])* $name:ident, $value:ty, $wit:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(wit::$wit);

        impl $name {
            /// Opens a channel by its full name.
            ///
            /// # Errors
            ///
            /// [`Error::Invalid`] when there is no such channel, it is of another kind, or the
            /// plugin may not read it.
            pub fn open(channel: &str) -> Result<Self> {
                wit::$wit::open(channel).map(Self).map_err(Error::invalid)
            }

            /// The value as sampled at the start of this tick, in the channel's unit.
            pub fn get(&self) -> $value {
                self.0.get()
            }

            /// Seconds since the device last answered; 0 for a value of this tick.
            pub fn age(&self) -> f64 {
                self.0.age()
            }
        }
    };
}

macro_rules! output {
    ($(#[$doc:meta])* $name:ident, $value:ty, $wit:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name(wit::$wit);

        impl $name {
            /// Opens a channel by its full name.
            ///
            /// # Errors
            ///
            /// [`Error::Invalid`] when there is no such channel, or it is of another kind.
            pub fn open(channel: &str) -> Result<Self> {
                wit::$wit::open(channel).map(Self).map_err(Error::invalid)
            }

            /// Sets the value that is flushed at the end of this tick and held until it is set
            /// again or released, in the channel's unit.
            ///
            /// # Errors
            ///
            /// When this run does not own the channel, or the value is not one it can take.
            pub fn set(&self, value: $value) -> Result<(), WriteError> {
                self.0.set(value).map_err(|error| match error {
                    wit::WriteError::NotOwner(message) => WriteError::NotOwner(message),
                    wit::WriteError::OutOfRange(message) => WriteError::OutOfRange(message),
                    wit::WriteError::Other(message) => WriteError::Other(message),
                })
            }
        }
    };
}

macro_rules! with_unit {
    ($name:ident) => {
        impl $name {
            /// The channel's unit, `m/s` for instance; empty for numbers without one.
            pub fn unit(&self) -> String {
                self.0.unit()
            }
        }
    };
}

input! {
    /// A number that is measured.
    NumberInput, f64, NumberInput
}
with_unit!(NumberInput);

input! {
    /// A switch, a button, a beam break.
    BooleanInput, bool, BooleanInput
}

input! {
    /// Several numbers that are measured together.
    ArrayInput, Vec<f64>, ArrayInput
}
with_unit!(ArrayInput);

output! {
    /// A number that drives something: a voltage, a speed, a position.
    NumberOutput, f64, NumberOutput
}
with_unit!(NumberOutput);

output! {
    /// A solenoid, a relay, a lamp.
    BooleanOutput, bool, BooleanOutput
}

output! {
    /// Several numbers that are written together, such as the colours of an LED strip.
    ArrayOutput, &[f64], ArrayOutput
}
with_unit!(ArrayOutput);

impl NumberOutput {
    /// The least value that may be written, in the channel's unit.
    pub fn minimum(&self) -> f64 {
        self.0.minimum()
    }

    /// The greatest value that may be written, in the channel's unit.
    pub fn maximum(&self) -> f64 {
        self.0.maximum()
    }

    /// Sets the value, or the end of the channel's range that is nearest to it. NaN and infinities
    /// are refused, and the output keeps its value.
    ///
    /// # Errors
    ///
    /// As for [`set`](Self::set).
    pub fn set_clamped(&self, value: f64) -> Result<(), WriteError> {
        if !value.is_finite() {
            // The host says why.
            return self.set(value);
        }
        self.set(value.max(self.minimum()).min(self.maximum()))
    }
}

impl ArrayOutput {
    /// How many numbers the channel takes.
    // An array output is never empty of its own accord; its length is declared.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.0.length() as usize
    }
}
