//! How much of a recording each plugin may take.

use std::collections::HashMap;
use std::sync::Arc;

use gantry_scheduler::Tick;

use crate::{Record, RecordKind};

/// The limit as robot.toml calls it.
const KEY: &str = "recorded-bytes-per-second";

/// How many bytes of a recording a plugin may take in a second of the robot's time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecordingBudgets {
    /// Bytes per second, by the plugin's name. One without an entry has no limit.
    pub per_second: HashMap<Arc<str>, u64>,
}

/// What becomes of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Share {
    /// It is recorded.
    Whole,
    /// It is recorded without its text or value.
    WithoutContent,
    /// It is counted.
    LeftOut,
}

/// What all plugins have taken.
#[derive(Debug)]
pub(crate) struct Accounts {
    budgets: RecordingBudgets,
    /// In the order in which they first had a record, so that equal runs give equal files.
    accounts: Vec<Account>,
    by_plugin: HashMap<Arc<str>, usize>,
    second: u64,
}

#[derive(Debug)]
struct Account {
    plugin: Arc<str>,
    most: u64,
    /// Of the present second.
    used: u64,
    told: bool,
    /// Since that was last told by a `dropped` line.
    events: u64,
    bytes: u64,
    /// Records that were too much since that was last told by `limit-exceeded`.
    times: u64,
}

impl Accounts {
    pub(crate) fn new(budgets: RecordingBudgets) -> Self {
        Self {
            budgets,
            accounts: Vec::new(),
            by_plugin: HashMap::new(),
            second: 0,
        }
    }

    /// Begins another second if it is time for it. Returns what was left out in the one before.
    pub(crate) fn begin(&mut self, at: Tick) -> Vec<Record> {
        let second = at.time.as_secs();
        if second == self.second {
            return Vec::new();
        }
        self.second = second;
        let told = self.settle(at);
        for account in &mut self.accounts {
            account.used = 0;
            account.told = false;
        }
        told
    }

    /// What was left out and has not been told.
    pub(crate) fn settle(&mut self, at: Tick) -> Vec<Record> {
        let open = self.accounts.iter_mut();
        let open = open.filter(|account| account.events + account.bytes > 0);
        let told = open.map(|account| {
            let kind = RecordKind::LeftOut {
                plugin: account.plugin.clone(),
                events: std::mem::take(&mut account.events),
                bytes: std::mem::take(&mut account.bytes),
            };
            of_host(at, kind)
        });
        told.collect()
    }

    /// Decides about a record of a plugin. `line` makes its line, whole or without its content, and
    /// gives its length; it is asked only if that may fit, and last for what is decided. Also returns what there is to tell of the limit.
    pub(crate) fn charge(
        &mut self,
        plugin: &Arc<str>,
        record: &Record,
        mut line: impl FnMut(Share) -> usize,
    ) -> (Share, Option<Record>) {
        let Some(&most) = self.budgets.per_second.get(plugin) else {
            line(Share::Whole);
            return (Share::Whole, None);
        };
        let accounts = &mut self.accounts;
        let place = *self.by_plugin.entry(plugin.clone()).or_insert_with(|| {
            accounts.push(Account {
                plugin: plugin.clone(),
                most,
                used: 0,
                told: false,
                events: 0,
                bytes: 0,
                times: 0,
            });
            accounts.len() - 1
        });
        let account = &mut accounts[place];
        let share = account.share(record, &mut line);
        if share == Share::Whole {
            return (share, None);
        }
        account.times += 1;
        if share == Share::LeftOut {
            account.events += 1;
        }
        account.bytes += record.bytes() as u64;
        if std::mem::replace(&mut account.told, true) {
            return (share, None);
        }
        let message = format!(
            "limit reached: {most} bytes of the recording in one second; what is more is left out \
             of the recording and counted in `dropped`"
        );
        let kind = RecordKind::LimitExceeded {
            plugin: plugin.clone(),
            limit: KEY.into(),
            times: std::mem::take(&mut account.times),
            message: message.into(),
        };
        (share, Some(of_host(record.at, kind)))
    }
}

impl Account {
    /// Texts and values leave a quarter to the lives of runs, which are worth more.
    fn share(&mut self, record: &Record, line: &mut impl FnMut(Share) -> usize) -> Share {
        let content = record.bytes() as u64;
        let of_run = record.kind.is_of_run();
        let most = match of_run && content == 0 {
            true => self.most,
            false => self.most - self.most / 4,
        };
        // A line is longer than its content: what cannot fit is not even made.
        if self.used + content < most && self.take(line(Share::Whole), most) {
            return Share::Whole;
        }
        if of_run && content > 0 && self.take(line(Share::WithoutContent), self.most) {
            return Share::WithoutContent;
        }
        Share::LeftOut
    }

    fn take(&mut self, bytes: usize, most: u64) -> bool {
        let used = self.used + bytes as u64;
        let fits = used <= most;
        if fits {
            self.used = used;
        }
        fits
    }
}

/// A record that is about no run.
pub(crate) fn of_host(at: Tick, kind: RecordKind) -> Record {
    Record {
        at,
        run: None,
        parent: None,
        command: None,
        plugin: None,
        body: None,
        kind,
    }
}
