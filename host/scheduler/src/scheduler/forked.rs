//! What a parent forked, or what was scheduled in an op mode, remembered until that has ended.
//!
//! The scope of a fork ends with the parent. The children that are alive then are canceled with
//! it; but a command that it once forked may have been queued anew by somebody else in between.
//! The reference drops such a command from the queue when it ends scopes, at the start of the next
//! tick, without an event, and so do we; the same goes for what was once scheduled in an op mode
//! that has ended. (It does the same to one that is running, which is a bug that we leave out.)

use super::Scheduler;
use super::runs::{Key, Stage};
use crate::Command;
use crate::command::WeakCommand;

/// The commands that a run has forked, or that were scheduled in an op mode.
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

    pub(super) fn append(&mut self, mut other: Forked) {
        self.commands.append(&mut other.commands);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }
}

impl Scheduler {
    /// Takes queued commands out of the queue that were forked by a parent which has ended since
    /// the last tick and is not running again, or scheduled in an op mode that has ended.
    pub(super) fn end_scopes_of_forks(&mut self) {
        let mut ended = std::mem::take(&mut self.ended_forks);
        for (parent, forked) in ended.drain(..) {
            match self.running(&parent).and_then(|key| self.runs.get_mut(key)) {
                Some(run) => run.forked.append(forked),
                None => self.drop_queued(&forked),
            }
        }
        // Its memory is used again.
        if self.ended_forks.is_empty() {
            self.ended_forks = ended;
        }
        if !self.scheduled_in_ended_opmodes.is_empty() {
            let scheduled = std::mem::take(&mut self.scheduled_in_ended_opmodes);
            self.drop_queued(&scheduled);
        }
    }

    fn drop_queued(&mut self, forked: &Forked) {
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
