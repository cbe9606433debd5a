//! What all runs of one plugin together have taken: of the pool, of the robot's topics, and of the
//! present tick.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::limiter::bytes;
use super::turns::{Turns, Waiting};
use crate::config::Limits;
use crate::exceeded::{Exceeded, Excesses, Limit};

/// Counted for one plugin.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    live: AtomicU32,
    /// Linear memory of all its runs.
    memory: AtomicUsize,
    topics: AtomicUsize,
    tick: Mutex<OfTick>,
    turns: Mutex<Turns>,
    excesses: Excesses,
}

#[derive(Debug, Default)]
struct OfTick {
    number: u64,
    forks: u32,
    bytes: usize,
    /// How long runs have computed.
    computed: Duration,
}

/// A run that counts as live until this is dropped.
#[derive(Debug)]
pub(crate) struct LiveRun {
    usage: Arc<Usage>,
    id: u64,
}

impl Usage {
    /// One more run; an error if there are as many as there may be.
    pub(crate) fn enter(self: &Arc<Self>, id: u64, most: u32) -> Result<LiveRun, String> {
        let live = self.live.fetch_add(1, Relaxed);
        let usage = self.clone();
        let run = LiveRun { usage, id };
        if live >= most {
            let message = format!("the plugin has {most} live runs, which is the most");
            return Err(self.exceed(Limit::LiveRuns, message));
        }
        Ok(run)
    }

    /// A run has more memory. False, and not counted, if all together would have more than this.
    pub(crate) fn grow(&self, more: usize, most: usize) -> bool {
        let total = self.memory.load(Relaxed).saturating_add(more);
        let fits = total <= most;
        if fits {
            self.memory.store(total, Relaxed);
        }
        fits
    }

    /// A run with so much memory is gone.
    pub(crate) fn shrink(&self, less: usize) {
        self.memory.fetch_sub(less, Relaxed);
    }

    /// Commands are to be forked or awaited; an error if they are too many for one tick.
    pub(crate) fn fork(&self, tick: u64, commands: usize, limits: &Limits) -> Result<(), String> {
        let (mut used, most) = (self.of(tick), limits.forks_per_tick);
        let commands = u32::try_from(commands).unwrap_or(u32::MAX);
        let total = used.forks.saturating_add(commands);
        if total > most {
            let message = format!(
                "the plugin has started {} commands in this tick and may start {most}",
                used.forks
            );
            return Err(self.exceed(Limit::ForksPerTick, message));
        }
        used.forks = total;
        Ok(())
    }

    /// So many bytes are handed to the host; an error if they are too many for one tick.
    pub(crate) fn hand_over(&self, tick: u64, more: usize, limits: &Limits) -> Result<(), String> {
        let (mut used, most) = (self.of(tick), limits.bytes_per_tick);
        let total = used.bytes.saturating_add(more);
        if total > most {
            let message = format!(
                "the plugin has handed the host {} in this tick, and {} more are too many; {} is \
                 the most",
                bytes(used.bytes),
                bytes(more),
                bytes(most)
            );
            return Err(self.exceed(Limit::BytesPerTick, message));
        }
        used.bytes = total;
        Ok(())
    }

    /// A topic is published that nobody has published before; an error if the plugin has brought as
    /// many into the world as it may. Topics are for ever.
    pub(crate) fn new_topic(&self, name: &str, limits: &Limits) -> Result<(), String> {
        let most = limits.topics;
        if self.topics.load(Relaxed) >= most {
            let message = format!(
                "the plugin has {most} topics, which is the most; `{name}` was not published"
            );
            return Err(self.exceed(Limit::Topics, message));
        }
        self.topics.fetch_add(1, Relaxed);
        Ok(())
    }

    /// Whether a run may compute in this tick, of which all runs of the plugin together may take so
    /// much. One that may not is put off: it waits in line for the next.
    pub(crate) fn admit(&self, tick: u64, run: Waiting, most: Duration) -> bool {
        let computed = self.of(tick).computed;
        let left = most.saturating_sub(computed);
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.begin(tick, most);
        let admitted = left > turns.come(run.run).unwrap_or_default();
        if !admitted {
            turns.put_off(run);
            drop(turns);
            self.spent(computed, most);
        }
        admitted
    }

    /// Whether something is left of the time that all runs together may take in this tick.
    pub(crate) fn has_left(&self, tick: u64, most: Duration) -> bool {
        let computed = self.of(tick).computed;
        if computed >= most {
            self.spent(computed, most);
        }
        computed < most
    }

    fn spent(&self, computed: Duration, most: Duration) {
        let message = format!(
            "its runs have computed for {computed:.1?} in this tick and may for {most:?}; the \
             others go on in the next tick"
        );
        self.exceed(Limit::TimePerTick, message);
    }

    /// What is left of a time that all runs together may take in this tick.
    pub(crate) fn left(&self, tick: u64, most: Duration) -> Duration {
        most.saturating_sub(self.of(tick).computed)
    }

    /// A run has computed for so long.
    pub(crate) fn computed(&self, tick: u64, time: Duration) {
        self.of(tick).computed += time;
    }

    /// A limit was exceeded. Returns the message with the limit's name.
    pub(crate) fn exceed(&self, limit: Limit, message: String) -> String {
        let named = format!("{message} (`limits.{limit}`)");
        self.excesses.note(limit, message);
        named
    }

    /// What the host has not been told yet and is to be told at this time.
    pub(crate) fn take_exceeded(&self, now: Duration) -> Option<Exceeded> {
        self.excesses.take(now)
    }

    fn of(&self, tick: u64) -> MutexGuard<'_, OfTick> {
        let mut used = self.tick.lock().unwrap_or_else(PoisonError::into_inner);
        // Between two ticks the scheduler is in the next already, while a guest still sees the last.
        if used.number < tick {
            *used = OfTick {
                number: tick,
                ..OfTick::default()
            };
        }
        used
    }
}

impl LiveRun {
    pub(crate) fn usage(&self) -> &Usage {
        &self.usage
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }
}

impl Drop for LiveRun {
    fn drop(&mut self) {
        self.usage.live.fetch_sub(1, Relaxed);
    }
}
