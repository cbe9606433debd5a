//! What all runs of one plugin together have taken: of the pool, and of the present tick.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gantry_scheduler::Value;

use super::limiter::bytes;
use crate::config::Limits;

/// Counted for one plugin.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    live: AtomicU32,
    tick: Mutex<OfTick>,
}

#[derive(Debug, Default)]
struct OfTick {
    number: u64,
    forks: u32,
    bytes: usize,
}

/// A run that counts as live until this is dropped.
#[derive(Debug)]
pub(crate) struct LiveRun(Arc<Usage>);

impl Usage {
    /// One more run; an error if there are as many as there may be.
    pub(crate) fn enter(self: &Arc<Self>, most: u32) -> Result<LiveRun, String> {
        let live = self.live.fetch_add(1, Relaxed);
        let run = LiveRun(self.clone());
        if live >= most {
            return Err(format!(
                "the plugin has {most} live runs, which is the most (`limits.live-runs`)"
            ));
        }
        Ok(run)
    }

    /// Commands are to be forked or awaited; an error if they are too many for one tick.
    pub(crate) fn fork(&self, tick: u64, commands: usize, limits: &Limits) -> Result<(), String> {
        let (mut used, most) = (self.of(tick), limits.forks_per_tick);
        let commands = u32::try_from(commands).unwrap_or(u32::MAX);
        let total = used.forks.saturating_add(commands);
        if total > most {
            return Err(format!(
                "the plugin has started {} commands in this tick and may start {most} \
                 (`limits.forks-per-tick`)",
                used.forks
            ));
        }
        used.forks = total;
        Ok(())
    }

    /// So many bytes are handed to the host; an error if they are too many for one tick.
    pub(crate) fn hand_over(&self, tick: u64, more: usize, limits: &Limits) -> Result<(), String> {
        let (mut used, most) = (self.of(tick), limits.bytes_per_tick);
        let total = used.bytes.saturating_add(more);
        if total > most {
            return Err(format!(
                "the plugin has handed the host {} in this tick and may hand it {} \
                 (`limits.bytes-per-tick`)",
                bytes(used.bytes),
                bytes(most)
            ));
        }
        used.bytes = total;
        Ok(())
    }

    fn of(&self, tick: u64) -> MutexGuard<'_, OfTick> {
        let mut used = self.tick.lock().unwrap_or_else(PoisonError::into_inner);
        if used.number != tick {
            *used = OfTick {
                number: tick,
                ..OfTick::default()
            };
        }
        used
    }
}

impl Drop for LiveRun {
    fn drop(&mut self) {
        self.0.live.fetch_sub(1, Relaxed);
    }
}

/// What a value takes.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Boolean(_) | Value::Integer(_) | Value::Number(_) => 8,
        Value::Text(text) => text.len(),
        Value::Numbers(numbers) => size_of_val(numbers.as_slice()),
    }
}
