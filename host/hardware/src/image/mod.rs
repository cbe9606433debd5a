//! The process image: every channel of the robot, sampled and frozen at the start of a tick,
//! flushed at its end.
//!
//! An [`Image`] is shared (`Arc<Image>`) between the host, which opens and closes ticks, the
//! plugins' handles, which read and write, and the [drivers](crate::driver), which see it through
//! frames. After it is built it allocates nothing. It is `Sync` so that it can be shared freely,
//! and it is meant for one thread at a time: values are not torn, but a tick is not a transaction
//! between threads.

mod builder;
mod cell;
mod channel;
mod error;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

pub use builder::{ImageBuilder, ImageError};
pub use channel::{Channel, ChannelId, Direction, Kind, MechanismIndex, OnRelease, Value};
pub use error::WriteError;

use crate::wording::nearest;
use cell::{NEVER, Side, Slot};

/// All channels with their values, and who owns each mechanism.
///
/// Methods that take a [`ChannelId`] or a [`MechanismIndex`] panic if it is not of this image:
/// ids come from [`find`](Image::find), never from a guest.
#[derive(Debug)]
pub struct Image {
    slots: Vec<Slot>,
    inputs: Vec<ChannelId>,
    outputs: Vec<ChannelId>,
    mechanisms: Vec<Mechanism>,
    names: HashMap<String, ChannelId>,
    enabled: AtomicBool,
    /// The time of the tick, in nanoseconds.
    now: AtomicU64,
}

#[derive(Debug)]
struct Mechanism {
    name: Arc<str>,
    /// The run that may write the outputs; 0 for nobody.
    owner: AtomicU64,
    outputs: Vec<ChannelId>,
}

/// What there is.
impl Image {
    /// The channel with this name.
    pub fn find(&self, name: &str) -> Option<ChannelId> {
        self.names.get(name).copied()
    }

    /// The name of the channel most like `name`, for messages.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(
            name,
            self.channels().map(|(_, channel)| channel.name.as_str()),
        )
    }

    /// How the channel was declared.
    pub fn channel(&self, id: ChannelId) -> &Channel {
        &self.slots[id.index()].channel
    }

    /// All channels, in the order in which they were added.
    pub fn channels(&self) -> impl ExactSizeIterator<Item = (ChannelId, &Channel)> {
        self.slots
            .iter()
            .enumerate()
            .map(|(index, slot)| (ChannelId(index as u32), &slot.channel))
    }

    /// The mechanism with this name.
    pub fn find_mechanism(&self, name: &str) -> Option<MechanismIndex> {
        let index = self.mechanisms.iter().position(|m| &*m.name == name)?;
        Some(MechanismIndex(index as u16))
    }

    /// The name of a mechanism.
    pub fn mechanism_name(&self, mechanism: MechanismIndex) -> &str {
        &self.mechanisms[usize::from(mechanism.0)].name
    }

    /// How many mechanisms there are.
    pub fn mechanism_count(&self) -> usize {
        self.mechanisms.len()
    }
}

/// Reading. An input gives what was frozen at the start of the tick; an output gives what has been
/// written so far and will be flushed.
impl Image {
    /// The value of a number channel, in its unit; NaN for a channel of another kind.
    pub fn number(&self, id: ChannelId) -> f64 {
        let slot = self.slot(id);
        number_of(slot, reading_side(slot))
    }

    /// The value of a boolean channel; false for a channel of another kind.
    pub fn boolean(&self, id: ChannelId) -> bool {
        let slot = self.slot(id);
        boolean_of(slot, reading_side(slot))
    }

    /// Calls `read` with the elements of an array channel; with none for a channel of another kind.
    ///
    /// The channel is locked meanwhile: `read` must not touch the same channel.
    pub fn array<R>(&self, id: ChannelId, read: impl FnOnce(&[f64]) -> R) -> R {
        let slot = self.slot(id);
        slot.elements(reading_side(slot), read)
    }

    /// How long ago the device behind an input last answered: zero for a value of this tick,
    /// [`Duration::MAX`] if it never did. Zero for an output.
    pub fn age(&self, id: ChannelId) -> Duration {
        let slot = self.slot(id);
        match slot.answered.load(Relaxed) {
            _ if slot.channel.direction == Direction::Output => Duration::ZERO,
            NEVER => Duration::MAX,
            answered => Duration::from_nanos(self.now.load(Relaxed).saturating_sub(answered)),
        }
    }

    /// What a device was last given for a number output (what an input last read).
    pub fn flushed_number(&self, id: ChannelId) -> f64 {
        number_of(self.slot(id), Side::Current)
    }

    /// What a device was last given for a boolean output (what an input last read).
    pub fn flushed_boolean(&self, id: ChannelId) -> bool {
        boolean_of(self.slot(id), Side::Current)
    }

    /// Calls `read` with what a device was last given for an array output.
    pub fn flushed_array<R>(&self, id: ChannelId, read: impl FnOnce(&[f64]) -> R) -> R {
        self.slot(id).elements(Side::Current, read)
    }

    /// What a device was last given for an output, what an input reads, of any kind. For telemetry
    /// and tests: it allocates for an array.
    pub fn flushed(&self, id: ChannelId) -> Value {
        value_of(self.slot(id), Side::Current)
    }

    /// What is staged for an output and will be flushed, or what an input reads, of any kind. For
    /// telemetry and tests: it allocates for an array.
    pub fn output(&self, id: ChannelId) -> Value {
        let slot = self.slot(id);
        value_of(slot, reading_side(slot))
    }
}

/// Writing outputs, which only the owner of the mechanism can do.
///
/// A value is staged: the device gets it when the tick is flushed, and again at every flush until
/// it is written again, released, or made safe. While the robot is disabled a write is accepted,
/// and what is flushed is the safe value all the same.
impl Image {
    /// Stages a number, in the channel's unit. `run` is the id of the writing run, never 0.
    ///
    /// # Errors
    /// If `run` does not own the mechanism, or if the value is NaN, infinite or out of range.
    pub fn write_number(&self, id: ChannelId, run: u64, value: f64) -> Result<(), WriteError> {
        let slot = self.writable(id, run, Kind::Number)?;
        check_range(slot, value, None)?;
        slot.put_bits(value.to_bits());
        Ok(())
    }

    /// Stages a boolean. `run` is the id of the writing run, never 0.
    ///
    /// # Errors
    /// If `run` does not own the mechanism.
    pub fn write_boolean(&self, id: ChannelId, run: u64, value: bool) -> Result<(), WriteError> {
        let slot = self.writable(id, run, Kind::Boolean)?;
        slot.put_bits(u64::from(value));
        Ok(())
    }

    /// Stages an array, each element in the channel's unit. `run` is the id of the writing run,
    /// never 0. All elements are taken, or none.
    ///
    /// # Errors
    /// If `run` does not own the mechanism, if the length differs, or if an element is NaN,
    /// infinite or out of range.
    pub fn write_array(&self, id: ChannelId, run: u64, values: &[f64]) -> Result<(), WriteError> {
        let kind = self.slot(id).channel.kind;
        let Kind::Array { length } = kind else {
            return Err(self.wrong_kind(id));
        };
        let slot = self.writable(id, run, kind)?;
        if values.len() != length as usize {
            return Err(WriteError::WrongLength {
                channel: slot.name.clone(),
                written: values.len(),
                length: length as usize,
            });
        }
        for (element, &value) in values.iter().enumerate() {
            check_range(slot, value, Some(element))?;
        }
        slot.put_elements(values);
        Ok(())
    }

    fn writable(&self, id: ChannelId, run: u64, kind: Kind) -> Result<&Slot, WriteError> {
        let slot = self.slot(id);
        let (Direction::Output, Some(mechanism)) = (slot.channel.direction, slot.channel.mechanism)
        else {
            return Err(self.wrong_kind(id));
        };
        if slot.channel.kind != kind {
            return Err(self.wrong_kind(id));
        }
        let mechanism = &self.mechanisms[usize::from(mechanism.0)];
        let owner = mechanism.owner.load(Relaxed);
        if owner != run || run == 0 {
            return Err(WriteError::NotOwner {
                channel: slot.name.clone(),
                mechanism: mechanism.name.clone(),
                run,
                owner,
            });
        }
        Ok(slot)
    }

    fn wrong_kind(&self, id: ChannelId) -> WriteError {
        let slot = self.slot(id);
        WriteError::WrongKind {
            channel: slot.name.clone(),
            direction: slot.channel.direction,
            kind: slot.channel.kind,
        }
    }
}

/// Ownership and safety, which are the host's.
impl Image {
    /// Makes `run` the owner of a mechanism; 0 for nobody. Staged values stay as they are; if
    /// nobody is an owner by the end of the tick, they take their on-release values.
    pub fn set_owner(&self, mechanism: MechanismIndex, run: u64) {
        self.mechanisms[usize::from(mechanism.0)]
            .owner
            .store(run, Relaxed);
    }

    /// The run that owns a mechanism; 0 for nobody.
    pub fn owner(&self, mechanism: MechanismIndex) -> u64 {
        self.mechanisms[usize::from(mechanism.0)]
            .owner
            .load(Relaxed)
    }

    /// Gives every output of a mechanism its on-release value: safe, or the value it has. A new
    /// owner in the same tick then starts from there, not from what the last one had written.
    pub fn release(&self, mechanism: MechanismIndex) {
        for &id in &self.mechanisms[usize::from(mechanism.0)].outputs {
            let slot = self.slot(id);
            if slot.channel.on_release == OnRelease::Safe {
                slot.put_safe();
            }
        }
    }

    /// Whether the robot is enabled. An image starts disabled.
    pub fn enabled(&self) -> bool {
        self.enabled.load(Relaxed)
    }

    /// Enables or disables the robot. On every change, what is staged is replaced by the safe
    /// value, so that nothing written while disabled fires upon enabling; channels that may be
    /// driven [while disabled](Channel::while_disabled) are left alone.
    pub fn set_enabled(&self, enabled: bool) {
        if self.enabled.swap(enabled, Relaxed) != enabled {
            self.put_disabled_values();
        }
    }

    /// Gives every output its safe value at once, those that may be driven while disabled too:
    /// after a fault. It lasts until an owner writes again.
    pub fn force_safe(&self) {
        self.make_safe(&self.outputs);
    }

    fn put_disabled_values(&self) {
        for &id in &self.outputs {
            let slot = self.slot(id);
            if !slot.channel.while_disabled {
                slot.put_safe();
            }
        }
    }
}

/// The two ends of a tick. [`Hardware`](crate::driver::Hardware) calls these.
impl Image {
    /// Starts the tick at `now` (tick time): what was put down for inputs since the last tick is
    /// what commands read until the next.
    pub fn begin_tick(&self, now: Duration) {
        let now = u64::try_from(now.as_nanos()).unwrap_or(NEVER - 1);
        self.now.store(now, Relaxed);
        for &id in &self.inputs {
            let slot = self.slot(id);
            if slot.fresh.swap(false, Relaxed) {
                slot.take();
                slot.answered.store(now, Relaxed);
            }
        }
    }

    /// Ends the tick: decides what every output gives its device. The owner's value; the on-release
    /// value if the mechanism has no owner; the safe value while the robot is disabled.
    pub fn flush(&self) {
        if !self.enabled() {
            self.put_disabled_values();
        }
        for (index, mechanism) in self.mechanisms.iter().enumerate() {
            if mechanism.owner.load(Relaxed) == 0 {
                self.release(MechanismIndex(index as u16));
            }
        }
        for &id in &self.outputs {
            self.slot(id).take();
        }
    }

    /// Gives every output its safe value until the next [`flush`](Image::flush), those that may be
    /// driven while disabled too. What is staged is kept.
    pub(crate) fn flush_safe(&self) {
        self.make_flushed_safe(&self.outputs);
    }

    /// Does so for these outputs only.
    pub(crate) fn make_flushed_safe(&self, channels: &[ChannelId]) {
        for &id in channels {
            let slot = self.slot(id);
            if slot.channel.direction == Direction::Output {
                slot.take_safe();
            }
        }
    }

    /// Puts down a number for an input; commands read it from the next tick on. For what the host
    /// itself knows (the mode, the battery of the laptop); devices use an
    /// [`InputFrame`](crate::driver::InputFrame).
    ///
    /// A number that is not finite is no answer: the input keeps its value and grows older. So is a
    /// value for an output, or of another kind.
    pub fn set_input_number(&self, id: ChannelId, value: f64) {
        if self.is_input(id, Kind::Number) && value.is_finite() {
            let slot = self.slot(id);
            slot.put_bits(value.to_bits());
            slot.fresh.store(true, Relaxed);
        }
    }

    /// Puts down a boolean for an input; commands read it from the next tick on.
    pub fn set_input_boolean(&self, id: ChannelId, value: bool) {
        if self.is_input(id, Kind::Boolean) {
            let slot = self.slot(id);
            slot.put_bits(u64::from(value));
            slot.fresh.store(true, Relaxed);
        }
    }

    /// Puts down an array for an input; commands read it from the next tick on. An array of another
    /// length, or with an element that is not finite, is no answer.
    pub fn set_input_array(&self, id: ChannelId, values: &[f64]) {
        let length = u32::try_from(values.len()).unwrap_or(u32::MAX);
        if self.is_input(id, Kind::Array { length }) && values.iter().all(|v| v.is_finite()) {
            let slot = self.slot(id);
            slot.put_elements(values);
            slot.fresh.store(true, Relaxed);
        }
    }

    /// Takes back what was put down for these inputs and not yet frozen: their device has failed
    /// half way.
    pub(crate) fn discard_inputs(&self, channels: &[ChannelId]) {
        for &id in channels {
            self.slot(id).fresh.store(false, Relaxed);
        }
    }

    /// Makes these outputs safe at once, staged and flushed.
    pub(crate) fn make_safe(&self, channels: &[ChannelId]) {
        for &id in channels {
            let slot = self.slot(id);
            if slot.channel.direction == Direction::Output {
                slot.put_safe();
                slot.take();
            }
        }
    }

    fn is_input(&self, id: ChannelId, kind: Kind) -> bool {
        let channel = self.channel(id);
        channel.direction == Direction::Input && channel.kind == kind
    }

    fn slot(&self, id: ChannelId) -> &Slot {
        &self.slots[id.index()]
    }
}

fn reading_side(slot: &Slot) -> Side {
    match slot.channel.direction {
        Direction::Input => Side::Current,
        Direction::Output => Side::Next,
    }
}

fn number_of(slot: &Slot, side: Side) -> f64 {
    match slot.channel.kind {
        Kind::Number => f64::from_bits(slot.bits(side)),
        Kind::Boolean | Kind::Array { .. } => f64::NAN,
    }
}

fn boolean_of(slot: &Slot, side: Side) -> bool {
    slot.channel.kind == Kind::Boolean && slot.bits(side) != 0
}

fn value_of(slot: &Slot, side: Side) -> Value {
    match slot.channel.kind {
        Kind::Number => Value::Number(number_of(slot, side)),
        Kind::Boolean => Value::Boolean(boolean_of(slot, side)),
        Kind::Array { .. } => Value::Array(slot.elements(side, <[f64]>::to_vec)),
    }
}

fn check_range(slot: &Slot, value: f64, element: Option<usize>) -> Result<(), WriteError> {
    let range = slot.channel.range;
    let allowed = match range {
        Some((least, greatest)) => (least..=greatest).contains(&value),
        None => value.is_finite(),
    };
    if allowed {
        return Ok(());
    }
    Err(WriteError::OutOfRange {
        channel: slot.name.clone(),
        unit: slot.unit.clone(),
        value,
        element,
        range,
    })
}
