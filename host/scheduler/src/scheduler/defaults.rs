//! Default commands: what runs on a mechanism that nobody else requires.

use std::mem;
use std::time::Duration;

use super::refusals::RefusalRow;
use super::runs::Scope;
use super::triggers::succeed;
use super::{InvalidDefault, SHORT_DEFAULT, SHORT_DEFAULTS, Scheduler};
use crate::{Admission, Claim, Command, MechanismId, StartSource};

/// The default commands, per mechanism and scope.
pub(super) struct Defaults {
    /// Per mechanism; the last one counts.
    stacks: Vec<Vec<DefaultCommand>>,
    /// The mechanisms that have had a default command, in the order of their first.
    order: Vec<MechanismId>,
    /// Per mechanism.
    starts: Vec<Starts>,
}

/// How the starts of a mechanism's default command went.
#[derive(Default)]
struct Starts {
    refused: RefusalRow,
    /// What was started last, and when.
    last: Option<(Command, Duration)>,
    /// Whether that has ended by itself.
    ended: bool,
    /// How often in a row it was short.
    short: u32,
}

impl Starts {
    fn has_ended(&mut self, command: &Command, now: Duration) {
        if let Some((last, since)) = &self.last
            && last == command
        {
            self.ended = true;
            self.short = match now.saturating_sub(*since) < SHORT_DEFAULT {
                true => self.short.saturating_add(1),
                false => 0,
            };
        }
    }

    /// Whether a command has been short so often that its next start has to wait, and if so, whether it
    /// has to now.
    fn rests(&self, command: &Command, now: Duration) -> Option<bool> {
        let (last, since) = self.last.as_ref()?;
        let often = self.ended && self.short >= SHORT_DEFAULTS && last == command;
        often.then(|| now.saturating_sub(*since) < SHORT_DEFAULT)
    }

    fn begin(&mut self, command: &Command, now: Duration) {
        if !mem::take(&mut self.ended) {
            // Somebody else has ended it.
            self.short = 0;
        }
        match &mut self.last {
            Some((last, since)) if last == command => *since = now,
            last => *last = Some((command.clone(), now)),
        }
    }
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
    /// It was declared: when it is short too often, it rests.
    declared: bool,
}

impl Defaults {
    pub(super) fn new(mechanisms: usize) -> Self {
        Self {
            stacks: (0..mechanisms).map(|_| Vec::new()).collect(),
            order: Vec::with_capacity(mechanisms),
            starts: (0..mechanisms).map(|_| Starts::default()).collect(),
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
        declared: bool,
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
            declared,
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
            let starts = &mut self.defaults.starts[mechanism.index()];
            let mut refused = mem::take(&mut starts.refused);
            self.end_refusals(StartSource::Default, &mut refused);
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
        let wanted = wanted || !self.is_active(&current.scope);
        let (command, scope, declared) = (
            current.command.clone(),
            current.scope.clone(),
            current.declared,
        );
        let starts = &mut self.defaults.starts[index];
        let mut refused = mem::take(&mut starts.refused);
        let rests = starts.rests(&command, self.tick.time).filter(|_| declared);
        if wanted {
            self.end_refusals(StartSource::Default, &mut refused);
        } else if rests != Some(true) {
            let admission = self.start_from(StartSource::Default, &command, scope, &mut refused);
            // What a plugin made is not kept longer than the plugin keeps it.
            if admission == Admission::Scheduled && declared {
                self.defaults.starts[index].begin(&command, self.tick.time);
            }
        }
        self.defaults.starts[index].refused = refused;
    }

    /// Takes note that a command has ended by itself, which may be a default command.
    pub(super) fn note_default_ended(&mut self, command: &Command) {
        let mut requirements = command.requirements().iter();
        let (Some(mechanism), None) = (requirements.next(), requirements.next()) else {
            return;
        };
        let Some(current) = self.defaults.stacks[mechanism.index()].last() else {
            return;
        };
        let declared = current.declared && current.command == *command;
        let starts = &mut self.defaults.starts[mechanism.index()];
        let before = starts.short;
        starts.has_ended(command, self.tick.time);
        if declared && before < starts.short && starts.short == SHORT_DEFAULTS {
            self.observer
                .default_ends_at_once(self.tick, mechanism, command);
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
