//! Default commands: what runs on a mechanism that nobody else requires.

use super::runs::Scope;
use super::triggers::succeed;
use super::{InvalidDefault, Scheduler};
use crate::{Claim, Command, MechanismId};

/// The default commands, per mechanism and scope.
pub(super) struct Defaults {
    /// Per mechanism; the last one counts.
    stacks: Vec<Vec<DefaultCommand>>,
    /// The mechanisms that have had a default command, in the order of their first.
    order: Vec<MechanismId>,
}

struct DefaultCommand {
    command: Command,
    /// What takes the command's place as soon as that is not running.
    successor: Option<Command>,
    scope: Scope,
    claim: Option<Claim>,
    /// It was set more than once, and so supersedes itself: what is running of it is canceled as
    /// if another had been set, and started anew.
    again: bool,
}

impl Defaults {
    pub(super) fn new(mechanisms: usize) -> Self {
        Self {
            stacks: (0..mechanisms).map(|_| Vec::new()).collect(),
            order: Vec::with_capacity(mechanisms),
        }
    }

    pub(super) fn current(&self, mechanism: MechanismId) -> Option<Command> {
        self.stacks[mechanism.index()]
            .last()
            .map(|default| default.command.clone())
    }

    pub(super) fn count(&self, mechanism: MechanismId) -> usize {
        self.stacks[mechanism.index()].len()
    }

    /// What the last one takes of what its supplier may have.
    pub(super) fn claim_last(&mut self, mechanism: MechanismId, claim: Option<Claim>) {
        if let Some(last) = self.stacks[mechanism.index()].last_mut() {
            last.claim = claim;
        }
    }

    pub(super) fn remove_last(&mut self, mechanism: MechanismId) {
        self.stacks[mechanism.index()].pop();
    }
}

/// Whether a default command was there already, in the same scope.
pub(super) enum Added {
    New,
    Again,
}

impl Scheduler {
    /// Makes a command the current default command of a mechanism.
    pub(super) fn add_default(
        &mut self,
        mechanism: MechanismId,
        command: &Command,
        scope: Scope,
    ) -> Result<Added, InvalidDefault> {
        let requirements = command.requirements();
        if !requirements.contains(mechanism) || requirements.len() != 1 {
            let names: Vec<String> = requirements
                .iter()
                .map(|mechanism| format!("`{}`", self.mechanisms.name(mechanism)))
                .collect();
            return Err(InvalidDefault {
                command: command.name().clone(),
                mechanism: self.mechanisms.name(mechanism).to_owned(),
                requires: if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                },
            });
        }
        // A body may set the same one in every tick, for hours.
        let stack = &mut self.defaults.stacks[mechanism.index()];
        let same = stack
            .iter()
            .position(|other| other.command == *command && other.scope == scope);
        let before = same.map(|same| stack.remove(same));
        stack.push(DefaultCommand {
            command: command.clone(),
            successor: None,
            scope,
            claim: before.and_then(|before| before.claim),
            again: same.is_some(),
        });
        if !self.defaults.order.contains(&mechanism) {
            self.defaults.order.push(mechanism);
        }
        Ok(if same.is_some() {
            Added::Again
        } else {
            Added::New
        })
    }

    /// Queues the default commands of mechanisms that no running or queued command requires.
    pub(super) fn queue_defaults(&mut self) {
        let ended = std::mem::take(&mut self.defaults_may_be_stale);
        for index in 0..self.defaults.order.len() {
            let mechanism = self.defaults.order[index];
            if ended {
                self.remove_stale_defaults(mechanism);
            }
            self.queue_default(mechanism);
        }
    }

    /// Queues a mechanism's default command if no running or queued command requires it.
    pub(super) fn queue_default(&mut self, mechanism: MechanismId) {
        // A scope may have ended in this very tick.
        if self.defaults_may_be_stale {
            self.remove_stale_defaults(mechanism);
        }
        for default in &mut self.defaults.stacks[mechanism.index()] {
            succeed(&mut default.command, &mut default.successor);
        }
        let stack = &self.defaults.stacks[mechanism.index()];
        let Some((current, wider)) = stack.split_last() else {
            return;
        };
        let again = current.again && current.command.is_running();
        if again || wider.iter().any(|default| default.command.is_running()) {
            let superseded = if current.again { &stack[..] } else { wider };
            let superseded: Vec<Command> = superseded
                .iter()
                .map(|default| default.command.clone())
                .collect();
            for command in superseded {
                self.cancel(&command);
            }
        }
        let Some(current) = self.defaults.stacks[mechanism.index()].last() else {
            return;
        };
        let index = mechanism.index();
        let wanted = !self.holders[index].is_empty() || self.queued_for[index].is_some();
        // The cleanup of one that was superseded may have ended the scope.
        if !wanted && self.is_active(&current.scope) {
            let (command, scope) = (current.command.clone(), current.scope.clone());
            self.schedule_in(&command, scope);
        }
    }

    /// Lets another command, which fits the same mechanism, take the place of one in all defaults.
    pub(super) fn replace_in_defaults(&mut self, command: &Command, by: &Command) {
        for default in self.defaults.stacks.iter_mut().flatten() {
            if default.successor.as_ref().unwrap_or(&default.command) == command
                && default.command.requirements() == by.requirements()
            {
                default.successor = Some(by.clone());
            }
        }
    }

    /// Removes the default commands of a mechanism whose scope has ended, and cancels them.
    fn remove_stale_defaults(&mut self, mechanism: MechanismId) {
        let mechanism = mechanism.index();
        let mut at = 0;
        while at < self.defaults.stacks[mechanism].len() {
            let DefaultCommand { command, scope, .. } = &self.defaults.stacks[mechanism][at];
            let (command, scope) = (command.clone(), scope.clone());
            if self.outlives(&scope) {
                at += 1;
                continue;
            }
            self.forget_scoped(&scope, 1);
            self.defaults.stacks[mechanism].remove(at);
            self.cancel(&command);
        }
    }
}
