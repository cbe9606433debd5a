//! Starts that nobody waits for, and what is told when they are refused.

use super::Scheduler;
use super::runs::Scope;
use crate::{Admission, Blocker, Command, RefusedStart, StartSource};

/// The refusals of one binding or default command that are of consecutive ticks and have the same reason.
#[derive(Default)]
pub(super) struct RefusalRow {
    last: Option<Last>,
}

struct Last {
    command: Command,
    blocker: Blocker,
    /// In which tick.
    tick: u64,
    /// How often it was refused after it was told.
    again: u64,
}

impl Scheduler {
    /// Starts a command in a scope for a binding, a default command or an op mode. A refusal is told.
    pub(super) fn start_from(
        &mut self,
        source: StartSource,
        command: &Command,
        scope: Scope,
        row: &mut RefusalRow,
    ) -> Admission {
        let admission = self.schedule_in(command, scope);
        let Admission::Refused(refusal) = &admission else {
            self.end_refusals(source, row);
            return admission;
        };
        let now = self.tick.number;
        if let Some(last) = &mut row.last
            && last.blocker == refusal.blocker
            && last.command == *command
            && last.tick + 1 >= now
        {
            last.tick = now;
            last.again += 1;
            return admission;
        }
        self.end_refusals(source, row);
        self.observer.start_refused(&RefusedStart {
            tick: self.tick,
            command,
            source,
            blocker: &refusal.blocker,
            again: 0,
        });
        row.last = Some(Last {
            command: command.clone(),
            blocker: refusal.blocker.clone(),
            tick: now,
            again: 0,
        });
        admission
    }

    /// Ends a row of refusals, and tells how many there were if that is more than one.
    pub(super) fn end_refusals(&mut self, source: StartSource, row: &mut RefusalRow) {
        if let Some(last) = row.last.take()
            && last.again > 0
        {
            self.observer.start_refused(&RefusedStart {
                tick: self.tick,
                command: &last.command,
                source,
                blocker: &last.blocker,
                again: last.again,
            });
        }
    }
}
