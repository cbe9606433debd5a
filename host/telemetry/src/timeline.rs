//! What ran when: the runs of a whole match, as a tree of commands over time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use gantry_scheduler::RunId;

use crate::live::LiveRuns;
use crate::{Mode, Record, RecordKind};

/// Collects what the summary draws. Its size is bounded, however long the robot runs.
#[derive(Debug)]
pub struct Timeline {
    rows: Vec<Row>,
    by_place: HashMap<(Option<usize>, Arc<str>), usize>,
    live: LiveRuns,
    phases: Vec<Phase>,
    incidents: Vec<Incident>,
    unlisted_incidents: u64,
    rowless_runs: u64,
}

/// All runs of one name that were started from the same place in the tree.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: Arc<str>,
    pub(crate) parent: Option<usize>,
    pub(crate) runs: u64,
    /// In order of their ends.
    pub(crate) bars: Vec<Bar>,
    /// When a body was pre-empted.
    pub(crate) preempted: Vec<Duration>,
}

/// One run, or several that followed each other, where there were too many to tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bar {
    pub(crate) start: Duration,
    pub(crate) end: Duration,
    pub(crate) ending: Ending,
}

/// How a run ended, the gravest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Ending {
    Running,
    Completed,
    Canceled,
    Interrupted,
    Failed,
}

/// A mode, from when it began.
#[derive(Debug)]
pub(crate) struct Phase {
    pub(crate) start: Duration,
    pub(crate) mode: Mode,
}

/// Something that should not have happened.
#[derive(Debug)]
pub(crate) struct Incident {
    pub(crate) time: Duration,
    pub(crate) text: String,
}

/// Plugins choose names, and robots run for hours, so everything that is kept is bounded.
const MAX_ROWS: usize = 1024;
const MAX_BARS_IN_ROW: usize = 512;
const MAX_PHASES: usize = 256;
const MAX_INCIDENTS: usize = 12;

impl Default for Timeline {
    fn default() -> Self {
        Self::new()
    }
}

impl Timeline {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            rows: Vec::new(),
            by_place: HashMap::new(),
            live: LiveRuns::new(),
            phases: Vec::new(),
            incidents: Vec::new(),
            unlisted_incidents: 0,
            rowless_runs: 0,
        }
    }

    /// Takes one record into account.
    pub fn record(&mut self, record: &Record) {
        match &record.kind {
            RecordKind::Mode(mode) => {
                if self.phases.len() < MAX_PHASES {
                    self.phases.push(Phase {
                        start: record.at.time,
                        mode: mode.clone(),
                    });
                }
            }
            RecordKind::DriverFault { driver, message } => {
                self.incident(record, || format!("driver `{driver}`: {message}"));
            }
            RecordKind::DriverRecovered { driver } => {
                self.incident(record, || format!("driver `{driver}` recovered"));
            }
            RecordKind::LimitExceeded {
                plugin,
                limit,
                message,
                ..
            } => {
                self.incident(record, || {
                    format!("plugin `{plugin}` went over `limits.{limit}`: {message}")
                });
            }
            RecordKind::Quarantined {
                plugin, message, ..
            } => {
                self.incident(record, || format!("plugin `{plugin}`: {message}"));
            }
            RecordKind::Released { plugin } => {
                self.incident(record, || format!("plugin `{plugin}` has another chance"));
            }
            _ => {
                if let (Some(run), Some(command)) = (record.run, &record.command) {
                    self.event(run, command, record);
                }
            }
        }
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The bars of each row, those of runs that have not ended included.
    pub(crate) fn bars(&self, now: Duration) -> Vec<Vec<Bar>> {
        let mut bars: Vec<_> = self.rows.iter().map(|row| row.bars.clone()).collect();
        for live in self.live.values().filter(|live| live.started) {
            bars[live.place].push(Bar {
                start: live.since,
                end: now,
                ending: Ending::Running,
            });
        }
        bars
    }

    pub(crate) fn phases(&self) -> &[Phase] {
        &self.phases
    }

    pub(crate) fn incidents(&self) -> &[Incident] {
        &self.incidents
    }

    pub(crate) fn unlisted_incidents(&self) -> u64 {
        self.unlisted_incidents
    }

    /// Runs that have no row, because there were too many places in the tree.
    pub(crate) fn rowless_runs(&self) -> u64 {
        self.rowless_runs
    }

    fn event(&mut self, run: RunId, name: &Arc<str>, record: &Record) {
        let ending = match &record.kind {
            RecordKind::Scheduled => return self.begin(run, name, record),
            RecordKind::Mounted => return self.live.start(run),
            RecordKind::Interrupted(_) => return self.live.interrupt(run),
            RecordKind::Preempted(_) => return self.preempt(run, record.at.time),
            RecordKind::CleanupOverrun => {
                return self.incident(record, || {
                    format!("`{name}` did not end within its cleanup budget and was dropped")
                });
            }
            RecordKind::Failed(failure) => {
                self.incident(record, || failure.to_string());
                Ending::Failed
            }
            RecordKind::Completed(_) => Ending::Completed,
            RecordKind::Canceled => Ending::Canceled,
            _ => return,
        };
        let Some(live) = self.live.end(run) else {
            return;
        };
        let ending = match ending {
            Ending::Canceled if live.interrupted => Ending::Interrupted,
            ending => ending,
        };
        let row = &mut self.rows[live.place];
        row.runs += 1;
        if live.started || ending != Ending::Canceled {
            row.add(Bar {
                start: live.since,
                end: record.at.time,
                ending,
            });
        }
    }

    fn begin(&mut self, run: RunId, name: &Arc<str>, record: &Record) {
        let parent = record.parent.and_then(|parent| self.live.get(parent));
        match self.row(parent.map(|parent| parent.place), name) {
            Some(row) => self.live.begin(run, row, record),
            None => self.rowless_runs += 1,
        }
    }

    fn row(&mut self, parent: Option<usize>, name: &Arc<str>) -> Option<usize> {
        let place = (parent, name.clone());
        if let Some(&row) = self.by_place.get(&place) {
            return Some(row);
        }
        if self.rows.len() >= MAX_ROWS {
            return None;
        }
        self.rows.push(Row {
            name: name.clone(),
            parent,
            runs: 0,
            bars: Vec::new(),
            preempted: Vec::new(),
        });
        self.by_place.insert(place, self.rows.len() - 1);
        Some(self.rows.len() - 1)
    }

    fn preempt(&mut self, run: RunId, now: Duration) {
        if let Some(live) = self.live.get(run) {
            let preempted = &mut self.rows[live.place].preempted;
            if preempted.len() >= MAX_BARS_IN_ROW {
                let mut keep = false;
                preempted.retain(|_| {
                    keep = !keep;
                    keep
                });
            }
            preempted.push(now);
        }
    }

    fn incident(&mut self, record: &Record, text: impl FnOnce() -> String) {
        if self.incidents.len() < MAX_INCIDENTS {
            self.incidents.push(Incident {
                time: record.at.time,
                text: text(),
            });
        } else {
            self.unlisted_incidents += 1;
        }
    }
}

impl Row {
    fn add(&mut self, bar: Bar) {
        if self.bars.len() >= MAX_BARS_IN_ROW {
            self.bars = self.bars.chunks(2).map(merged).collect();
        }
        self.bars.push(bar);
    }
}

/// One bar for some that followed each other.
fn merged(bars: &[Bar]) -> Bar {
    bars.iter()
        .copied()
        .reduce(|a, b| Bar {
            start: a.start.min(b.start),
            end: a.end.max(b.end),
            ending: a.ending.max(b.ending),
        })
        .expect("a chunk is never empty")
}
