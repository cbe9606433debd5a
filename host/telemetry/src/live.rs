//! The runs that have not ended, each with where it is counted.

use std::collections::HashMap;
use std::time::Duration;

use gantry_scheduler::RunId;

use crate::Record;

/// A run that has not ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LiveRun {
    /// Where its owner counts it.
    pub(crate) place: usize,
    /// Robot time at which it was scheduled.
    pub(crate) since: Duration,
    /// Whether its body has ever been resumed.
    pub(crate) started: bool,
    /// Whether another command took a mechanism from it.
    pub(crate) interrupted: bool,
    scheduled_in: u64,
}

#[derive(Debug)]
pub(crate) struct LiveRuns {
    runs: HashMap<RunId, LiveRun>,
    /// The number of runs at which it is worth looking for some to forget.
    crowded_at: usize,
}

/// A run that was never resumed within this many ticks was canceled in the queue, which no event
/// tells.
const QUEUED_TICKS: u64 = 2;

const EXPECTED_RUNS: usize = 256;

impl LiveRuns {
    pub(crate) fn new() -> Self {
        Self {
            runs: HashMap::with_capacity(2 * EXPECTED_RUNS),
            crowded_at: EXPECTED_RUNS,
        }
    }

    pub(crate) fn get(&self, run: RunId) -> Option<&LiveRun> {
        self.runs.get(&run)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &LiveRun> {
        self.runs.values()
    }

    /// A run was scheduled.
    pub(crate) fn begin(&mut self, run: RunId, place: usize, record: &Record) {
        if self.runs.len() >= self.crowded_at {
            let now = record.at.number;
            self.runs
                .retain(|_, live| live.started || live.scheduled_in + QUEUED_TICKS >= now);
            self.crowded_at = EXPECTED_RUNS.max(2 * self.runs.len());
        }
        let live = LiveRun {
            place,
            since: record.at.time,
            started: false,
            interrupted: false,
            scheduled_in: record.at.number,
        };
        self.runs.insert(run, live);
    }

    /// Its body was resumed.
    pub(crate) fn start(&mut self, run: RunId) {
        if let Some(live) = self.runs.get_mut(&run) {
            live.started = true;
        }
    }

    /// It is about to be canceled because another command takes a mechanism from it.
    pub(crate) fn interrupt(&mut self, run: RunId) {
        if let Some(live) = self.runs.get_mut(&run) {
            live.interrupted = true;
        }
    }

    /// It has ended. What was known of it; nothing if its beginning was lost.
    pub(crate) fn end(&mut self, run: RunId) -> Option<LiveRun> {
        self.runs.remove(&run)
    }
}
