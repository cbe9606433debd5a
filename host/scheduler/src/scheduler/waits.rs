//! Waits: whose turn it is, and with what answer.
//!
//! A run that waits for a child, for a time or for ever is in no list that a tick walks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::Scheduler;
use super::runs::{Key, Run, Runs, Wait};
use crate::{Answer, AwaitMode, Claim, Command, Failure, Outcome, Resource, Supplier, WaitResult};

/// Instead of what was returned. One for all: they are as many as the results that were dropped.
static DROPPED: LazyLock<Arc<str>> = LazyLock::new(|| {
    "what it returned was dropped: no more may be kept for the commands that wait".into()
});

/// An await in progress.
pub(super) struct AwaitState {
    /// Tells it from other awaits of the same run.
    pub(super) serial: u64,
    pub(super) mode: AwaitMode,
    pub(super) commands: Vec<Command>,
    pub(super) outcomes: Vec<Option<Ended>>,
    /// How many outcomes are there.
    pub(super) ended: usize,
}

/// How a command has ended, while others are still waited for.
pub(super) struct Ended {
    outcome: Outcome,
    _claim: Option<Claim>,
}

/// Somebody who waits for a run.
#[derive(Clone, Copy)]
pub(super) struct Waiter {
    pub(super) run: Key,
    /// In which of its awaits.
    pub(super) serial: u64,
    /// As which of the commands it waits for.
    pub(super) index: usize,
}

/// Who waits for a run. Those who have stopped waiting stay in the list until it is tidied.
#[derive(Default)]
pub(super) struct Waiters {
    list: Vec<Waiter>,
    /// How many were left when the list was last tidied.
    tidy: usize,
}

impl Waiters {
    pub(super) fn has(&self, run: Key, serial: u64) -> bool {
        self.list
            .iter()
            .any(|waiter| waiter.run == run && waiter.serial == serial)
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = Waiter> {
        self.list.into_iter()
    }
}

/// What to do with a run when its turn comes.
pub(super) enum Turn {
    Resume(Answer),
    LookAgainNextTick,
    /// Something else will list it when its wait is over.
    Asleep,
}

/// Which runs are due a turn, in this tick and in the next.
#[derive(Default)]
pub(super) struct Turns {
    /// Due in this tick, oldest first; taken from the end.
    due: Vec<Key>,
    /// Became due in this tick after it had begun.
    woken: BinaryHeap<Key>,
    /// Due in the next tick.
    next: Vec<Key>,
    timers: BinaryHeap<Reverse<(Duration, Key)>>,
    /// The run that has its turn now; newer ones have had theirs.
    at: Option<Key>,
}

impl Turns {
    /// Begins a round of turns with what is due at this time.
    pub(super) fn begin(&mut self, runs: &mut Runs, now: Duration) {
        std::mem::swap(&mut self.due, &mut self.next);
        while let Some(Reverse((deadline, key))) = self.timers.peek().copied() {
            if deadline > now {
                break;
            }
            self.timers.pop();
            if let Some(run) = runs.get_mut(key)
                && !run.listed
                && !run.periodic
                && matches!(run.wait, Wait::Timer(at) if at == deadline)
            {
                run.listed = true;
                self.due.push(key);
            }
        }
        if !self.due.is_sorted() {
            self.due.sort_unstable();
        }
    }

    /// The next run to have its turn.
    pub(super) fn next(&mut self, runs: &mut Runs) -> Option<Key> {
        loop {
            let key = match (self.due.last(), self.woken.peek()) {
                (Some(due), Some(woken)) if woken > due => self.woken.pop(),
                (None, Some(_)) => self.woken.pop(),
                _ => self.due.pop(),
            }?;
            if let Some(run) = runs.get_mut(key) {
                run.listed = false;
                self.at = Some(key);
                return Some(key);
            }
        }
    }

    pub(super) fn end(&mut self) {
        self.at = None;
        // Turns come newest first, so this is nearly the reverse of what the next round wants.
        self.next.reverse();
    }

    /// Lists a run for a turn in the next tick.
    pub(super) fn list_for_next(&mut self, runs: &mut Runs, key: Key) {
        // Periodic functions have turns of their own.
        if let Some(run) = runs.get_mut(key)
            && !run.periodic
            && !std::mem::replace(&mut run.listed, true)
        {
            self.next.push(key);
        }
    }

    /// Lists a run whose wait is over: for this tick if its turn is still to come.
    fn wake(&mut self, runs: &mut Runs, key: Key) {
        if self.at.is_none_or(|at| at <= key) {
            self.list_for_next(runs, key);
        } else if let Some(run) = runs.get_mut(key)
            && !run.periodic
            && !std::mem::replace(&mut run.listed, true)
        {
            self.woken.push(key);
        }
    }

    pub(super) fn start_timer(&mut self, runs: &Runs, deadline: Duration, key: Key) {
        // Timers of runs that ended before they were due are dropped when they are the most.
        if self.timers.len() > 64 && self.timers.len() > 2 * runs.len() {
            self.timers
                .retain(|Reverse((_, key))| runs.get(*key).is_some());
        }
        self.timers.push(Reverse((deadline, key)));
    }
}

impl Scheduler {
    /// Whether a run's wait is over, and the answer if it is.
    pub(super) fn wait_result(&mut self, key: Key) -> Turn {
        let tick = self.tick;
        let Some(run) = self.runs.get_mut(key) else {
            return Turn::Asleep;
        };
        match &mut run.wait {
            Wait::Start => Turn::Resume(Answer::Start),
            Wait::Turn | Wait::Timer(_) => Turn::Resume(Answer::Done),
            Wait::Forever => Turn::Asleep,
            Wait::Preempted(answer) => Turn::Resume(std::mem::replace(answer, Answer::Continue)),
            Wait::Condition {
                signal, deadline, ..
            } => {
                if signal.look_contained(tick) == Some(true) {
                    Turn::Resume(Answer::Waited(WaitResult::Met))
                } else if deadline.is_some_and(|deadline| tick.time >= deadline) {
                    Turn::Resume(Answer::Waited(WaitResult::TimedOut))
                } else {
                    Turn::LookAgainNextTick
                }
            }
            Wait::Await(_) => match self.settle(key) {
                Some(answer) => Turn::Resume(answer),
                None => Turn::Asleep,
            },
        }
    }

    /// The answer to an await, if what was awaited has ended and is not running again. The losers
    /// of an `Any` are canceled.
    pub(super) fn settle(&mut self, key: Key) -> Option<Answer> {
        let run = self.runs.get_mut(key)?;
        let Wait::Await(mut state) = std::mem::replace(&mut run.wait, Wait::Forever) else {
            return None;
        };
        for index in 0..state.commands.len() {
            if state.outcomes[index].is_some()
                && let Some(again) = self.runs.of(&state.commands[index])
            {
                state.outcomes[index] = None;
                state.ended -= 1;
                self.add_waiter(
                    again,
                    Waiter {
                        run: key,
                        serial: state.serial,
                        index,
                    },
                );
            }
        }
        if !state.is_over() {
            if let Some(run) = self.runs.get_mut(key) {
                run.wait = Wait::Await(state);
            }
            return None;
        }
        Some(match state.mode {
            AwaitMode::All => {
                let ended = state.outcomes.into_iter().flatten();
                Answer::Outcomes(ended.map(|ended| ended.outcome).collect())
            }
            AwaitMode::Any | AwaitMode::Race => {
                let won = state.outcomes.iter().position(Option::is_some).unwrap_or(0);
                for command in &state.commands {
                    if let Some(loser) = self.runs.of(command) {
                        self.cancel_run(loser);
                    }
                    // It may have named itself, or an ancestor: then it does nothing any more.
                    if !self.is_alive(key) {
                        return None;
                    }
                }
                let won_by = state.outcomes[won].take();
                let outcome = won_by.map_or(Outcome::Canceled, |ended| ended.outcome);
                Answer::Winner {
                    index: won,
                    outcome,
                }
            }
        })
    }

    /// Takes note that what a run waits for has ended.
    pub(super) fn record_outcome(&mut self, waiter: Waiter, outcome: &Outcome) {
        if let Some(Run {
            wait: Wait::Await(state),
            payer,
            ..
        }) = self.runs.get_mut(waiter.run)
            && state.serial == waiter.serial
        {
            let ended = Ended::new(payer.as_ref(), outcome, &state.commands[waiter.index]);
            if state.outcomes[waiter.index].replace(ended).is_none() {
                state.ended += 1;
            }
            if state.is_over() {
                self.wake_waiter(waiter.run);
            }
        }
    }

    /// Waits for a command once more that is about to be started again.
    pub(super) fn forget_outcome(&mut self, waiter: Key, index: usize) {
        if let Some(Run {
            wait: Wait::Await(state),
            ..
        }) = self.runs.get_mut(waiter)
            && state.outcomes[index].take().is_some()
        {
            state.ended -= 1;
        }
    }

    pub(super) fn add_waiter(&mut self, awaited: Key, waiter: Waiter) {
        let Some(run) = self.runs.get_mut(awaited) else {
            return;
        };
        run.waiters.list.push(waiter);
        // Somebody may wait for a run again and again, always giving up before it ends.
        if run.waiters.list.len() > 2 * run.waiters.tidy + 16 {
            let mut list = std::mem::take(&mut run.waiters.list);
            list.retain(|waiter| self.is_waiting(*waiter));
            if let Some(run) = self.runs.get_mut(awaited) {
                run.waiters = Waiters {
                    tidy: list.len(),
                    list,
                };
            }
        }
    }

    fn is_waiting(&self, waiter: Waiter) -> bool {
        let run = self.runs.get(waiter.run);
        matches!(run, Some(Run { wait: Wait::Await(state), .. }) if state.serial == waiter.serial)
    }

    fn wake_waiter(&mut self, key: Key) {
        // A run that is executing settles its await itself.
        if !self.executing.contains(&key) {
            self.turns.wake(&mut self.runs, key);
        }
    }
}

impl Ended {
    /// What the one who waits is told. What was returned is dropped if no more may be kept, which is a
    /// failure.
    fn new(supplier: Option<&Supplier>, outcome: &Outcome, command: &Command) -> Self {
        let bytes = outcome.shared_bytes();
        let claim = supplier.filter(|_| bytes > 0);
        match claim.map(|by| by.claim(Resource::Bytes, bytes)).transpose() {
            Ok(claim) => Self {
                outcome: outcome.clone(),
                _claim: claim,
            },
            Err(_) => Self {
                outcome: Outcome::Failed(Failure {
                    command: command.name().clone(),
                    message: DROPPED.clone(),
                }),
                _claim: None,
            },
        }
    }
}

impl AwaitState {
    /// Whether something awaited has ended by itself.
    pub(super) fn is_won(&self) -> bool {
        self.outcomes
            .iter()
            .flatten()
            .any(|ended| matches!(ended.outcome, Outcome::Completed(_) | Outcome::Failed(_)))
    }

    fn is_over(&self) -> bool {
        match self.mode {
            AwaitMode::All => self.ended == self.outcomes.len(),
            AwaitMode::Any | AwaitMode::Race => self.ended > 0,
        }
    }
}
