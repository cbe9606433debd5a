//! Channels of the process image: inputs need a grant, outputs need to be owned.

#![allow(unreachable_pub)]

use gantry_hardware::{ChannelId, Direction, Image, Kind, WriteError};
use gantry_scheduler::Signal;
use std::sync::Arc;
use std::time::Duration;

use super::Grants;

/// An input that carries a number.
#[derive(Clone, Copy, Debug)]
pub struct NumberInput(ChannelId);
/// An input that carries a boolean.
#[derive(Clone, Copy, Debug)]
pub struct BooleanInput(ChannelId);
/// An input that carries an array.
#[derive(Clone, Copy, Debug)]
pub struct ArrayInput(ChannelId);
/// An output that takes a number.
#[derive(Clone, Copy, Debug)]
pub struct NumberOutput(ChannelId);
/// An output that takes a boolean.
#[derive(Clone, Copy, Debug)]
pub struct BooleanOutput(ChannelId);
/// An output that takes an array.
#[derive(Clone, Copy, Debug)]
pub struct ArrayOutput(ChannelId);

impl NumberInput {
    pub(crate) fn open(image: &Image, grants: &Grants, name: &str) -> Result<Self, String> {
        open_input(image, grants, name, Wanted::Number).map(Self)
    }

    pub(crate) fn get(self, image: &Image) -> f64 {
        image.number(self.0)
    }

    pub(crate) fn unit(self, image: &Image) -> &str {
        &image.channel(self.0).unit
    }

    pub(crate) fn age(self, image: &Image) -> f64 {
        age(image, self.0)
    }

    /// A condition on the value; unknown until the device has answered.
    pub(crate) fn signal(
        self,
        image: &Arc<Image>,
        holds: impl Fn(f64) -> bool + Send + Sync + 'static,
    ) -> Signal {
        let image = image.clone();
        Signal::measured(move || has_answered(&image, self.0).then(|| holds(image.number(self.0))))
    }
}

fn has_answered(image: &Image, channel: ChannelId) -> bool {
    image.age(channel) != Duration::MAX
}

impl BooleanInput {
    pub(crate) fn open(image: &Image, grants: &Grants, name: &str) -> Result<Self, String> {
        open_input(image, grants, name, Wanted::Boolean).map(Self)
    }

    pub(crate) fn get(self, image: &Image) -> bool {
        image.boolean(self.0)
    }

    pub(crate) fn age(self, image: &Image) -> f64 {
        age(image, self.0)
    }

    /// True while the value is; unknown until the device has answered.
    pub(crate) fn signal(self, image: &Arc<Image>) -> Signal {
        let image = image.clone();
        Signal::measured(move || has_answered(&image, self.0).then(|| image.boolean(self.0)))
    }
}

impl ArrayInput {
    pub(crate) fn open(image: &Image, grants: &Grants, name: &str) -> Result<Self, String> {
        open_input(image, grants, name, Wanted::Array).map(Self)
    }

    pub(crate) fn get(self, image: &Image) -> Vec<f64> {
        image.array(self.0, <[f64]>::to_vec)
    }

    pub(crate) fn unit(self, image: &Image) -> &str {
        &image.channel(self.0).unit
    }

    pub(crate) fn age(self, image: &Image) -> f64 {
        age(image, self.0)
    }
}

impl NumberOutput {
    pub(crate) fn open(image: &Image, name: &str) -> Result<Self, String> {
        open_output(image, name, Wanted::Number).map(Self)
    }

    pub(crate) fn set(self, image: &Image, run: u64, value: f64) -> Result<(), WriteError> {
        image.write_number(self.0, run, value)
    }

    pub(crate) fn unit(self, image: &Image) -> &str {
        &image.channel(self.0).unit
    }

    /// The least and the greatest value that may be written.
    pub(crate) fn range(self, image: &Image) -> (f64, f64) {
        image.channel(self.0).range.unwrap_or((f64::MIN, f64::MAX))
    }
}

impl BooleanOutput {
    pub(crate) fn open(image: &Image, name: &str) -> Result<Self, String> {
        open_output(image, name, Wanted::Boolean).map(Self)
    }

    pub(crate) fn set(self, image: &Image, run: u64, value: bool) -> Result<(), WriteError> {
        image.write_boolean(self.0, run, value)
    }
}

impl ArrayOutput {
    pub(crate) fn open(image: &Image, name: &str) -> Result<Self, String> {
        open_output(image, name, Wanted::Array).map(Self)
    }

    pub(crate) fn set(self, image: &Image, run: u64, values: &[f64]) -> Result<(), WriteError> {
        image.write_array(self.0, run, values)
    }

    pub(crate) fn unit(self, image: &Image) -> &str {
        &image.channel(self.0).unit
    }

    pub(crate) fn length(self, image: &Image) -> u32 {
        match image.channel(self.0).kind {
            Kind::Array { length } => length,
            Kind::Number | Kind::Boolean => 0,
        }
    }
}

/// What a handle is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Number,
    Boolean,
    Array,
}

impl Wanted {
    fn fits(self, kind: Kind) -> bool {
        match kind {
            Kind::Number => self == Wanted::Number,
            Kind::Boolean => self == Wanted::Boolean,
            Kind::Array { .. } => self == Wanted::Array,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Wanted::Number => "number",
            Wanted::Boolean => "boolean",
            Wanted::Array => "array",
        }
    }
}

fn open_input(
    image: &Image,
    grants: &Grants,
    name: &str,
    wanted: Wanted,
) -> Result<ChannelId, String> {
    let granted = |name: &str| grants.reads.iter().any(|pattern| pattern.matches(name));
    // Whether a channel exists is for those to know who may read it.
    if !granted(name) {
        return Err(format!(
            "reading channel `{name}` was not granted; the plugin's `reads` in the robot's file \
             must name it"
        ));
    }
    open(image, name, wanted, Direction::Input)
}

fn open_output(image: &Image, name: &str, wanted: Wanted) -> Result<ChannelId, String> {
    open(image, name, wanted, Direction::Output)
}

fn open(
    image: &Image,
    name: &str,
    wanted: Wanted,
    direction: Direction,
) -> Result<ChannelId, String> {
    let Some(id) = image.find(name) else {
        return Err(match image.nearest(name) {
            Some(nearest) => format!("there is no channel `{name}`; did you mean `{nearest}`?"),
            None => format!("there is no channel `{name}`"),
        });
    };
    let channel = image.channel(id);
    if channel.direction != direction {
        return Err(format!(
            "channel `{name}` is an {}, not an {direction}",
            channel.direction
        ));
    }
    if !wanted.fits(channel.kind) {
        return Err(format!(
            "channel `{name}` carries a {}, not a {}",
            channel.kind,
            wanted.name()
        ));
    }
    Ok(id)
}

fn age(image: &Image, id: ChannelId) -> f64 {
    match image.age(id) {
        std::time::Duration::MAX => f64::INFINITY,
        age => age.as_secs_f64(),
    }
}
