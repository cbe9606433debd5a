//! Triggers: bindings of commands to signals, polled once per tick.
//!
//! They queue and cancel; nothing starts before the queue is promoted.

use std::mem;

use super::Scheduler;
use super::refusals::RefusalRow;
use super::runs::Scope;
use crate::{Binding, Claim, Command, FirstLook, Signal, StartSource};

/// One binding of a command to a signal.
struct Trigger {
    signal: Signal,
    binding: Binding,
    command: Command,
    /// What takes the command's place as soon as that is not running.
    successor: Option<Command>,
    scope: Scope,
    _claim: Option<Claim>,
    looks: Looks,
    refused: RefusalRow,
    /// Its scope has ended; it is about to go.
    removed: bool,
}

/// What a trigger has seen of its signal.
struct Looks {
    /// The look before; none before the first.
    before: Option<Option<bool>>,
    /// Whether the next look is the first since the signal began anew.
    first: bool,
    /// What the first look is, if the binding was declared.
    declared: Option<FirstLook>,
    /// Whether a change to true, or to false, counts: it has been seen that the signal was not so before.
    armed: bool,
}

impl Looks {
    fn new(declared: Option<FirstLook>) -> Self {
        Self {
            before: None,
            first: true,
            declared,
            armed: declared != Some(FirstLook::Baseline),
        }
    }
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
        declared: Option<FirstLook>,
    ) {
        self.0.push(Trigger {
            signal,
            binding,
            command,
            successor: None,
            scope,
            _claim: claim,
            looks: Looks::new(declared),
            refused: RefusalRow::default(),
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
                if !mem::replace(&mut self.triggers.0[index].removed, true) {
                    self.undo(index);
                }
                continue;
            }
            let trigger = &mut self.triggers.0[index];
            succeed(&mut trigger.command, &mut trigger.successor);
            let now = trigger.signal.look_contained(self.tick);
            if !trigger.looks.armed {
                let undelayed = trigger.signal.undelayed_contained(self.tick);
                trigger.looks.armed = undelayed != Some(trigger.binding.wants());
            }
            let action = trigger.looks.look(trigger.binding, now);
            let mut refused = mem::take(&mut trigger.refused);
            let (command, scope) = (trigger.command.clone(), trigger.scope.clone());
            match action {
                Some(Action::Start) => {
                    self.start_from(StartSource::Binding, &command, scope, &mut refused);
                }
                Some(Action::Toggle) if !command.is_running() => {
                    self.start_from(StartSource::Binding, &command, scope, &mut refused);
                }
                Some(Action::Cancel | Action::Toggle) => {
                    self.end_refusals(StartSource::Binding, &mut refused);
                    self.cancel(&command);
                }
                None => self.end_refusals(StartSource::Binding, &mut refused),
            }
            self.triggers.0[index].refused = refused;
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

    /// Lets what was declared begin anew: nothing that its signals have built up counts from now on.
    pub(super) fn begin_declared_anew(&mut self) {
        for trigger in &mut self.triggers.0 {
            let looks = &mut trigger.looks;
            if looks.declared.is_some() {
                trigger.signal.begin_anew();
                looks.first = true;
                looks.armed = looks.declared == Some(FirstLook::Edge);
            }
        }
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
            refused,
            ..
        } = &mut self.triggers.0[index];
        let (parts, scope, command) = (signal.parts(), scope.clone(), command.clone());
        let mut refused = mem::take(refused);
        self.end_refusals(StartSource::Binding, &mut refused);
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

impl Looks {
    /// What a look at the signal does.
    fn look(&mut self, binding: Binding, now: Option<bool>) -> Option<Action> {
        let first = mem::take(&mut self.first);
        let before = self.before.replace(now);
        let wanted = Some(binding.wants());
        match binding {
            Binding::OnTrue | Binding::OnFalse | Binding::ToggleOnTrue | Binding::ToggleOnFalse => {
                let changed = match first {
                    true => self.declared != Some(FirstLook::Baseline),
                    // What was unknown may become true, but not false.
                    false if wanted == Some(true) => before.is_some_and(|before| before != wanted),
                    false => before == Some(Some(true)),
                };
                let toggles = matches!(binding, Binding::ToggleOnTrue | Binding::ToggleOnFalse);
                let action = if toggles {
                    Action::Toggle
                } else {
                    Action::Start
                };
                (now == wanted && changed && self.armed).then_some(action)
            }
            Binding::WhileTrue
            | Binding::WhileFalse
            | Binding::RetryWhileTrue
            | Binding::RetryWhileFalse => {
                let retries = matches!(binding, Binding::RetryWhileTrue | Binding::RetryWhileFalse);
                let held = before == Some(wanted);
                if now == wanted {
                    (retries || first || !held).then_some(Action::Start)
                } else {
                    // A binding of the reference cancels with its first look, whoever started it.
                    let undeclared = first && self.declared.is_none() && now.is_some();
                    (held || undeclared).then_some(Action::Cancel)
                }
            }
        }
    }
}
