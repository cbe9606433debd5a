//! Declares the mechanisms and channels of an image; everything is checked here, once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use thiserror::Error;

use super::cell::Slot;
use super::{Channel, ChannelId, Direction, Image, Kind, Mechanism, MechanismIndex, Value};

/// Why a mechanism or a channel cannot be part of the image.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ImageError {
    /// Two mechanisms have the same name.
    #[error("there is already a mechanism \"{0}\": give one of them another name")]
    DuplicateMechanism(String),
    /// Two channels have the same name.
    #[error("there is already a channel \"{0}\": give one of them another name")]
    DuplicateChannel(String),
    /// A mechanism or a channel has no name.
    #[error("a {0} has an empty name")]
    EmptyName(&'static str),
    /// More mechanisms or channels than an index can count.
    #[error("too many {what}: there may be {most}")]
    TooMany {
        /// `mechanisms` or `channels`.
        what: &'static str,
        /// How many there may be.
        most: u32,
    },
    /// A channel names a mechanism that was not added.
    #[error("channel \"{channel}\": there is no mechanism number {mechanism}")]
    UnknownMechanism {
        /// The channel.
        channel: String,
        /// The index that it names.
        mechanism: u16,
    },
    /// An output belongs to no mechanism, so nobody could own it.
    #[error("output \"{0}\" belongs to no mechanism, so no command could ever write it")]
    OutputWithoutMechanism(String),
    /// The least value is above the greatest, or one of them is not finite.
    #[error(
        "channel \"{channel}\": the range [{least}, {greatest}] is empty: write it as [least, \
         greatest] with finite numbers"
    )]
    EmptyRange {
        /// The channel.
        channel: String,
        /// The lower end that was given.
        least: f64,
        /// The upper end that was given.
        greatest: f64,
    },
    /// A boolean has a range.
    #[error("channel \"{0}\" is a boolean and cannot have a range")]
    RangeOfBoolean(String),
    /// An array holds nothing.
    #[error("channel \"{0}\" is an array of length 0: give it the length that its device has")]
    EmptyArray(String),
    /// The safe value is of another kind than the channel.
    #[error("channel \"{channel}\" is a {kind}, but its safe value is a {safe}")]
    SafeKind {
        /// The channel.
        channel: String,
        /// What the channel carries.
        kind: Kind,
        /// What the safe value is.
        safe: Kind,
    },
    /// The safe value, or an element of it, is NaN or infinite.
    #[error("channel \"{channel}\": the safe value {safe} is not a finite number")]
    SafeNotFinite {
        /// The channel.
        channel: String,
        /// The value.
        safe: f64,
    },
    /// The safe value, or an element of it, could not be written to the channel.
    #[error(
        "channel \"{channel}\": the safe value {safe} is outside its range [{least}, {greatest}]"
    )]
    SafeOutOfRange {
        /// The channel.
        channel: String,
        /// The value.
        safe: f64,
        /// The lower end of the range.
        least: f64,
        /// The upper end of the range.
        greatest: f64,
    },
}

/// Collects mechanisms and channels; [`build`](ImageBuilder::build) makes the image.
#[derive(Debug, Default)]
pub struct ImageBuilder {
    mechanisms: Vec<String>,
    channels: Vec<Channel>,
    names: HashMap<String, ChannelId>,
}

impl ImageBuilder {
    /// No mechanisms, no channels.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a mechanism; the first gets index 0, the next index 1.
    ///
    /// # Errors
    /// If the name is empty or taken, or if there are more than 65,535 already.
    pub fn add_mechanism(&mut self, name: impl Into<String>) -> Result<MechanismIndex, ImageError> {
        let name = name.into();
        if name.is_empty() {
            return Err(ImageError::EmptyName("mechanism"));
        }
        if self.mechanisms.contains(&name) {
            return Err(ImageError::DuplicateMechanism(name));
        }
        let index = u16::try_from(self.mechanisms.len()).map_err(|_| ImageError::TooMany {
            what: "mechanisms",
            most: 1 << 16,
        })?;
        self.mechanisms.push(name);
        Ok(MechanismIndex(index))
    }

    /// Adds a channel.
    ///
    /// # Errors
    /// If the name is empty or taken, the mechanism is unknown or missing, the range is empty, or
    /// the safe value of an output could not be written to it.
    pub fn add_channel(&mut self, channel: Channel) -> Result<ChannelId, ImageError> {
        check(&channel, self.mechanisms.len())?;
        if self.names.contains_key(&channel.name) {
            return Err(ImageError::DuplicateChannel(channel.name));
        }
        let id = u32::try_from(self.channels.len())
            .map(ChannelId)
            .map_err(|_| ImageError::TooMany {
                what: "channels",
                most: u32::MAX,
            })?;
        self.names.insert(channel.name.clone(), id);
        self.channels.push(channel);
        Ok(id)
    }

    /// The image: every output at its safe value, every input unanswered, nobody an owner, and the
    /// robot disabled.
    pub fn build(self) -> Image {
        let mechanisms = self.mechanisms.iter();
        let mut mechanisms: Vec<Mechanism> = mechanisms
            .map(|name| Mechanism {
                name: Arc::from(name.as_str()),
                owner: AtomicU64::new(0),
                outputs: Vec::new(),
            })
            .collect();
        for (id, channel) in self.channels.iter().enumerate() {
            if let (Direction::Output, Some(index)) = (channel.direction, channel.mechanism) {
                let outputs = &mut mechanisms[usize::from(index.0)].outputs;
                outputs.push(ChannelId(id as u32));
            }
        }
        let of_direction = |direction| {
            let channels = self.channels.iter().enumerate();
            channels
                .filter(|(_, channel)| channel.direction == direction)
                .map(|(id, _)| ChannelId(id as u32))
                .collect()
        };
        Image {
            inputs: of_direction(Direction::Input),
            outputs: of_direction(Direction::Output),
            mechanisms,
            names: self.names,
            slots: self.channels.into_iter().map(Slot::new).collect(),
            enabled: AtomicBool::new(false),
            now: AtomicU64::new(0),
        }
    }
}

fn check(channel: &Channel, mechanisms: usize) -> Result<(), ImageError> {
    let name = || channel.name.clone();
    if channel.name.is_empty() {
        return Err(ImageError::EmptyName("channel"));
    }
    match channel.mechanism {
        Some(MechanismIndex(index)) if usize::from(index) >= mechanisms => {
            return Err(ImageError::UnknownMechanism {
                channel: name(),
                mechanism: index,
            });
        }
        None if channel.direction == Direction::Output => {
            return Err(ImageError::OutputWithoutMechanism(name()));
        }
        _ => {}
    }
    if channel.kind == (Kind::Array { length: 0 }) {
        return Err(ImageError::EmptyArray(name()));
    }
    if let Some((least, greatest)) = channel.range {
        if channel.kind == Kind::Boolean {
            return Err(ImageError::RangeOfBoolean(name()));
        }
        if !(least.is_finite() && greatest.is_finite() && least <= greatest) {
            return Err(ImageError::EmptyRange {
                channel: name(),
                least,
                greatest,
            });
        }
    }
    check_safe(channel)
}

fn check_safe(channel: &Channel) -> Result<(), ImageError> {
    if channel.safe.kind() != channel.kind {
        return Err(ImageError::SafeKind {
            channel: channel.name.clone(),
            kind: channel.kind,
            safe: channel.safe.kind(),
        });
    }
    let values = match &channel.safe {
        Value::Number(value) => std::slice::from_ref(value),
        Value::Boolean(_) => &[],
        Value::Array(values) => values.as_slice(),
    };
    for &safe in values {
        if !safe.is_finite() {
            return Err(ImageError::SafeNotFinite {
                channel: channel.name.clone(),
                safe,
            });
        }
        // An input reads what its device says; only an output promises to stay in its range.
        if let Some((least, greatest)) = channel.range
            && channel.direction == Direction::Output
            && !(least..=greatest).contains(&safe)
        {
            return Err(ImageError::SafeOutOfRange {
                channel: channel.name.clone(),
                safe,
                least,
                greatest,
            });
        }
    }
    Ok(())
}
