//! The interface `coroutine`: the calls that suspend.

use gantry_scheduler::{self as plain, Answer, AwaitMode, Command, Request, Signal};
use wasmtime::Result;
use wasmtime::component::Resource;

use super::bindings::gantry::command::coroutine::{Host, WaitResult, Winner};
use super::bindings::gantry::command::types::{Outcome, SchedulingError};
use super::convert;
use crate::run::{Cost, Denied, RunState, unexpected};

/// The most commands that one call may name.
const MAX_COMMANDS: usize = 1000;

/// What the guest gets: its own result within one that ends the run.
type Answered<T> = Result<std::result::Result<T, SchedulingError>>;

impl Host for RunState {
    async fn fork(&mut self, commands: Vec<Resource<Command>>) -> Answered<()> {
        let commands = match self.commands(&commands)? {
            Ok(commands) => commands,
            Err(error) => return Ok(Err(error)),
        };
        answered(self.ask_done("fork", Request::Fork(commands)).await)
    }

    async fn await_(&mut self, command: Resource<Command>) -> Answered<Outcome> {
        let command = self.table.get(&command)?.clone();
        if let Err(message) = self.count_forks(1) {
            return Ok(Err(SchedulingError::Invalid(message)));
        }
        let request = Request::Await(vec![command], AwaitMode::All);
        match self.ask("await", request).await? {
            Ok(Answer::Outcomes(mut outcomes)) if outcomes.len() == 1 => {
                self.hand_back(&outcomes)?;
                Ok(Ok(outcomes.remove(0).into()))
            }
            Ok(other) => unexpected("await", &other),
            Err(denied) => Ok(Err(denied.into())),
        }
    }

    async fn await_all(&mut self, commands: Vec<Resource<Command>>) -> Answered<Vec<Outcome>> {
        let commands = match self.commands(&commands)? {
            Ok(commands) => commands,
            Err(error) => return Ok(Err(error)),
        };
        match self
            .ask("await-all", Request::Await(commands, AwaitMode::All))
            .await?
        {
            Ok(Answer::Outcomes(outcomes)) => {
                self.hand_back(&outcomes)?;
                Ok(Ok(outcomes.into_iter().map(Into::into).collect()))
            }
            Ok(other) => unexpected("await-all", &other),
            Err(denied) => Ok(Err(denied.into())),
        }
    }

    async fn await_any(&mut self, commands: Vec<Resource<Command>>) -> Answered<Winner> {
        let commands = match self.commands(&commands)? {
            Ok(commands) => commands,
            Err(error) => return Ok(Err(error)),
        };
        match self
            .ask("await-any", Request::Await(commands, AwaitMode::Any))
            .await?
        {
            Ok(Answer::Winner { index, outcome }) => {
                self.hand_back(std::slice::from_ref(&outcome))?;
                Ok(Ok(Winner {
                    index: u32::try_from(index)?,
                    outcome: outcome.into(),
                }))
            }
            Ok(other) => unexpected("await-any", &other),
            Err(denied) => Ok(Err(denied.into())),
        }
    }

    async fn yield_(&mut self) -> Answered<()> {
        answered(self.ask_done("yield", Request::Yield).await)
    }

    async fn wait(&mut self, seconds: f64) -> Answered<()> {
        let time = match convert::wait(seconds) {
            Ok(time) => time,
            Err(message) => return Ok(Err(SchedulingError::Invalid(message))),
        };
        answered(self.ask_done("wait", Request::Wait(time)).await)
    }

    async fn wait_until(
        &mut self,
        signal: Resource<Signal>,
        timeout: Option<f64>,
    ) -> Answered<WaitResult> {
        let condition = self.table.get(&signal)?.clone();
        let timeout = match timeout.map(convert::wait).transpose() {
            Ok(timeout) => timeout,
            Err(message) => return Ok(Err(SchedulingError::Invalid(message))),
        };
        match self
            .ask("wait-until", Request::WaitUntil { condition, timeout })
            .await?
        {
            Ok(Answer::Waited(plain::WaitResult::Met)) => Ok(Ok(WaitResult::Met)),
            Ok(Answer::Waited(plain::WaitResult::TimedOut)) => Ok(Ok(WaitResult::TimedOut)),
            Ok(other) => unexpected("wait-until", &other),
            Err(denied) => Ok(Err(denied.into())),
        }
    }

    async fn park(&mut self) -> Answered<()> {
        answered(self.ask_done("park", Request::Park).await)
    }

    async fn set_cancel_on_fork_failure(&mut self, on: bool) -> Result<()> {
        let request = Request::SetCancelOnForkFailure(on);
        match self.ask_done("set-cancel-on-fork-failure", request).await? {
            // A canceled run forks nothing any more.
            Ok(()) | Err(Denied::Canceled) => Ok(()),
            Err(denied) => wasmtime::bail!("`set-cancel-on-fork-failure` was refused: {denied:?}"),
        }
    }
}

impl RunState {
    /// Counts the bytes of results that the guest is about to get a copy of.
    fn hand_back(&self, outcomes: &[plain::Outcome]) -> Result<()> {
        self.hand_over(outcomes.iter().map(plain::Outcome::shared_bytes).sum())
    }

    fn count_forks(&self, commands: usize) -> std::result::Result<(), String> {
        let (context, tick) = (&self.context, self.moment().number);
        context.usage.fork(tick, commands, &context.limits)
    }

    /// The commands behind handles. The outer error ends the run, the inner one is the guest's.
    fn commands(
        &self,
        handles: &[Resource<Command>],
    ) -> Result<std::result::Result<Vec<Command>, SchedulingError>> {
        if handles.len() > MAX_COMMANDS {
            let message = format!(
                "{} commands in one call; {MAX_COMMANDS} is the most",
                handles.len()
            );
            return Ok(Err(SchedulingError::Invalid(message)));
        }
        self.control.charge(Cost::Parts(handles.len()));
        if let Err(message) = self.count_forks(handles.len()) {
            return Ok(Err(SchedulingError::Invalid(message)));
        }
        let commands = handles
            .iter()
            .map(|handle| Ok(self.table.get(handle)?.clone()));
        commands.collect::<Result<Vec<_>>>().map(Ok)
    }
}

/// The scheduler's answer as the guest gets it.
pub(super) fn answered<T>(result: Result<std::result::Result<T, Denied>>) -> Answered<T> {
    result.map(|answer| answer.map_err(Into::into))
}
