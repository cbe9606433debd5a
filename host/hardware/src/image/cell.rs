//! Where a channel's values are kept: scalars in atomics, arrays behind a lock that is never held
//! for longer than a copy.
//!
//! Every channel has two values. `next` is what the writing side has put down (a device for an
//! input, a command for an output); `current` is what the reading side sees. They meet once a tick.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Channel, Value};

/// One channel and its two values.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) channel: Channel,
    /// Shared with write errors, which must not allocate.
    pub(super) name: Arc<str>,
    pub(super) unit: Arc<str>,
    /// Whether `next` of an input was set since it was last taken.
    pub(super) fresh: AtomicBool,
    /// When the device last answered, in nanoseconds of tick time; [`NEVER`] before that.
    pub(super) answered: AtomicU64,
    cell: Cell,
}

/// The `answered` of an input whose device has not answered yet.
pub(super) const NEVER: u64 = u64::MAX;

#[derive(Debug)]
enum Cell {
    Scalar {
        next: AtomicU64,
        current: AtomicU64,
        safe: u64,
    },
    Array {
        values: Mutex<Arrays>,
        safe: Box<[f64]>,
    },
}

#[derive(Debug)]
struct Arrays {
    next: Box<[f64]>,
    current: Box<[f64]>,
}

/// Which of the two values is meant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side {
    Next,
    Current,
}

impl Slot {
    pub(super) fn new(channel: Channel) -> Self {
        let scalar = |bits: u64| Cell::Scalar {
            next: AtomicU64::new(bits),
            current: AtomicU64::new(bits),
            safe: bits,
        };
        let cell = match &channel.safe {
            Value::Number(value) => scalar(value.to_bits()),
            Value::Boolean(value) => scalar(u64::from(*value)),
            Value::Array(values) => Cell::Array {
                values: Mutex::new(Arrays {
                    next: values.clone().into(),
                    current: values.clone().into(),
                }),
                safe: values.clone().into(),
            },
        };
        Self {
            name: Arc::from(channel.name.as_str()),
            unit: Arc::from(channel.unit.as_str()),
            channel,
            fresh: AtomicBool::new(false),
            answered: AtomicU64::new(NEVER),
            cell,
        }
    }

    /// The bits of a scalar; 0 for an array, which the callers have ruled out by kind.
    pub(super) fn bits(&self, side: Side) -> u64 {
        match (&self.cell, side) {
            (Cell::Scalar { next, .. }, Side::Next) => next.load(Relaxed),
            (Cell::Scalar { current, .. }, Side::Current) => current.load(Relaxed),
            (Cell::Array { .. }, _) => 0,
        }
    }

    pub(super) fn put_bits(&self, bits: u64) {
        if let Cell::Scalar { next, .. } = &self.cell {
            next.store(bits, Relaxed);
        }
    }

    /// Calls `read` with the elements of an array; with none for a scalar.
    pub(super) fn elements<R>(&self, side: Side, read: impl FnOnce(&[f64]) -> R) -> R {
        match (&self.cell, side) {
            (Cell::Array { values, .. }, Side::Next) => read(&lock(values).next),
            (Cell::Array { values, .. }, Side::Current) => read(&lock(values).current),
            (Cell::Scalar { .. }, _) => read(&[]),
        }
    }

    /// Copies `from` to the array; the caller has compared the lengths.
    pub(super) fn put_elements(&self, from: &[f64]) {
        if let Cell::Array { values, .. } = &self.cell {
            lock(values).next.copy_from_slice(from);
        }
    }

    pub(super) fn put_safe(&self) {
        match &self.cell {
            Cell::Scalar { next, safe, .. } => next.store(*safe, Relaxed),
            Cell::Array { values, safe } => lock(values).next.copy_from_slice(safe),
        }
    }

    /// Makes the safe value the current one, and keeps `next`.
    pub(super) fn take_safe(&self) {
        match &self.cell {
            Cell::Scalar { current, safe, .. } => current.store(*safe, Relaxed),
            Cell::Array { values, safe } => lock(values).current.copy_from_slice(safe),
        }
    }

    /// Makes `next` the current value.
    pub(super) fn take(&self) {
        match &self.cell {
            Cell::Scalar { next, current, .. } => current.store(next.load(Relaxed), Relaxed),
            Cell::Array { values, .. } => {
                let arrays = &mut *lock(values);
                arrays.current.copy_from_slice(&arrays.next);
            }
        }
    }
}

/// The copies above cannot be left half done by a panic, so a poisoned lock is as good as any.
fn lock(values: &Mutex<Arrays>) -> MutexGuard<'_, Arrays> {
    values.lock().unwrap_or_else(PoisonError::into_inner)
}
