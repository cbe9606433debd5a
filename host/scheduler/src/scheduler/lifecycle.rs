//! A run's life: becoming running, being resumed, completing, failing, being canceled.
//!
//! A cleanup can cancel other runs, its own ancestors among them, but start none: while a run is
//! ending, no body is resumed and nothing is admitted. So an object never has two runs, and what
//! is read before an end has to be read again after it.

use std::borrow::Cow;
use std::sync::Arc;

use super::Scheduler;
use super::runs::{Key, Stage, Wait};
use super::waits::Turn;
use crate::{Answer, EventKind, Failure, Outcome, Step, Supplier};

/// How many requests a body may make in its cleanup, if nothing else bounds it.
const CLEANUP_REQUESTS: u32 = 1_000;

/// How many runs may be ending on the stack, each within the cleanup of another, before what a
/// cleanup cancels is put off until the outermost of them has ended.
const NESTED_ENDS: usize = 32;

/// What is being canceled.
#[derive(Default)]
pub(super) struct Ends {
    /// How many runs are being canceled, each by or below the one before.
    nested: usize,
    /// What is to be canceled when the outermost of them has ended.
    put_off: Vec<Key>,
}

/// Whether a run may go on in this tick.
enum Budget {
    Left,
    /// It has made as many requests as one run may.
    Spent,
    /// All runs together have made as many as they may.
    SpentTogether,
}

impl Scheduler {
    /// Makes a queued run running; it owns its mechanisms from now on.
    pub(super) fn become_running(&mut self, key: Key) {
        let Some(run) = self.runs.get_mut(key) else {
            return;
        };
        run.stage = Stage::Running;
        let requirements = *run.command.requirements();
        for mechanism in requirements.iter() {
            if self.queued_for[mechanism.index()] == Some(key) {
                self.queued_for[mechanism.index()] = None;
            }
            self.holders[mechanism.index()].push(key);
            self.owners[mechanism.index()] = Some(key);
            self.observer.owner_changed(mechanism, Some(key.id), false);
        }
    }

    /// Resumes a run if its wait is over, until it is suspended again or has ended.
    pub(super) fn take_turn(&mut self, key: Key) {
        match self.wait_result(key) {
            Turn::Resume(answer) => self.resume(key, answer),
            Turn::LookAgainNextTick => self.turns.list_for_next(&mut self.runs, key),
            Turn::Asleep => {}
        }
    }

    /// Resumes a run with an answer, and goes on as long as its requests are answered at once.
    fn resume(&mut self, key: Key, answer: Answer) {
        let Some(run) = self.runs.get(key) else {
            return;
        };
        // What a periodic function starts is nobody's child.
        let is_command = !run.periodic;
        if is_command {
            self.executing.push(key);
        }
        self.emit(key, EventKind::Mounted);
        let mut answer = answer;
        loop {
            match self.take_budget(key) {
                Budget::Left => {}
                Budget::Spent => {
                    self.preempt(key, answer);
                    break;
                }
                Budget::SpentTogether => {
                    self.put_off(key, answer);
                    break;
                }
            }
            let step = match self.step(key, answer) {
                Some(step) => step,
                None => break,
            };
            match step {
                Step::Asked(request) => match self.serve(key, request) {
                    // What was asked may have ended the run.
                    Some(next) if self.runs.is_at(key, Stage::Running) => {
                        self.tell_refused(key, &next);
                        answer = next;
                    }
                    Some(_) => break,
                    None => {
                        self.emit(key, EventKind::Yielded);
                        break;
                    }
                },
                Step::Finished(Ok(value)) => {
                    self.complete(key, value);
                    break;
                }
                Step::Finished(Err(message)) => {
                    let command = self.runs.get(key).map(|run| run.command.name().clone());
                    let failure = Failure {
                        command: command.unwrap_or_default(),
                        message: Arc::from(message),
                    };
                    self.fail(key, failure);
                    break;
                }
                Step::Preempted => {
                    self.preempt(key, Answer::Continue);
                    break;
                }
            }
        }
        if is_command {
            self.executing.pop();
        }
    }

    /// Tells the world what an answer tells the run, if it is a refusal.
    fn tell_refused(&mut self, key: Key, answer: &Answer) {
        let reason: Cow<'_, str> = match answer {
            Answer::Invalid(message) => message.into(),
            Answer::Refused(failure) => failure.to_string().into(),
            _ => return,
        };
        let tick = self.tick.number;
        let before = self
            .runs
            .get_mut(key)
            .and_then(|run| run.refused.replace(tick));
        if before != Some(tick) {
            self.emit(key, EventKind::Refused(&reason));
        }
    }

    /// One resume of the run's coroutine, which is made if this is the first.
    fn step(&mut self, key: Key, answer: Answer) -> Option<Step> {
        let tick = self.tick;
        let run = self.runs.get_mut(key)?;
        let command = &run.command;
        let account = run.payer.as_ref();
        let start = || command.start(key.id, account);
        let coroutine = run.coroutine.get_or_insert_with(start);
        Some(coroutine.resume(tick, answer))
    }

    /// Counts a request against the bounds of this tick. The first is free, so that a run goes on
    /// whatever the others ask for.
    fn take_budget(&mut self, key: Key) -> Budget {
        self.charge(key, 1);
        match self.runs.get(key) {
            Some(run) if run.asks.1 <= 1 => Budget::Left,
            Some(run) if run.asks.1 > self.limits.requests => Budget::Spent,
            _ if self.requests_this_tick > self.limits.requests_together => Budget::SpentTogether,
            Some(run) if run.payer.as_ref().is_some_and(Supplier::is_spent) => {
                Budget::SpentTogether
            }
            _ => Budget::Left,
        }
    }

    /// Counts requests of a run.
    pub(super) fn charge(&mut self, key: Key, requests: u32) {
        let number = self.tick.number;
        let Some(run) = self.runs.get_mut(key) else {
            return;
        };
        if run.asks.0 != number {
            run.asks = (number, 0);
        }
        run.asks.1 = run.asks.1.saturating_add(requests);
        if let Some(supplier) = &run.payer {
            supplier.charge(number, requests);
        }
        self.requests_this_tick = self.requests_this_tick.saturating_add(requests);
    }

    /// Puts a run that has used up its slice off until the next tick, or ends it if that happens
    /// in too many ticks in a row.
    fn preempt(&mut self, key: Key, answer: Answer) {
        let tick = self.tick.number;
        let Some(run) = self.runs.get_mut(key) else {
            return;
        };
        let limit = run.preemption_limit(&self.limits);
        let (last, before) = run.preempted;
        let count = if before > 0 && last + 1 == tick {
            before + 1
        } else {
            1
        };
        run.preempted = (tick, count);
        run.wait = Wait::Preempted(answer);
        let (periodic, name) = (run.periodic, run.command.name().clone());
        if count > limit
            && let Some(payer) = &run.payer
        {
            payer.count_preempted();
        }
        self.emit(key, EventKind::Preempted(count));
        if count <= limit {
            self.turns.list_for_next(&mut self.runs, key);
        } else if periodic {
            // The only end of it that anybody is told of.
            let message = format!("pre-empted in {count} ticks in a row");
            self.fail(
                key,
                Failure {
                    command: name,
                    message: Arc::from(message),
                },
            );
        } else {
            let limit = format!("the limit of {limit} pre-emptions in a row");
            self.interrupt_run(key, &Arc::from(limit));
        }
    }

    /// Puts a run off until the next tick because of what others have asked for.
    fn put_off(&mut self, key: Key, answer: Answer) {
        let tick = self.tick.number;
        let Some(run) = self.runs.get_mut(key) else {
            return;
        };
        // It counts as no pre-emption of its own, and does not end a row of them either.
        if run.preempted.0 + 1 == tick {
            run.preempted.0 = tick;
        }
        run.wait = Wait::Preempted(answer);
        self.emit(key, EventKind::Preempted(0));
        self.turns.list_for_next(&mut self.runs, key);
    }

    fn complete(&mut self, key: Key, value: Option<crate::Value>) {
        self.emit(key, EventKind::Completed(value.as_ref()));
        self.default_may_have_ended(key);
        self.end(key, &Outcome::Completed(value));
    }

    /// Ends a run that failed. The failure climbs until somebody is waiting for that branch.
    pub(super) fn fail(&mut self, key: Key, failure: Failure) {
        self.emit(key, EventKind::Failed(&failure));
        self.default_may_have_ended(key);
        let outcome = Outcome::Failed(failure);
        let mut branches = Vec::new();
        let mut branch = key;
        while let Some(parent) = self.parent_that_does_not_wait(branch) {
            // Whoever cancels it first: this is why it ends.
            if let Some(run) = self.runs.get_mut(parent) {
                run.canceled_as = outcome.clone();
            }
            branches.push(parent);
            branch = parent;
        }
        self.end(key, &outcome);
        for branch in branches {
            self.cancel_run(branch);
        }
    }

    fn default_may_have_ended(&mut self, key: Key) {
        if let Some(run) = self.runs.get(key) {
            let command = run.command.clone();
            self.note_default_ended(&command);
        }
    }

    fn parent_that_does_not_wait(&self, key: Key) -> Option<Key> {
        let run = self.runs.get(key)?;
        let parent = run.parent?;
        let awaiting = match &self.runs.get(parent)?.wait {
            Wait::Await(state) => run.waiters.has(parent, state.serial),
            _ => false,
        };
        (!awaiting).then_some(parent)
    }

    /// Cancels a run because the command of this name takes something from it.
    pub(super) fn interrupt_run(&mut self, key: Key, by: &Arc<str>) {
        self.emit(key, EventKind::Interrupted(by));
        self.cancel_as(key, Outcome::Interrupted(by.clone()));
    }

    /// Cancels a run with everything below it.
    pub(super) fn cancel_run(&mut self, key: Key) {
        let Some(run) = self.runs.get(key) else {
            return;
        };
        let outcome = run.canceled_as.clone();
        self.cancel_as(key, outcome);
    }

    /// Cancels a run but not what is below it.
    pub(super) fn cancel_alone(&mut self, key: Key) {
        if self.runs.is_at(key, Stage::Running) {
            self.take_apart(key);
            self.forget(key, &Outcome::Canceled);
        }
    }

    pub(super) fn cancel_as(&mut self, key: Key, outcome: Outcome) {
        match self.runs.get(key).map(|run| run.stage) {
            Some(Stage::Queued) => self.leave_queue(key, false, &outcome),
            Some(Stage::Running) => {
                self.ends.nested += 1;
                self.take_apart(key);
                self.end_children(key);
                self.forget(key, &outcome);
                if self.ends.nested == 1 {
                    while let Some(key) = self.ends.put_off.pop() {
                        self.cancel_run(key);
                    }
                }
                self.ends.nested -= 1;
            }
            Some(Stage::Ending) | None => {}
        }
    }

    /// Cancels a command for the cleanup of a run. The stack holds a frame for each run that is
    /// ending, so a long chain of cleanups that cancel each other is cut.
    pub(super) fn cancel_for_cleanup(&mut self, command: &crate::Command) {
        let Some(key) = self.runs.of(command) else {
            return;
        };
        if self.ends.nested < NESTED_ENDS {
            self.cancel_run(key);
        } else {
            self.ends.put_off.push(key);
        }
    }

    /// Runs a canceled run's cleanup and says that it is canceled.
    fn take_apart(&mut self, key: Key) {
        self.begin_end(key);
        self.clean_up(key);
        self.emit(key, EventKind::Canceled);
    }

    /// Removes a run from the queue, silently unless it was evicted.
    pub(super) fn leave_queue(&mut self, key: Key, evicted: bool, outcome: &Outcome) {
        if evicted {
            self.emit(key, EventKind::Canceled);
        }
        self.begin_end(key);
        self.forget(key, outcome);
    }

    /// Empties the queue, and says so for each.
    pub(super) fn cancel_queue(&mut self) {
        for key in self.runs.sorted(|run| run.stage == Stage::Queued) {
            self.leave_queue(key, true, &Outcome::Canceled);
        }
    }

    /// Ends a run whose body is over.
    fn end(&mut self, key: Key, outcome: &Outcome) {
        self.begin_end(key);
        self.end_children(key);
        self.forget(key, outcome);
    }

    /// From here on the command is not running any more and can be scheduled anew.
    fn begin_end(&mut self, key: Key) {
        let Some(run) = self.runs.get_mut(key) else {
            return;
        };
        run.stage = Stage::Ending;
        run.command.set_slot(None);
        let requirements = *run.command.requirements();
        for mechanism in requirements.iter() {
            if self.queued_for[mechanism.index()] == Some(key) {
                self.queued_for[mechanism.index()] = None;
            }
            self.holders[mechanism.index()].retain(|holder| *holder != key);
        }
    }

    /// Lets the body of a canceled run clean up. It may write the outputs of its mechanisms, even
    /// those that it has lent to a child, but not wait.
    fn clean_up(&mut self, key: Key) {
        let tick = self.tick;
        let Some(run) = self.runs.get_mut(key) else {
            return;
        };
        let Some(mut coroutine) = run.coroutine.take() else {
            return;
        };
        let requirements = *run.command.requirements();
        for mechanism in requirements.iter() {
            if self.owners[mechanism.index()].replace(key) != Some(key) {
                self.observer.owner_changed(mechanism, Some(key.id), true);
            }
        }
        let mut answer = Answer::Canceled;
        for _ in 0..CLEANUP_REQUESTS {
            match coroutine.resume(tick, answer) {
                Step::Finished(_) => return,
                Step::Asked(request) => answer = self.serve_cleanup(request),
                Step::Preempted => break,
            }
        }
        if let Some(run) = self.runs.get(key)
            && let Some(payer) = &run.payer
        {
            // One that had to be canceled for its pre-emptions has been counted.
            let (last, preemptions) = run.preempted;
            if last != tick.number || preemptions <= run.preemption_limit(&self.limits) {
                payer.count_cleanup();
            }
        }
        self.emit(key, EventKind::CleanupOverrun);
    }

    /// Cancels the children of a run, oldest first.
    fn end_children(&mut self, key: Key) {
        while let Some(child) = self.runs.first_child(key) {
            self.runs.unlink(child);
            self.cancel_run(child);
        }
    }

    /// Gives back what a run held, tells those who wait for it, and frees its slot.
    fn forget(&mut self, key: Key, outcome: &Outcome) {
        self.release(key);
        self.runs.unlink(key);
        let Some(run) = self.runs.remove(key) else {
            return;
        };
        if run.has_scoped {
            self.scope_ended();
        }
        if !run.forked.is_empty() {
            self.ended_forks.push((run.command, run.forked));
        }
        for waiter in run.waiters.into_iter() {
            self.record_outcome(waiter, outcome);
        }
    }

    /// Hands the mechanisms of an ending run to the innermost of those that still hold them.
    fn release(&mut self, key: Key) {
        let Some(run) = self.runs.get(key) else {
            return;
        };
        for mechanism in run.command.requirements().iter() {
            if self.owners[mechanism.index()] != Some(key) {
                continue;
            }
            let heir = self.holders[mechanism.index()].last().copied();
            self.owners[mechanism.index()] = heir;
            self.observer
                .owner_changed(mechanism, heir.map(|key| key.id), true);
        }
    }
}
