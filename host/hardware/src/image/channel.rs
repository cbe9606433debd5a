//! What a channel is: its name, direction, kind, unit, limits and safe value.

use std::fmt;

/// A channel of one [`Image`](crate::Image), resolved once by name and cheap from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub(crate) u32);

impl ChannelId {
    /// The position of the channel in [`Image::channels`](crate::Image::channels).
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A mechanism of one [`Image`](crate::Image), in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MechanismIndex(pub u16);

/// What a channel carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One 64-bit float.
    Number,
    /// True or false.
    Boolean,
    /// A fixed number of 64-bit floats that are read or written together.
    Array {
        /// How many.
        length: u32,
    },
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Number => f.write_str("number"),
            Kind::Boolean => f.write_str("boolean"),
            Kind::Array { length } => write!(f, "number array of {length}"),
        }
    }
}

/// Which way a channel goes, seen from the commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Measured by a device, read by commands.
    Input,
    /// Written by commands, applied by a device.
    Output,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Direction::Input => "input",
            Direction::Output => "output",
        })
    }
}

/// What an output does when nobody owns its mechanism any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnRelease {
    /// It takes its safe value.
    #[default]
    Safe,
    /// It keeps the last value that was written.
    Hold,
}

/// A value of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The value of a [`Kind::Number`].
    Number(f64),
    /// The value of a [`Kind::Boolean`].
    Boolean(bool),
    /// The values of a [`Kind::Array`].
    Array(Vec<f64>),
}

impl Value {
    /// Zero, false, or as many zeros as the array is long.
    pub fn zero(kind: Kind) -> Self {
        match kind {
            Kind::Number => Value::Number(0.0),
            Kind::Boolean => Value::Boolean(false),
            Kind::Array { length } => Value::Array(vec![0.0; length as usize]),
        }
    }

    /// The kind of channel that this is a value of.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Number(_) => Kind::Number,
            Value::Boolean(_) => Kind::Boolean,
            Value::Array(values) => Kind::Array {
                length: u32::try_from(values.len()).unwrap_or(u32::MAX),
            },
        }
    }
}

/// The declaration of one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Unique in the image; `<mechanism>.<channel>` by convention.
    pub name: String,
    /// Whether commands read it or write it.
    pub direction: Direction,
    /// What it carries.
    pub kind: Kind,
    /// The unit of its number or of each element, `m/s` for instance; empty for none.
    pub unit: String,
    /// The least and the greatest value that may be written, both allowed; of each element for an
    /// array. For an input it is what people may expect to read; readings are not cut to it.
    pub range: Option<(f64, f64)>,
    /// What an output takes when nothing may drive it; what an input reads before its device has
    /// answered for the first time.
    pub safe: Value,
    /// What an output does when its mechanism has lost its owner.
    pub on_release: OnRelease,
    /// The mechanism whose owner may write it. Every output has one; an input may.
    pub mechanism: Option<MechanismIndex>,
    /// Whether an output may be driven while the robot is disabled: lights, not motors.
    pub while_disabled: bool,
}

impl Channel {
    /// An input without a unit, a range or a mechanism.
    pub fn input(name: impl Into<String>, kind: Kind) -> Self {
        Self {
            name: name.into(),
            direction: Direction::Input,
            kind,
            unit: String::new(),
            range: None,
            safe: Value::zero(kind),
            on_release: OnRelease::Safe,
            mechanism: None,
            while_disabled: false,
        }
    }

    /// An output of a mechanism, safe at zero (or false), without a unit or a range.
    pub fn output(name: impl Into<String>, kind: Kind, mechanism: MechanismIndex) -> Self {
        Self {
            direction: Direction::Output,
            mechanism: Some(mechanism),
            ..Self::input(name, kind)
        }
    }

    /// The same channel in `unit`.
    pub fn unit(self, unit: impl Into<String>) -> Self {
        Self {
            unit: unit.into(),
            ..self
        }
    }

    /// The same channel, limited to `least..=greatest` in its unit.
    pub fn range(self, least: f64, greatest: f64) -> Self {
        Self {
            range: Some((least, greatest)),
            ..self
        }
    }

    /// The same channel with another safe value.
    pub fn safe(self, safe: Value) -> Self {
        Self { safe, ..self }
    }

    /// The same channel, which keeps its value when its mechanism has lost its owner.
    pub fn hold_on_release(self) -> Self {
        Self {
            on_release: OnRelease::Hold,
            ..self
        }
    }

    /// The same channel, which may be driven while the robot is disabled.
    pub fn while_disabled(self) -> Self {
        Self {
            while_disabled: true,
            ..self
        }
    }
}
