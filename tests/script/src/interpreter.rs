//! The interpreter, and what it needs of a run.

use std::cell::Cell;
use std::pin::Pin;

use serde_json::{Value, json};

use crate::{Operation, Script};

/// What a script's run can do. Waiting calls answer [`CallError::Canceled`] once it is canceled.
#[allow(async_fn_in_trait, reason = "everything happens on one thread")]
pub trait Run {
    /// Starts children.
    async fn fork(&self, commands: &[String]) -> Result<(), CallError>;
    /// Forks and waits for all. How they ended, in words.
    async fn await_all(&self, commands: &[String]) -> Result<Vec<String>, CallError>;
    /// Forks and waits for the first. Its index, and how it ended.
    async fn await_any(&self, commands: &[String]) -> Result<(usize, String), CallError>;
    /// Waits for the next tick.
    async fn yield_now(&self) -> Result<(), CallError>;
    /// Waits for a time.
    async fn wait(&self, milliseconds: u64) -> Result<(), CallError>;
    /// Waits until a signal is true, or for a time. Whether the signal was true.
    async fn wait_until(&self, signal: &str, timeout: Option<u64>) -> Result<bool, CallError>;
    /// Waits until canceled.
    async fn park(&self) -> Result<(), CallError>;
    /// Cancels a command.
    async fn cancel(&self, command: &str) -> Result<(), CallError>;
    /// Sets what a refused fork does to this run. Does not wait, and so never tells of a
    /// cancellation.
    async fn set_cancel_on_fork_failure(&self, on: bool);
    /// Sets a mechanism's default command.
    async fn set_default(&self, mechanism: &str, command: &str) -> Result<(), CallError>;
    /// Binds a command to a signal.
    async fn bind(&self, signal: &str, on: &str, command: &str) -> Result<(), CallError>;
    /// Computes without asking for anything until so many ticks have begun.
    async fn compute(&self, ticks: u32);
    /// The number of the present tick.
    fn tick(&self) -> u64;
    /// Reads a signal.
    fn signal(&self, name: &str) -> bool;
    /// Sets a signal.
    fn set_signal(&self, name: &str, value: bool);
    /// Records an event.
    fn record(&self, kind: &str, extra: Option<Value>);
}

/// Why a call came back without what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The run was canceled.
    Canceled,
    /// These commands were refused.
    Refused(Vec<String>),
    /// The call was wrong.
    Invalid(String),
}

/// How a script ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// At its end, or by `return`.
    Completed,
    /// It was canceled, and has cleaned up.
    Canceled,
    /// By `fail`, or because a call was wrong.
    Failed(String),
}

/// Executes a script. A run that has executed `operations_per_tick` operations in one tick
/// computes until the next, so that no script goes on for ever within a tick.
pub async fn interpret(run: &impl Run, script: &Script, operations_per_tick: u32) -> End {
    let interpreter = Interpreter {
        run,
        cancels_on_fork_failure: Cell::new(true),
        operations_per_tick,
        executed: Cell::new((run.tick(), 0)),
    };
    match interpreter.all(&script.body).await {
        Ok(()) | Err(Stop::Returned) => End::Completed,
        Err(Stop::Failed(message)) => End::Failed(message),
        Err(Stop::Canceled) => {
            run.record("on-cancel", None);
            // However the cleanup ends, the run was canceled.
            let _ = interpreter.all(&script.cleanup).await;
            End::Canceled
        }
    }
}

/// Why operations stop being executed.
enum Stop {
    Returned,
    Canceled,
    Failed(String),
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Canceled => Stop::Canceled,
            CallError::Refused(commands) => Stop::Failed(format!("{commands:?} were refused")),
            CallError::Invalid(message) => Stop::Failed(message),
        }
    }
}

struct Interpreter<'a, R> {
    run: &'a R,
    cancels_on_fork_failure: Cell<bool>,
    operations_per_tick: u32,
    /// The tick, and what was executed in it.
    executed: Cell<(u64, u32)>,
}

type Done<'a> = Pin<Box<dyn Future<Output = Result<(), Stop>> + 'a>>;

impl<R: Run> Interpreter<'_, R> {
    fn all<'a>(&'a self, operations: &'a [Operation]) -> Done<'a> {
        Box::pin(async move {
            for operation in operations {
                self.count().await;
                self.one(operation).await?;
            }
            Ok(())
        })
    }

    async fn count(&self) {
        let tick = self.run.tick();
        let (last, executed) = self.executed.get();
        let executed = if last == tick { executed + 1 } else { 1 };
        self.executed.set((tick, executed));
        if executed > self.operations_per_tick {
            self.run.compute(1).await;
        }
    }

    async fn one(&self, operation: &Operation) -> Result<(), Stop> {
        use Operation as Op;
        let run = self.run;
        match operation {
            Op::Yield(ticks) => {
                for _ in 0..*ticks {
                    run.yield_now().await?;
                }
            }
            Op::Log(text) => run.record("log", Some(json!(text))),
            Op::Fork(commands) => {
                let forked = run.fork(commands).await;
                self.forked(commands, forked.map(|()| Value::Null))?;
            }
            Op::Await(command) => {
                let commands = std::slice::from_ref(command);
                let ends = run.await_all(commands).await;
                self.forked(commands, ends.map(|ends| json!(ends)))?;
            }
            Op::AwaitAll(commands) => {
                let ends = run.await_all(commands).await;
                self.forked(commands, ends.map(|ends| json!(ends)))?;
            }
            Op::AwaitAny(commands) => {
                let winner = run.await_any(commands).await;
                self.forked(commands, winner.map(|(index, end)| json!([index, end])))?;
            }
            Op::Park => run.park().await?,
            Op::Wait(time) => run.wait(*time).await?,
            Op::WaitUntil(signal, timeout) => {
                let met = run.wait_until(signal, *timeout).await?;
                let result = if met { "met" } else { "timed-out" };
                run.record("wait-result", Some(json!(result)));
            }
            Op::Set(signal, value) => run.set_signal(signal, *value),
            Op::If(signal, then, otherwise) => {
                let holds = run.signal(signal);
                self.all(if holds { then } else { otherwise }).await?;
            }
            Op::Repeat(times, body) => {
                for _ in 0..*times {
                    self.all(body).await?;
                }
            }
            Op::While(signal, body) => {
                while run.signal(signal) {
                    // An empty body counts too.
                    self.count().await;
                    self.all(body).await?;
                }
            }
            Op::Schedule(command) => self.schedule(command).await?,
            Op::Cancel(command) => run.cancel(command).await?,
            Op::Fail(message) => return Err(Stop::Failed(message.clone())),
            Op::CancelOnForkFailure(on) => {
                self.cancels_on_fork_failure.set(*on);
                run.set_cancel_on_fork_failure(*on).await;
            }
            Op::SetDefault(mechanism, command) => run.set_default(mechanism, command).await?,
            Op::Trigger(signal, on, command) => run.bind(signal, on, command).await?,
            Op::Return => return Err(Stop::Returned),
            Op::Compute(ticks) => run.compute(*ticks).await,
        }
        Ok(())
    }

    /// Starts a command as a child, whatever becomes of it.
    async fn schedule(&self, command: &str) -> Result<(), Stop> {
        self.run.set_cancel_on_fork_failure(false).await;
        let forked = self.run.fork(&[command.to_owned()]).await;
        if forked == Err(CallError::Canceled) {
            return Err(Stop::Canceled);
        }
        let before = self.cancels_on_fork_failure.get();
        self.run.set_cancel_on_fork_failure(before).await;
        Ok(())
    }

    /// Records what came back from a fork or an await.
    fn forked(&self, commands: &[String], ends: Result<Value, CallError>) -> Result<(), Stop> {
        let refused = match &ends {
            Ok(_) => &Vec::new(),
            Err(CallError::Refused(refused)) => refused,
            Err(error) => return Err(error.clone().into()),
        };
        // The recorder called forked whatever was not refused, started or not.
        let forked: Vec<&String> = commands
            .iter()
            .filter(|command| !refused.contains(command))
            .collect();
        let extra = json!({ "forked": forked, "failed": refused });
        self.run.record("fork-result", Some(extra));
        if let Ok(ends) = ends
            && !ends.is_null()
        {
            self.run.record("outcome", Some(ends));
        }
        Ok(())
    }
}
