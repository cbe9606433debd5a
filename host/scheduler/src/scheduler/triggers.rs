//! Triggers: bindings of commands to signals, polled once per tick.
//!
//! They queue and cancel; nothing starts before the queue is promoted.

use super::Scheduler;
use super::runs::Scope;
use crate::{Binding, Claim, Command, Signal};

/// One binding of a command to a signal.
struct Trigger {
    signal: Signal,
    binding: Binding,
    command: Command,
    /// What takes the command's place as soon as that is not running.
    successor: Option<Command>,
    scope: Scope,
    _claim: Option<Claim>,
    /// The sample before; none before the first.
    before: Option<bool>,
    /// Its scope has ended; it is about to go.
    removed: bool,
}

/// All triggers, in the order in which they were made.
#[derive(Default)]
pub(super) struct Triggers(Vec<Trigger>);

impl Triggers {
    pub(super) fn add(
        &mut self,
        signal: Signal,
        binding: Binding,
        command: Command,
        scope: Scope,
        claim: Option<Claim>,
    ) {
        self.0.push(Trigger {
            signal,
            binding,
            command,
            successor: None,
            scope,
            _claim: claim,
            before: None,
            removed: false,
        });
    }
}

/// What a sample does to a bound command.
enum Action {
    Start,
    Cancel,
    Toggle,
}

impl Scheduler {
    /// Samples every trigger once; they queue and cancel commands.
    pub(super) fn poll_triggers(&mut self) {
        let mut stale = false;
        for index in 0..self.triggers.0.len() {
            if !self.is_active(&self.triggers.0[index].scope) {
                // Its scope has ended in this very tick.
                stale = true;
                if !std::mem::replace(&mut self.triggers.0[index].removed, true) {
                    self.undo(index);
                }
                continue;
            }
            let trigger = &mut self.triggers.0[index];
            succeed(&mut trigger.command, &mut trigger.successor);
            let now = trigger.signal.sample_contained(self.tick);
            let edge = trigger.before.replace(now) != Some(now);
            let Some(action) = action(trigger.binding, now, edge) else {
                continue;
            };
            let (command, scope) = (trigger.command.clone(), trigger.scope.clone());
            match action {
                Action::Cancel => self.cancel(&command),
                Action::Toggle if command.is_running() => self.cancel(&command),
                Action::Start | Action::Toggle => {
                    self.schedule_in(&command, scope);
                }
            }
        }
        if stale {
            self.triggers.0.retain(|trigger| !trigger.removed);
        }
    }

    /// Removes the triggers whose scope has ended and cancels their commands, whoever started
    /// them.
    pub(super) fn remove_stale_triggers(&mut self) {
        for index in 0..self.triggers.0.len() {
            let scope = self.triggers.0[index].scope.clone();
            self.triggers.0[index].removed = !self.outlives(&scope);
        }
        for index in 0..self.triggers.0.len() {
            if self.triggers.0[index].removed {
                self.undo(index);
            }
        }
        self.triggers.0.retain(|trigger| !trigger.removed);
    }

    /// Lets another command take the place of one in all triggers.
    pub(super) fn replace_in_triggers(&mut self, command: &Command, by: &Command) {
        for trigger in &mut self.triggers.0 {
            if trigger.successor.as_ref().unwrap_or(&trigger.command) == command {
                trigger.successor = Some(by.clone());
            }
        }
    }

    /// Cancels the command of a trigger that is about to be removed.
    fn undo(&mut self, index: usize) {
        let Trigger {
            signal,
            command,
            scope,
            ..
        } = &self.triggers.0[index];
        let (parts, scope, command) = (signal.parts(), scope.clone(), command.clone());
        self.forget_scoped(&scope, parts as usize);
        self.cancel(&command);
    }
}

/// Lets the successor of a command take its place, unless the command is still running: whatever
/// ends it has to find it.
pub(super) fn succeed(command: &mut Command, successor: &mut Option<Command>) {
    if successor.is_some()
        && !command.is_running()
        && let Some(successor) = successor.take()
    {
        *command = successor;
    }
}

fn action(binding: Binding, now: bool, edge: bool) -> Option<Action> {
    match binding {
        Binding::OnTrue => (edge && now).then_some(Action::Start),
        Binding::OnFalse => (edge && !now).then_some(Action::Start),
        Binding::WhileTrue => edge.then_some(if now { Action::Start } else { Action::Cancel }),
        Binding::WhileFalse => edge.then_some(if now { Action::Cancel } else { Action::Start }),
        Binding::RetryWhileTrue if now => Some(Action::Start),
        Binding::RetryWhileTrue => edge.then_some(Action::Cancel),
        Binding::RetryWhileFalse if !now => Some(Action::Start),
        Binding::RetryWhileFalse => edge.then_some(Action::Cancel),
        Binding::ToggleOnTrue => (edge && now).then_some(Action::Toggle),
        Binding::ToggleOnFalse => (edge && !now).then_some(Action::Toggle),
    }
}
