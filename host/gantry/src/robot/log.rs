//! Lines that guests log, on their way out of the tick.

use std::sync::{Mutex, MutexGuard, PoisonError};

use gantry_plugin::{Level, LogLine, LogSink};
use gantry_scheduler::RunId;

/// Lines that are kept between two times of fetching them; what comes on top is counted.
const MOST_LINES: usize = 4096;

/// Takes lines within the tick, and hands them over after it.
#[derive(Default)]
pub(super) struct LogQueue(Mutex<Lines>);

#[derive(Default)]
struct Lines {
    kept: Vec<Line>,
    dropped: u64,
}

/// A line of a guest.
pub(super) struct Line {
    pub(super) plugin: String,
    pub(super) command: String,
    pub(super) run: Option<RunId>,
    pub(super) level: Level,
    pub(super) text: String,
}

impl LogQueue {
    /// Calls `take` for every line since the last time, and returns how many were dropped.
    pub(super) fn drain(&self, mut take: impl FnMut(Line)) -> u64 {
        let mut lines = self.lock();
        for line in lines.kept.drain(..) {
            take(line);
        }
        std::mem::take(&mut lines.dropped)
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogSink for LogQueue {
    fn line(&self, line: &LogLine<'_>) {
        let mut lines = self.lock();
        if lines.kept.len() == MOST_LINES {
            lines.dropped += 1;
            return;
        }
        lines.kept.push(Line {
            plugin: line.plugin.to_owned(),
            command: line.command.to_owned(),
            run: line.run,
            level: line.level,
            text: line.text.to_owned(),
        });
    }
}
