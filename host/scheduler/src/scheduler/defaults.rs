//! Default commands: what runs on a mechanism that nobody else requires.

use super::{InvalidDefault, Scheduler};
use super::runs::Scope;
use crate::{Command, MechanismId};

/// The default commands, per mechanism and scope.
pub(super) struct Defaults {
    /// Per mechanism; the last one counts.
    stacks: Vec<Vec<(Command, Scope)>>,
    /// The mechanisms that have had a default command, in the order of their first.
    order: Vec<MechanismId>,
}

impl Defaults {
    pub(super) fn new(mechanisms: usize) -> Self {
        Self { stacks: vec![Vec::new(); mechanisms], order: Vec::with_capacity(mechanisms) }
    }

    pub(super) fn current(&self, mechanism: MechanismId) -> Option<Command> {
        let (command, _) = self.stacks[mechanism.index()].last()?;
        Some(command.clone())
    }

    pub(super) fn remove_last(&mut self, mechanism: MechanismId) {
        self.stacks[mechanism.index()].pop();
    }
}

impl Scheduler {
    pub(super) fn add_default(
        &mut self,
        mechanism: MechanismId,
        command: &Command,
        scope: Scope,
    ) -> Result<(), InvalidDefault> {
        let requirements = command.requirements();
        if !requirements.contains(mechanism) || requirements.len() != 1 {
            let names: Vec<String> = requirements
                .iter()
                .map(|mechanism| format!("`{}`", self.mechanisms.name(mechanism)))
                .collect();
            return Err(InvalidDefault {
                command: command.name().clone(),
                mechanism: self.mechanisms.name(mechanism).to_owned(),
                requires: if names.is_empty() { "none".to_owned() } else { names.join(", ") },
            });
        }
        self.defaults.stacks[mechanism.index()].push((command.clone(), scope));
        if !self.defaults.order.contains(&mechanism) {
            self.defaults.order.push(mechanism);
        }
        Ok(())
    }

    /// Queues the default commands of mechanisms that no running or queued command requires.
    pub(super) fn queue_defaults(&mut self) {
        if std::mem::take(&mut self.scope_ended) {
            self.remove_stale_defaults();
        }
        for index in 0..self.defaults.order.len() {
            self.queue_default(self.defaults.order[index]);
        }
    }

    pub(super) fn queue_default(&mut self, mechanism: MechanismId) {
        let stack = &self.defaults.stacks[mechanism.index()];
        let Some(((current, scope), wider)) = stack.split_last() else { return };
        let (current, scope) = (current.clone(), scope.clone());
        if wider.iter().any(|(command, _)| command.is_running()) {
            let wider: Vec<Command> = wider.iter().map(|(command, _)| command.clone()).collect();
            for command in wider {
                self.cancel(&command);
            }
        }
        let wanted = self.owners[mechanism.index()].or(self.queued_for[mechanism.index()]);
        if wanted.is_none() {
            self.schedule_in(&current, scope);
        }
    }

    /// Removes the default commands whose scope has ended, and cancels them.
    pub(super) fn remove_stale_defaults(&mut self) {
        for index in 0..self.defaults.order.len() {
            let mechanism = self.defaults.order[index].index();
            let mut at = 0;
            while at < self.defaults.stacks[mechanism].len() {
                let (command, scope) = &self.defaults.stacks[mechanism][at];
                let (command, scope) = (command.clone(), scope.clone());
                if self.outlives(&scope) {
                    at += 1;
                    continue;
                }
                self.scoped_bindings -= usize::from(matches!(scope, Scope::Command(_)));
                self.defaults.stacks[mechanism].remove(at);
                self.cancel(&command);
            }
        }
    }
}
