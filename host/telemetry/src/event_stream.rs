//! The event stream as it is recorded: within its bounds, and with what was left out counted.

use gantry_scheduler::Tick;

use crate::accounts::{Accounts, RecordingBudgets, Share, of_host};
use crate::{Jsonl, JsonlOptions, Record, RecordKind, Run, Spool};

/// Room that is kept for the last lines of a recording that has reached its limit: one that says what
/// was lost, and one that says that it ends.
const LAST_LINE: u64 = 320;

/// How much is recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordingBounds {
    /// Bytes of the whole recording.
    pub limit: u64,
    /// Bytes per plugin and second.
    pub budgets: RecordingBudgets,
}

/// Turns records into lines and puts them into a [`Spool`]. Never waits.
///
/// Equal records give equal lines, as long as the spool is emptied in time.
#[derive(Debug)]
pub struct EventStream {
    jsonl: Jsonl,
    accounts: Accounts,
    output: Output,
    last: Tick,
}

/// Where lines go, and how many have not gone there.
#[derive(Debug)]
struct Output {
    spool: Spool,
    own: Jsonl,
    limit: u64,
    written: u64,
    /// Whether the last line is written.
    full: bool,
    /// Lines that the spool had no room for, since that was last told.
    lost_bodies: u64,
    lost_others: u64,
    missing: u64,
}

impl EventStream {
    /// Begins a stream with its header.
    pub fn new(spool: Spool, run: Run<'_>, options: JsonlOptions, bounds: RecordingBounds) -> Self {
        let mut jsonl = Jsonl::new(options);
        let header = jsonl.header(run);
        spool.push(header, true);
        let written = header.len() as u64;
        Self {
            jsonl,
            accounts: Accounts::new(bounds.budgets),
            output: Output {
                spool,
                own: Jsonl::new(options),
                limit: bounds.limit,
                written,
                full: false,
                lost_bodies: 0,
                lost_others: 0,
                missing: 0,
            },
            last: Tick::default(),
        }
    }

    /// Takes a record. Returns what there is to tell, if a plugin has gone over its limit with it;
    /// that is in the stream already.
    pub fn record(&mut self, record: &Record) -> Option<Record> {
        if !self.jsonl.wants(record) {
            return None;
        }
        self.last = record.at;
        if self.output.full {
            self.output.missing += 1;
            return None;
        }
        for told in self.accounts.begin(record.at) {
            self.output.put(self.jsonl.line(&told), &told);
        }
        let Some(plugin) = &record.plugin else {
            self.output.put(self.jsonl.line(record), record);
            return None;
        };
        let jsonl = &mut self.jsonl;
        let (share, told) = self.accounts.charge(plugin, record, |share| match share {
            Share::Whole => jsonl.line(record).len(),
            _ => jsonl.line_without_content(record).len(),
        });
        if let Some(told) = &told {
            self.output.put_own(told);
        }
        match share {
            // It has been made for its length.
            Share::Whole | Share::WithoutContent => self.output.put(self.jsonl.last(), record),
            Share::LeftOut => self.output.missing += 1,
        }
        told
    }

    /// Ends the stream: nothing comes any more.
    pub fn finish(&mut self) {
        for told in self.accounts.settle(self.last) {
            self.output.put_own(&told);
        }
        self.output.tell_lost(self.last, true);
        self.output.spool.close();
    }

    /// Where the lines go.
    pub fn spool(&self) -> &Spool {
        &self.output.spool
    }

    /// Whether it has reached its limit, and has ended with a line that says so.
    pub fn is_full(&self) -> bool {
        self.output.full
    }

    /// How many events are missing in it.
    pub fn missing(&self) -> u64 {
        self.output.missing
    }
}

/// Whoever writes the lines is not left waiting, whatever becomes of whoever makes them.
impl Drop for EventStream {
    fn drop(&mut self) {
        self.output.spool.close();
    }
}

impl Output {
    fn put(&mut self, line: &[u8], record: &Record) {
        let bytes = line.len() as u64;
        if self.full {
            self.missing += 1;
            return;
        }
        if self.written + bytes + LAST_LINE > self.limit {
            let kind = RecordKind::RecordingFull { limit: self.limit };
            let last = self.own.line(&of_host(record.at, kind));
            self.spool.push(last, true);
            self.written += last.len() as u64;
            self.full = true;
            self.missing += 1;
            return;
        }
        self.tell_lost(record.at, false);
        if self.spool.push(line, record.kind.is_urgent()) {
            self.written += bytes;
            return;
        }
        self.missing += 1;
        match record.kind.is_body() {
            true => self.lost_bodies += 1,
            false => self.lost_others += 1,
        }
    }

    fn put_own(&mut self, record: &Record) {
        let mut own = std::mem::replace(&mut self.own, Jsonl::new(JsonlOptions::default()));
        self.put(own.line(record), record);
        self.own = own;
    }

    /// Tells what the spool had no room for, once there is enough of it that the next is not lost.
    fn tell_lost(&mut self, at: Tick, at_the_end: bool) {
        if self.full || self.lost_bodies + self.lost_others == 0 {
            return;
        }
        if !at_the_end && !self.spool.has_half() {
            return;
        }
        let kind = RecordKind::Dropped {
            bodies: std::mem::take(&mut self.lost_bodies),
            others: std::mem::take(&mut self.lost_others),
        };
        let line = self.own.line(&of_host(at, kind));
        self.spool.push(line, false);
        self.written += line.len() as u64;
    }
}
