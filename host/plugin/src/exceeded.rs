//! Limits that a plugin goes over, so that the host can tell people.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often one limit of one plugin is told of, at most.
const INTERVAL: Duration = Duration::from_secs(1);

/// A limit of [`Limits`](crate::Limits) that is not told of as an event of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// `live_runs`
    LiveRuns,
    /// `forks_per_tick`
    ForksPerTick,
    /// `bytes_per_tick`
    BytesPerTick,
    /// `time_per_tick`
    TimePerTick,
    /// `runs`
    Runs,
    /// `bindings`
    Bindings,
    /// `host_memory`
    HostMemory,
    /// `topics`
    Topics,
    /// `handles`
    Handles,
    /// `memory`
    Memory,
    /// `memory_together`
    MemoryTogether,
    /// `table_elements`
    TableElements,
    /// `open_files`
    OpenFiles,
    /// `folder_bytes`
    FolderBytes,
    /// `folder_files`
    FolderFiles,
}

impl fmt::Display for Limit {
    /// Its key in robot.toml.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::LiveRuns => "live-runs",
            Limit::ForksPerTick => "forks-per-tick",
            Limit::BytesPerTick => "bytes-per-tick",
            Limit::TimePerTick => "time-per-tick",
            Limit::Runs => "runs",
            Limit::Bindings => "bindings",
            Limit::HostMemory => "host-memory",
            Limit::Topics => "topics",
            Limit::Handles => "handles",
            Limit::Memory => "memory",
            Limit::MemoryTogether => "memory-together",
            Limit::TableElements => "table-elements",
            Limit::OpenFiles => "open-files",
            Limit::FolderBytes => "folder-bytes",
            Limit::FolderFiles => "folder-files",
        })
    }
}

/// A plugin has gone over a limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exceeded {
    /// Which.
    pub limit: Limit,
    /// How often since it was last told.
    pub times: u64,
    /// What was too much, and what came of it, the first of these times.
    pub message: String,
}

/// What one plugin has gone over.
#[derive(Debug, Default)]
pub(crate) struct Excesses {
    /// Whether something is untold, so that asking takes no lock as a rule.
    untold: AtomicBool,
    /// One per limit, in the order in which they were first exceeded.
    noted: Mutex<Vec<Noted>>,
}

#[derive(Debug)]
struct Noted {
    limit: Limit,
    times: u64,
    message: String,
    told: Option<Duration>,
}

impl Excesses {
    /// It happened once more.
    pub(crate) fn note(&self, limit: Limit, message: String) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        match noted.iter_mut().find(|noted| noted.limit == limit) {
            Some(known) => {
                if known.times == 0 {
                    known.message = message;
                }
                known.times += 1;
            }
            None => noted.push(Noted {
                limit,
                times: 1,
                message,
                told: None,
            }),
        }
        self.untold.store(true, Relaxed);
    }

    /// What is to be told now, at a time of the robot's: the first time at once, then once a second.
    pub(crate) fn take(&self, now: Duration) -> Option<Exceeded> {
        if !self.untold.load(Relaxed) {
            return None;
        }
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = |told: Option<Duration>| told.is_none_or(|told| now >= told + INTERVAL);
        let due = noted
            .iter_mut()
            .find(|noted| noted.times > 0 && is_due(noted.told));
        let exceeded = due.map(|due| {
            due.told = Some(now);
            Exceeded {
                limit: due.limit,
                times: std::mem::take(&mut due.times),
                message: std::mem::take(&mut due.message),
            }
        });
        let untold = noted.iter().any(|noted| noted.times > 0);
        self.untold.store(untold, Relaxed);
        exceeded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_told_at_once_and_then_once_a_second() {
        let excesses = Excesses::default();
        let seconds = Duration::from_secs_f64;
        let take = |now| {
            let taken = excesses.take(seconds(now));
            taken.map(|e| (e.limit, e.times, e.message))
        };
        assert_eq!(take(0.0), None);
        excesses.note(Limit::Topics, "first".to_owned());
        excesses.note(Limit::Memory, "other".to_owned());
        assert_eq!(take(0.1), Some((Limit::Topics, 1, "first".to_owned())));
        assert_eq!(take(0.1), Some((Limit::Memory, 1, "other".to_owned())));
        assert_eq!(take(0.1), None);
        for text in ["second", "third"] {
            excesses.note(Limit::Topics, text.to_owned());
            assert_eq!(take(1.0), None);
        }
        assert_eq!(take(1.1), Some((Limit::Topics, 2, "second".to_owned())));
        assert_eq!(take(9.0), None);
    }
}
