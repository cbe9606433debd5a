//! The interpreter of scripted bodies, on the native seam.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use gantry_scheduler::{
    Binding, BodyError, Co, Command, Outcome, Signal, Value as Returned, WaitResult,
};
use serde_json::{Value, json};

use crate::player::World;

/// Why operations stop being executed.
enum Stop {
    Returned,
    Error(BodyError),
}

impl From<BodyError> for Stop {
    fn from(error: BodyError) -> Self {
        Stop::Error(error)
    }
}

/// Runs a scripted body.
pub(crate) async fn run(
    co: Co,
    world: Arc<World>,
    name: Arc<str>,
    body: Arc<Vec<Value>>,
) -> Result<Option<Returned>, BodyError> {
    let interpreter = Interpreter { co, world, name };
    match interpreter.all(&body).await {
        Ok(()) | Err(Stop::Returned) => Ok(None),
        Err(Stop::Error(error)) => {
            if error == BodyError::Canceled {
                interpreter.record("on-cancel", None);
            }
            Err(error)
        }
    }
}

struct Interpreter {
    co: Co,
    world: Arc<World>,
    name: Arc<str>,
}

type Done<'a> = Pin<Box<dyn Future<Output = Result<(), Stop>> + 'a>>;

impl Interpreter {
    fn all<'a>(&'a self, operations: &'a [Value]) -> Done<'a> {
        Box::pin(async move {
            for operation in operations {
                self.one(operation).await?;
            }
            Ok(())
        })
    }

    async fn one(&self, operation: &Value) -> Result<(), Stop> {
        let kind = operation[0].as_str().unwrap_or_default();
        let co = &self.co;
        match kind {
            "yield" => {
                for _ in 0..operation[1].as_u64().unwrap_or(1) {
                    co.yield_now().await?;
                }
            }
            "log" => self.record("log", Some(operation[1].clone())),
            "fork" => {
                let commands = self.commands(operation);
                self.forked(operation, co.fork(&commands).await.map(|()| Vec::new()))?;
            }
            "await" | "await-all" => {
                let commands = self.commands(operation);
                self.forked(operation, co.await_all(&commands).await)?;
            }
            "await-any" => {
                let commands = self.commands(operation);
                let winner = co.await_any(&commands).await;
                self.forked(operation, winner.map(|(_, outcome)| vec![outcome]))?;
            }
            "park" => {
                co.park().await?;
            }
            "wait-ms" => co.wait(milliseconds(&operation[1])).await?,
            "wait-until" => {
                let timeout = operation.get(2).map(milliseconds);
                let signal = self.signal(operation);
                let met = co.wait_until_timeout(&signal, timeout).await? == WaitResult::Met;
                self.record(
                    "wait-result",
                    Some(json!(if met { "met" } else { "timed-out" })),
                );
            }
            "set" => self.world.set(text(&operation[1]), operation[2] == true),
            "if" => {
                let holds = self.world.get(text(&operation[1]));
                let branch = if holds { &operation[2] } else { &operation[3] };
                self.all(operations(branch)).await?;
            }
            "repeat" => {
                for _ in 0..operation[1].as_u64().unwrap_or(0) {
                    self.all(operations(&operation[2])).await?;
                }
            }
            "while" => {
                while self.world.get(text(&operation[1])) {
                    self.all(operations(&operation[2])).await?;
                }
            }
            "schedule" => {
                // As a child, whatever becomes of it.
                let before = self.world.cancels_on_fork_failure(&self.name);
                co.set_cancel_on_fork_failure(false).await?;
                let forked = co.fork(&self.commands(operation)).await;
                if forked == Err(BodyError::Canceled) {
                    forked?;
                }
                co.set_cancel_on_fork_failure(before).await?;
            }
            "cancel" => co.cancel(&self.world.command(text(&operation[1]))).await?,
            "fail" => return Err(Stop::Error(text(&operation[1]).into())),
            "cancel-on-fork-failure" => {
                let on = operation[1] == true;
                self.world.set_cancels_on_fork_failure(&self.name, on);
                co.set_cancel_on_fork_failure(on).await?;
            }
            "set-default" => {
                let mechanism = self.world.mechanism(text(&operation[1]));
                co.set_default(mechanism, &self.world.command(text(&operation[2])))
                    .await?;
            }
            "trigger" => {
                let command = self.world.command(text(&operation[3]));
                let binding = binding(text(&operation[2]));
                co.bind(&self.signal(operation), binding, &command).await?;
            }
            "return" => return Err(Stop::Returned),
            other => {
                return Err(Stop::Error(format!("unknown operation `{other}`").into()));
            }
        }
        Ok(())
    }

    /// Records what came back from a fork or an await.
    fn forked(
        &self,
        operation: &Value,
        result: Result<Vec<Outcome>, BodyError>,
    ) -> Result<(), Stop> {
        let extra = match result {
            Ok(_) => {
                let names: Vec<&str> = arguments(operation).collect();
                json!({ "forked": names, "failed": [] })
            }
            Err(BodyError::Refused(failure)) => {
                // The recorder called forked whatever was not refused, started or not.
                let failed: Vec<&str> = failure
                    .refused
                    .iter()
                    .map(|refusal| &*refusal.command)
                    .collect();
                let forked: Vec<&str> = arguments(operation)
                    .filter(|name| !failed.contains(name))
                    .collect();
                json!({ "forked": forked, "failed": failed })
            }
            Err(error) => return Err(error.into()),
        };
        self.record("fork-result", Some(extra));
        Ok(())
    }

    fn commands(&self, operation: &Value) -> Vec<Command> {
        arguments(operation)
            .map(|name| self.world.command(name))
            .collect()
    }

    fn signal(&self, operation: &Value) -> Signal {
        self.world.signal(text(&operation[1]))
    }

    fn record(&self, kind: &str, extra: Option<Value>) {
        self.world.record(kind, &self.name, extra);
    }
}

/// A binding by its name in the vectors.
pub(crate) fn binding(name: &str) -> Binding {
    match name {
        "on-true" => Binding::OnTrue,
        "on-false" => Binding::OnFalse,
        "while-true" => Binding::WhileTrue,
        "while-false" => Binding::WhileFalse,
        "retry-while-true" => Binding::RetryWhileTrue,
        "retry-while-false" => Binding::RetryWhileFalse,
        "toggle-on-true" => Binding::ToggleOnTrue,
        "toggle-on-false" => Binding::ToggleOnFalse,
        other => panic!("the vector names an unknown binding `{other}`"),
    }
}

fn arguments(operation: &Value) -> impl Iterator<Item = &str> {
    operations(operation)
        .iter()
        .skip(1)
        .filter_map(Value::as_str)
}

fn operations(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn milliseconds(value: &Value) -> Duration {
    Duration::from_millis(value.as_u64().unwrap_or(0))
}
