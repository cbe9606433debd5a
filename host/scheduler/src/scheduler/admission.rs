//! May this command start, and who has to go if it does?
//!
//! Nothing is resumed or cleaned up while it is decided; a refusal changes nothing.

use std::sync::Arc;

use super::Scheduler;
use super::runs::{Key, Scope, Stage};
use crate::{Admission, Blocker, Command, EventKind, Outcome, Refusal, Resource, Supplier};

impl Scheduler {
    /// Admits a command in a scope. It is queued or, if a body is executing, started at once.
    pub(super) fn schedule_in(&mut self, command: &Command, scope: Scope) -> Admission {
        match self.admit(command, scope) {
            Ok(Some(key)) => {
                self.launch(key);
                Admission::Scheduled
            }
            Ok(None) => Admission::AlreadyRunning,
            Err(refusal) => Admission::Refused(refusal),
        }
    }

    /// Adds a run of the command as queued and removes from the queue what it conflicts with;
    /// none if it is queued or running already. [`launch`](Scheduler::launch) has to follow.
    pub(super) fn admit(
        &mut self,
        command: &Command,
        scope: Scope,
    ) -> Result<Option<Key>, Refusal> {
        let parent = match scope {
            Scope::Command(ref command) => self.running(command),
            Scope::Global | Scope::OpMode(_) => self.executing.last().copied(),
        };
        if !self.is_schedulable(command, parent)? {
            return Ok(None);
        }
        let payer = self.runs.payer(command, parent);
        let claim = payer
            .map(|payer| payer.claim(Resource::Runs, 1))
            .transpose()
            .map_err(|most| refused(command, Blocker::Runs(most)))?;
        for key in self.queued_conflicts(command) {
            self.emit(key, EventKind::Interrupted(command.name()));
            self.leave_queue(key, true, &Outcome::Interrupted(command.name().clone()));
        }
        match scope {
            Scope::Command(_) => {
                if let Some(parent) = parent.and_then(|parent| self.runs.get_mut(parent)) {
                    parent.forked.add(command);
                }
            }
            Scope::OpMode(_) if self.is_active(&scope) => self.scheduled_in_opmode.add(command),
            Scope::Global | Scope::OpMode(_) => {}
        }
        let key = self.runs.insert(command, parent, scope, claim);
        for mechanism in command.requirements().iter() {
            self.queued_for[mechanism.index()] = Some(key);
        }
        self.emit(key, EventKind::Scheduled);
        Ok(Some(key))
    }

    /// Starts an admitted run if a body is executing; queues it otherwise.
    pub(super) fn launch(&mut self, key: Key) {
        if self.executing.is_empty() {
            self.queue.push(key);
            return;
        }
        self.evict_running(key);
        // Somebody's cleanup may have ended the parent, and this run with it.
        if self.runs.is_at(key, Stage::Queued) {
            self.become_running(key);
            self.take_turn(key);
        }
    }

    /// Whether a command may start as a child of `parent`; false if it is queued or running
    /// already.
    pub(super) fn is_schedulable(
        &self,
        command: &Command,
        parent: Option<Key>,
    ) -> Result<bool, Refusal> {
        // Be it in another scheduler: one object never runs twice at a time.
        if command.is_running() {
            return Ok(false);
        }
        let refused = |blocker| Err(refused(command, blocker));
        if let Some(reason) = command.supplier().and_then(Supplier::withdrawn) {
            return refused(Blocker::Withdrawn(reason));
        }
        if !self.enabled && !command.runs_while_disabled() {
            return refused(Blocker::Disabled);
        }
        let parent_run = parent.and_then(|parent| self.runs.get(parent));
        let own = command.supplier().and_then(|by| by.limits().depth);
        let limit = own.map_or(self.limits.depth, |own| own.min(self.limits.depth));
        if parent_run.is_some_and(|run| run.depth + 1 >= limit) {
            return refused(Blocker::Depth(limit));
        }
        let payer = self.runs.payer(command, parent);
        if let Some(Err(most)) = payer.map(|payer| payer.has_room(Resource::Runs, 1)) {
            return refused(Blocker::Runs(most));
        }
        // Otherwise it would start, and end at once because of what it bounds.
        for bounded in std::iter::successors(command.bounded(), |command| command.bounded()) {
            if let Some(reason) = bounded.supplier().and_then(Supplier::withdrawn) {
                return refused(Blocker::Withdrawn(reason));
            }
            let payer = self.runs.payer(bounded, parent);
            if let Some(Err(most)) = payer.map(|payer| payer.has_room(Resource::Runs, 1)) {
                return refused(Blocker::Runs(most));
            }
        }
        let inherited = parent_run.map_or(i32::MIN, |run| run.effective_priority);
        let priority = command.priority().max(inherited);
        if let Some(name) = self.higher_running(command, parent, priority) {
            return refused(Blocker::LowerPriorityThanRunning(name));
        }
        if let Some(name) = self.higher_queued(command, priority) {
            return refused(Blocker::LowerPriorityThanQueued(name));
        }
        Ok(true)
    }

    /// Cancels the running commands that an admitted one conflicts with: of each, the topmost
    /// ancestor that is not an ancestor of the newcomer.
    pub(super) fn evict_running(&mut self, newcomer: Key) {
        let Some(run) = self.runs.get(newcomer) else {
            return;
        };
        let (command, parent) = (run.command.clone(), run.parent);
        loop {
            let evicted = self
                .running_conflicts(&command, parent)
                .filter_map(|key| self.runs.branch_below(key, parent))
                .min();
            let Some(evicted) = evicted else { return };
            self.interrupt_run(evicted, command.name());
            if self.runs.get(newcomer).is_none() {
                return;
            }
        }
    }

    /// The oldest running command that shares a mechanism and has a higher effective priority.
    fn higher_running(
        &self,
        command: &Command,
        parent: Option<Key>,
        priority: i32,
    ) -> Option<Arc<str>> {
        let oldest = command
            .requirements()
            .iter()
            .flat_map(|mechanism| self.holders[mechanism.index()].iter().copied())
            .filter(|key| self.runs.branch_below(*key, parent).is_some())
            .filter(|key| self.effective_priority(*key) > priority)
            .min()?;
        self.runs.get(oldest).map(|run| run.command.name().clone())
    }

    /// The first queued command that shares a mechanism and has a higher effective priority.
    fn higher_queued(&self, command: &Command, priority: i32) -> Option<Arc<str>> {
        let first = command
            .requirements()
            .iter()
            .filter_map(|mechanism| self.queued_for[mechanism.index()])
            .filter(|key| self.effective_priority(*key) > priority)
            .min()?;
        self.runs.get(first).map(|run| run.command.name().clone())
    }

    /// Queued runs that share a mechanism with a command, in the order of the queue.
    fn queued_conflicts(&self, command: &Command) -> Vec<Key> {
        let mut keys: Vec<Key> = command
            .requirements()
            .iter()
            .filter_map(|mechanism| self.queued_for[mechanism.index()])
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The innermost running run of each mechanism of the command, unless it is an ancestor.
    fn running_conflicts(
        &self,
        command: &Command,
        parent: Option<Key>,
    ) -> impl Iterator<Item = Key> {
        command
            .requirements()
            .iter()
            .filter_map(|mechanism| self.holders[mechanism.index()].last().copied())
            .filter(move |key| self.runs.branch_below(*key, parent).is_some())
    }

    fn effective_priority(&self, key: Key) -> i32 {
        self.runs
            .get(key)
            .map_or(i32::MIN, |run| run.effective_priority)
    }
}

pub(super) fn refused(command: &Command, blocker: Blocker) -> Refusal {
    Refusal {
        command: command.name().clone(),
        blocker,
    }
}
