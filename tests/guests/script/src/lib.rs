//! Plays any scripted body, over the contract.
//!
//! The host provides each command of the scenario as `scenario/NAME`, keeps its signals in topics,
//! and takes the log for the record of events.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use gantry_script::{CallError, End, Run, Script, interpret, topic_of};
use gantry_sdk::prelude::*;
use gantry_sdk::{Outcome, WaitResult};
use serde_json::{Value, json};

plugin! {
    publishes = ["signal/*"],
    commands = [play],
}

/// Plays a script under the name of the command that it is the body of.
#[command]
fn play(co: &Coroutine, name: String, script: String, operations_per_tick: i64) -> Result<()> {
    let script: Script = serde_json::from_str(&script)?;
    let run = GuestRun { co, name };
    let operations = u32::try_from(operations_per_tick)?;
    // Nothing here is ever pending: it is the host that suspends.
    let end = match pin!(interpret(&run, &script, operations))
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(end) => end,
        Poll::Pending => bail!("a call of the contract was pending"),
    };
    match end {
        End::Completed => Ok(()),
        End::Canceled => Err(Error::Canceled),
        End::Failed(message) => Err(Error::Failed(message)),
    }
}

struct GuestRun<'a> {
    co: &'a Coroutine,
    name: String,
}

impl Run for GuestRun<'_> {
    async fn fork(&self, commands: &[String]) -> Result<(), CallError> {
        self.co.fork(all(commands)?).map_err(call_error)
    }

    async fn await_all(&self, commands: &[String]) -> Result<Vec<String>, CallError> {
        let outcomes = match commands {
            [command] => vec![self.co.await_(&one(command)?).map_err(call_error)?],
            commands => self.co.await_all(all(commands)?).map_err(call_error)?,
        };
        Ok(outcomes.into_iter().map(words).collect())
    }

    async fn await_any(&self, commands: &[String]) -> Result<(usize, String), CallError> {
        let winner = self.co.await_any(all(commands)?).map_err(call_error)?;
        Ok((winner.index, words(winner.outcome)))
    }

    async fn yield_now(&self) -> Result<(), CallError> {
        self.co.yield_().map_err(call_error)
    }

    async fn wait(&self, milliseconds: u64) -> Result<(), CallError> {
        self.co.wait(seconds(milliseconds)).map_err(call_error)
    }

    async fn wait_until(&self, signal: &str, timeout: Option<u64>) -> Result<bool, CallError> {
        let signal = signal_of(signal)?;
        let Some(timeout) = timeout else {
            return match self.co.wait_until(&signal) {
                Ok(()) => Ok(true),
                Err(error) => Err(call_error(error)),
            };
        };
        let result = self.co.wait_until_timeout(&signal, seconds(timeout));
        Ok(result.map_err(call_error)? == WaitResult::Met)
    }

    async fn park(&self) -> Result<(), CallError> {
        match self.co.park() {
            Err(error) => Err(call_error(error)),
            Ok(never) => match never {},
        }
    }

    async fn cancel(&self, command: &str) -> Result<(), CallError> {
        one(command)?.cancel().map_err(call_error)
    }

    async fn set_cancel_on_fork_failure(&self, on: bool) {
        self.co.set_cancel_on_fork_failure(on);
    }

    async fn set_default(&self, mechanism: &str, command: &str) -> Result<(), CallError> {
        let set = self.co.set_default(mechanism, &one(command)?);
        set.map_err(call_error)
    }

    async fn bind(&self, signal: &str, on: &str, command: &str) -> Result<(), CallError> {
        let (signal, command) = (signal_of(signal)?, one(command)?);
        let bound = match on {
            "on-true" => signal.on_true(&command),
            "on-false" => signal.on_false(&command),
            "while-true" => signal.while_true(&command),
            "while-false" => signal.while_false(&command),
            "retry-while-true" => signal.retry_while_true(&command),
            "retry-while-false" => signal.retry_while_false(&command),
            "toggle-on-true" => signal.toggle_on_true(&command),
            "toggle-on-false" => signal.toggle_on_false(&command),
            _ => return Err(CallError::Invalid("no binding".to_owned())),
        };
        bound.map_err(call_error)
    }

    async fn compute(&self, ticks: u32) {
        let end = self.tick() + u64::from(ticks);
        while self.tick() < end {
            for number in 0..10_000 {
                black_box(number);
            }
        }
    }

    fn tick(&self) -> u64 {
        clock::tick()
    }

    fn signal(&self, name: &str) -> bool {
        match Topic::<bool>::open(&topic_of(name)).and_then(|topic| topic.read()) {
            Ok(value) => value.unwrap_or(false),
            Err(error) => panic!("the signal `{name}`: {error}"),
        }
    }

    fn set_signal(&self, name: &str, value: bool) {
        let set = Topic::<bool>::open(&topic_of(name)).and_then(|topic| topic.publish(value));
        if let Err(error) = set {
            panic!("the signal `{name}`: {error}");
        }
    }

    fn record(&self, kind: &str, extra: Option<Value>) {
        let event = json!([kind, self.name, extra]);
        info!("{event}");
    }
}

fn one(name: &str) -> Result<Command, CallError> {
    let command = Command::lookup(format!("scenario/{name}")).build();
    command.map_err(call_error)
}

fn all(names: &[String]) -> Result<Vec<Command>, CallError> {
    names.iter().map(|name| one(name)).collect()
}

fn signal_of(name: &str) -> Result<Signal, CallError> {
    Signal::topic(topic_of(name)).is_true().map_err(call_error)
}

fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}

fn call_error(error: Error) -> CallError {
    match error {
        Error::Canceled => CallError::Canceled,
        Error::Refused(failure) => CallError::Refused(
            failure
                .refused
                .into_iter()
                .map(|refusal| refusal.command)
                .collect(),
        ),
        error => CallError::Invalid(error.to_string()),
    }
}

/// An outcome as scripts record it.
fn words(outcome: Outcome) -> String {
    match outcome {
        Outcome::Completed(_) => "completed".to_owned(),
        Outcome::Failed(message) => message,
        Outcome::Canceled => "canceled".to_owned(),
        Outcome::Interrupted(by) => format!("interrupted by {by}"),
        other => format!("{other:?}"),
    }
}
