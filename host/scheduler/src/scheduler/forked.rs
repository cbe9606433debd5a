//! What a parent forked, remembered until the tick after its end.
//!
//! The scope of a fork ends with the parent. The children that are alive then are canceled with
//! it; but a command that it once forked may have been queued anew by somebody else in between.
//! The reference drops such a command from the queue at the start of the next tick, without an
//! event, and so do we. (It does the same to one that is running, which is a bug that we leave
//! out.)

use super::Scheduler;
use super::runs::{Key, Stage};
use crate::Command;
use crate::command::WeakCommand;

/// The commands that a run has forked.
#[derive(Default)]
pub(super) struct Forked {
    commands: Vec<WeakCommand>,
    /// How many were left when the list was last tidied.
    tidy: usize,
}

impl Forked {
    pub(super) fn add(&mut self, command: &Command) {
        self.commands.push(command.downgrade());
        // A parent that goes on for hours forks without end, but knows few commands at a time.
        if self.commands.len() > 2 * self.tidy + 16 {
            self.commands.retain(|command| command.upgrade().is_some());
            self.commands.sort_unstable_by_key(WeakCommand::address);
            self.commands.dedup_by_key(|command| command.address());
            self.tidy = self.commands.len();
        }
    }

    fn append(&mut self, mut other: Forked) {
        self.commands.append(&mut other.commands);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }
}

impl Scheduler {
    /// Takes queued commands out of the queue that were forked by a parent which has ended since
    /// the last tick and is not running again.
    pub(super) fn end_scopes_of_forks(&mut self) {
        let mut ended = std::mem::take(&mut self.ended_forks);
        for (parent, forked) in ended.drain(..) {
            match self.running(&parent).and_then(|key| self.runs.get_mut(key)) {
                Some(run) => run.forked.append(forked),
                None => {
                    let commands = forked.commands.iter().filter_map(WeakCommand::upgrade);
                    let queued: Vec<Key> = commands
                        .filter_map(|command| self.runs.of(&command))
                        .filter(|key| self.runs.is_at(*key, Stage::Queued))
                        .collect();
                    for key in queued {
                        self.cancel_run(key);
                    }
                }
            }
        }
        // Its memory is used again.
        if self.ended_forks.is_empty() {
            self.ended_forks = ended;
        }
    }
}
