//! Awaits one command that returns 3 MiB a thousand times over.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;
use crate::gantry::command::types::Value;

pub(crate) fn run() -> Answer {
    let large = Command::lookup("returns-much", &[])?;
    match coroutine::await_all(&[&large; 1000]) {
        Ok(outcomes) => Err(format!("{} results", outcomes.len())),
        Err(error) => Err(crate::refusal(&error)),
    }
}

/// Takes a tick, so that it is awaited as often as it is named.
pub(crate) fn return_much() -> Answer {
    let _ = coroutine::yield_();
    Ok(Some(Value::Text("a".repeat(3 << 20))))
}
