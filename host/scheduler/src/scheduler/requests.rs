//! What bodies ask for.
//!
//! No coroutine is being resumed while a request is served, so each of them may end the one that
//! asked; whether it is still alive is looked at after each step that can.

use std::sync::Arc;
use std::time::Duration;

use super::Scheduler;
use super::admission::refused;
use super::defaults::Added;
use super::runs::{Key, Run, Scope, Wait};
use super::waits::{AwaitState, Waiter};
use crate::groups::first_conflict;
use crate::{
    Admission, Answer, AwaitMode, Binding, Blocker, Claim, Command, EventKind, ForkFailure,
    MAX_SIGNAL_PARTS, MechanismId, Outcome, Refusal, Request, Resource, Signal, WaitResult,
};

/// How many default commands one mechanism may have when a body sets another.
const DEFAULTS_OF_A_MECHANISM: usize = 100;

impl Scheduler {
    /// Serves a request of an executing run. None: the run is suspended, or has ended.
    pub(super) fn serve(&mut self, key: Key, request: Request) -> Option<Answer> {
        match request {
            Request::Yield => {
                self.suspend(key, Wait::Turn);
                self.turns.list_for_next(&mut self.runs, key);
                None
            }
            Request::Wait(time) => self.wait_for(key, time),
            Request::WaitUntil { condition, timeout } => self.wait_until(key, condition, timeout),
            Request::Park => {
                self.suspend(key, Wait::Forever);
                None
            }
            Request::Fork(commands) => Some(match self.fork(key, &commands) {
                Ok(()) => Answer::Done,
                Err(answer) => answer?,
            }),
            Request::Await(commands, mode) => self.await_commands(key, commands, mode),
            Request::Cancel(command) => {
                self.cancel(&command);
                Some(Answer::Done)
            }
            Request::Bind {
                signal,
                binding,
                command,
            } => Some(self.bind_in(key, signal, binding, command)),
            Request::SetDefault { mechanism, command } => {
                Some(self.set_default_in(key, mechanism, &command))
            }
            Request::SetCancelOnForkFailure(on) => {
                if let Some(run) = self.runs.get_mut(key) {
                    run.cancel_on_fork_failure = on;
                }
                Some(Answer::Done)
            }
        }
    }

    /// Serves a request of a run that is cleaning up: it can cancel, but not wait or start
    /// anything.
    pub(super) fn serve_cleanup(&mut self, request: Request) -> Answer {
        match request {
            Request::Cancel(command) => {
                self.cancel_for_cleanup(&command);
                Answer::Done
            }
            _ => Answer::Canceled,
        }
    }

    fn scope_of_children(&self, key: Key) -> Scope {
        self.runs
            .get(key)
            .map_or(Scope::Global, |run| run.scope_of_children())
    }

    fn suspend(&mut self, key: Key, wait: Wait) {
        if let Some(run) = self.runs.get_mut(key) {
            run.wait = wait;
        }
    }

    fn wait_for(&mut self, key: Key, time: Duration) -> Option<Answer> {
        if time.is_zero() {
            return Some(Answer::Done);
        }
        let deadline = self.tick.time.saturating_add(time);
        self.suspend(key, Wait::Timer(deadline));
        self.turns.start_timer(&self.runs, deadline, key);
        None
    }

    fn wait_until(
        &mut self,
        key: Key,
        signal: Signal,
        timeout: Option<Duration>,
    ) -> Option<Answer> {
        if let Err(answer) = check_signal(&signal) {
            return Some(answer);
        }
        if signal.look_contained(self.tick) == Some(true) {
            return Some(Answer::Waited(WaitResult::Met));
        }
        if timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Some(Answer::Waited(WaitResult::TimedOut));
        }
        let claim = match self.claim_conditions(key, &signal) {
            Ok(claim) => claim,
            Err(answer) => return Some(answer),
        };
        let deadline = timeout.map(|timeout| self.tick.time.saturating_add(timeout));
        self.suspend(
            key,
            Wait::Condition {
                signal,
                deadline,
                _claim: claim,
            },
        );
        self.turns.list_for_next(&mut self.runs, key);
        None
    }

    /// Starts commands as children of an executing run. The error is the answer to it, or none if
    /// the run has ended over it.
    fn fork(&mut self, key: Key, commands: &[Command]) -> Result<(), Option<Answer>> {
        self.check_forkable(key, commands)?;
        let scope = self.scope_of_children(key);
        let mut forked = Vec::new();
        let mut refused = Vec::new();
        for command in commands {
            match self.schedule_in(command, scope.clone()) {
                Admission::Scheduled | Admission::AlreadyRunning => {
                    forked.push(command.name().clone());
                }
                Admission::Refused(refusal) => refused.push(refusal),
            }
            if !self.is_alive(key) {
                return Err(None);
            }
        }
        if refused.is_empty() {
            Ok(())
        } else {
            Err(self.fork_failed(key, forked, refused))
        }
    }

    fn await_commands(
        &mut self,
        key: Key,
        commands: Vec<Command>,
        mode: AwaitMode,
    ) -> Option<Answer> {
        if commands.is_empty() && mode != AwaitMode::All {
            return Some(Answer::Invalid(
                "await-any needs at least one command; with none, nothing could end it".to_owned(),
            ));
        }
        if let Err(answer) = self.check_forkable(key, &commands) {
            return answer;
        }
        self.awaits += 1;
        let serial = self.awaits;
        let outcomes = commands.iter().map(|_| None).collect();
        let state = AwaitState {
            serial,
            mode,
            commands: commands.clone(),
            outcomes,
            ended: 0,
        };
        self.suspend(key, Wait::Await(state));

        let mut forked = Vec::new();
        let mut refused = Vec::new();
        for (index, command) in commands.iter().enumerate() {
            match self.start_awaited(
                Waiter {
                    run: key,
                    serial,
                    index,
                },
                command,
            ) {
                Ok(()) => forked.push(command.name().clone()),
                Err(refusal) => refused.push(refusal),
            }
            if !self.is_alive(key) {
                return None;
            }
        }
        if refused.is_empty() && mode == AwaitMode::Race {
            if let Err(refusal) = self.start_losers_again(key, serial, &commands) {
                refused.push(refusal);
            }
            if !self.is_alive(key) {
                return None;
            }
        }
        if !refused.is_empty() {
            self.suspend(key, Wait::Forever);
            return self.fork_failed(key, forked, refused);
        }
        self.settle(key)
    }

    /// Starts a command with the caller waiting for it from the first moment; one that is running
    /// already is only waited for.
    fn start_awaited(&mut self, waiter: Waiter, command: &Command) -> Result<(), Refusal> {
        let admitted = self.admit(command, self.scope_of_children(waiter.run))?;
        match admitted.or_else(|| self.runs.of(command)) {
            Some(awaited) => self.add_waiter(awaited, waiter),
            // Another scheduler runs it, which will not tell us.
            None => self.record_outcome(waiter, &Outcome::Canceled),
        }
        if let Some(admitted) = admitted {
            self.launch(admitted);
        }
        Ok(())
    }

    /// Starts those members of a race once more that were canceled while the others were being
    /// started, unless a member has completed or failed meanwhile and so won.
    fn start_losers_again(
        &mut self,
        key: Key,
        serial: u64,
        commands: &[Command],
    ) -> Result<(), Refusal> {
        let Some(Run {
            wait: Wait::Await(state),
            ..
        }) = self.runs.get_mut(key)
        else {
            return Ok(());
        };
        if state.is_won() {
            return Ok(());
        }
        for (index, command) in commands.iter().enumerate() {
            if self.is_alive(key) && self.runs.of(command).is_none() {
                self.forget_outcome(key, index);
                self.start_awaited(
                    Waiter {
                        run: key,
                        serial,
                        index,
                    },
                    command,
                )?;
            }
        }
        Ok(())
    }

    /// Whether all of the commands may be started by a run, and do not conflict with each other.
    fn check_forkable(&mut self, key: Key, commands: &[Command]) -> Result<(), Option<Answer>> {
        let limit = self.limits.requests;
        let count = u32::try_from(commands.len()).unwrap_or(u32::MAX);
        if count > limit {
            return Err(Some(Answer::Invalid(format!(
                "one call can start {limit} commands at most, not {count}"
            ))));
        }
        self.charge(key, count);
        if let Some((a, b, mechanism)) = first_conflict(commands) {
            let (a, b, name) = (a.name(), b.name(), self.mechanisms.name(mechanism));
            return Err(Some(Answer::Invalid(format!(
                "`{a}` and `{b}` cannot be started by one call: both require `{name}`"
            ))));
        }
        let parent = self.runs.get(key).filter(|run| !run.periodic).map(|_| key);
        let mut refused: Vec<Refusal> = commands
            .iter()
            .filter_map(|command| self.is_schedulable(command, parent).err())
            .collect();
        if refused.is_empty() {
            refused.extend(self.without_room(commands, parent));
        }
        if refused.is_empty() {
            Ok(())
        } else {
            Err(self.fork_failed(key, Vec::new(), refused))
        }
    }

    /// The first of the commands for which there is no room if all of them are to run.
    fn without_room(&self, commands: &[Command], parent: Option<Key>) -> Option<Refusal> {
        let payer = self.runs.get(parent?)?.payer.as_ref()?;
        if payer.has_room(Resource::Runs, commands.len()).is_ok() {
            return None;
        }
        let mut new: Vec<&Command> = Vec::new();
        for command in commands {
            if command.is_running() || new.contains(&command) {
                continue;
            }
            new.push(command);
            if let Err(most) = payer.has_room(Resource::Runs, new.len()) {
                return Some(refused(command, Blocker::Runs(most)));
            }
        }
        None
    }

    /// What a refused fork does to the caller: its whole tree is canceled, or it is told.
    fn fork_failed(
        &mut self,
        key: Key,
        forked: Vec<Arc<str>>,
        refused: Vec<Refusal>,
    ) -> Option<Answer> {
        if self
            .runs
            .get(key)
            .is_some_and(|run| !run.cancel_on_fork_failure)
        {
            return Some(Answer::Refused(ForkFailure { forked, refused }));
        }
        let by: Arc<str> = Arc::from(refused[0].blocker.name());
        self.emit(key, EventKind::Interrupted(&by));
        if let Some(run) = self.runs.get_mut(key) {
            run.canceled_as = Outcome::Interrupted(by.clone());
        }
        let root = self
            .runs
            .ancestors(key)
            .last()
            .map_or(key, |(root, _)| root);
        self.cancel_as(root, Outcome::Interrupted(by));
        None
    }

    fn bind_in(&mut self, key: Key, signal: Signal, binding: Binding, command: Command) -> Answer {
        if let Err(answer) = check_signal(&signal) {
            return answer;
        }
        let claim = match self.count_scoped(key, signal.parts()) {
            Ok(claim) => claim,
            Err(answer) => return answer,
        };
        let scope = self.scope_of_children(key);
        self.triggers
            .add(signal, binding, command, scope, claim, None);
        Answer::Done
    }

    fn set_default_in(&mut self, key: Key, mechanism: MechanismId, command: &Command) -> Answer {
        let before = self.defaults.current(mechanism);
        let scope = self.scope_of_children(key);
        if self.defaults.count(mechanism) >= DEFAULTS_OF_A_MECHANISM {
            return Answer::Invalid(format!(
                "`{}` has {DEFAULTS_OF_A_MECHANISM} default commands already, which is the most \
                 that may be set at the same time",
                self.mechanisms.name(mechanism)
            ));
        }
        match self.add_default(mechanism, command, scope, false) {
            Err(error) => return Answer::Invalid(error.to_string()),
            Ok(Added::Again) => {}
            Ok(Added::New) => match self.count_scoped(key, 1) {
                Ok(claim) => self.defaults.claim_last(mechanism, claim),
                Err(answer) => {
                    self.defaults.remove_last(mechanism);
                    return answer;
                }
            },
        }
        let caller = self.runs.get(key).map(|run| run.command.clone());
        if caller.is_some() && caller != before {
            self.queue_default(mechanism);
        }
        Answer::Done
    }

    /// Counts something that is scoped to a run, within the limits.
    fn count_scoped(&mut self, key: Key, parts: u32) -> Result<Option<Claim>, Answer> {
        let (limit, parts) = (self.limits.scoped_bindings, parts as usize);
        if self.scoped_bindings + parts > limit {
            return Err(Answer::Invalid(format!(
                "the bindings of running commands look at {limit} conditions already, which is \
                 the most they may"
            )));
        }
        let Some(run) = self.runs.get_mut(key).filter(|run| !run.periodic) else {
            return Ok(None);
        };
        let claim = claim_conditions(run, parts)?;
        run.has_scoped = true;
        self.scoped_bindings += parts;
        Ok(claim)
    }

    /// What was scoped to a command is undone.
    pub(super) fn forget_scoped(&mut self, scope: &Scope, parts: usize) {
        if let Scope::Command(_) = scope {
            self.scoped_bindings -= parts;
        }
    }

    /// A signal is going to be looked at in every tick for a run.
    fn claim_conditions(&self, key: Key, signal: &Signal) -> Result<Option<Claim>, Answer> {
        match self.runs.get(key) {
            Some(run) => claim_conditions(run, signal.parts() as usize),
            None => Ok(None),
        }
    }
}

fn claim_conditions(run: &Run, parts: usize) -> Result<Option<Claim>, Answer> {
    let Some(supplier) = &run.payer else {
        return Ok(None);
    };
    let claim = supplier.claim(Resource::Conditions, parts);
    claim.map(Some).map_err(|most| {
        Answer::Invalid(format!(
            "the bindings and waits of commands of the same supplier look at {most} conditions at \
             most, and {parts} more are too many"
        ))
    })
}

fn check_signal(signal: &Signal) -> Result<(), Answer> {
    if signal.parts() > MAX_SIGNAL_PARTS {
        return Err(Answer::Invalid(format!(
            "a signal can be made of {MAX_SIGNAL_PARTS} conditions and combinators at most; one \
             that is combined with itself has twice as many"
        )));
    }
    Ok(())
}
