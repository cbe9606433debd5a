//! Periodic functions: bodies that run in every tick, beside the commands and before them.

use super::Scheduler;
use super::runs::{Run, Scope, Stage, Wait};
use crate::{Command, Coroutine};

impl Scheduler {
    /// Adds a body that has its turn in every tick before triggers are polled, until it returns or
    /// the present op mode ends. It requires nothing and owns nothing; what it forks is queued as
    /// if it had been scheduled from outside; a refused fork does not end it unless it asks for
    /// that. Of its events only `failed` is told, under this name.
    pub fn add_periodic(&mut self, name: &str, body: Box<dyn Coroutine>) {
        // The command only lends its name: it is never scheduled.
        let command = Command::builder(name)
            .runs_while_disabled(true)
            .build_async(|_| std::future::ready(Ok(None)));
        let scope = self.outer_scope();
        let key = self.runs.insert(&command, None, scope, None);
        if let Some(run) = self.runs.get_mut(key) {
            run.periodic = true;
            run.stage = Stage::Running;
            run.cancel_on_fork_failure = false;
            run.coroutine = Some(body);
        }
        self.periodics.push(key);
    }

    /// Resumes the periodic functions whose wait is over, in the order in which they were added.
    pub(super) fn run_periodics(&mut self) {
        for index in 0..self.periodics.len() {
            let key = self.periodics[index];
            let now = self.tick.time;
            let Some(run) = self.runs.get(key) else {
                continue;
            };
            if !matches!(run.wait, Wait::Timer(deadline) if deadline > now) {
                self.take_turn(key);
            }
        }
        let runs = &self.runs;
        self.periodics.retain(|key| runs.get(*key).is_some());
    }
}

impl Run {
    /// Where what this run makes belongs.
    pub(super) fn scope_of_children(&self) -> Scope {
        if self.periodic {
            self.scope.clone()
        } else {
            Scope::Command(self.command.clone())
        }
    }
}
