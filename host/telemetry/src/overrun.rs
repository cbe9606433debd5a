//! Late ticks, told to people without flooding them.

use std::fmt;
use std::time::Duration;

use crate::{Record, RecordKind, Slowest};

/// Chooses which late ticks are worth a message: the first one, and then at most one in each
/// interval of robot time. The others are counted.
#[derive(Debug)]
pub struct OverrunReports {
    interval: Duration,
    last: Option<Duration>,
    withheld: u64,
}

/// A message about a late tick.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overrun {
    /// The tick's number.
    pub tick: u64,
    /// By how much it was late, in real time.
    pub by: Duration,
    /// The body that took longest in it.
    pub slowest: Option<Slowest>,
    /// How many late ticks there were since the last message without one of their own.
    pub withheld: u64,
}

impl Default for OverrunReports {
    /// At most one message a second.
    fn default() -> Self {
        Self::new(Duration::from_secs(1))
    }
}

impl OverrunReports {
    /// At most one message in this much robot time.
    pub fn new(interval: Duration) -> Self {
        Self {
            interval,
            last: None,
            withheld: 0,
        }
    }

    /// The message to show for this record, if it is of a late tick and not too soon.
    pub fn record(&mut self, record: &Record) -> Option<Overrun> {
        let RecordKind::Late { by, slowest } = &record.kind else {
            return None;
        };
        let now = record.at.time;
        if self.last.is_some_and(|last| now < last + self.interval) {
            self.withheld += 1;
            return None;
        }
        self.last = Some(now);
        Some(Overrun {
            tick: record.at.number,
            by: *by,
            slowest: slowest.clone(),
            withheld: std::mem::take(&mut self.withheld),
        })
    }
}

impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        write!(f, "tick {} ended {:.1} ms late", self.tick, millis(self.by))?;
        if let Some(Slowest { command, took }) = &self.slowest {
            write!(f, "; longest in it: `{command}`, {:.1} ms", millis(*took))?;
        }
        match self.withheld {
            0 => Ok(()),
            1 => write!(f, " (1 more late tick since the last message)"),
            n => write!(f, " ({n} more late ticks since the last message)"),
        }
    }
}
