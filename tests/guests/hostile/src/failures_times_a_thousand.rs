//! Awaits 300 groups of a command that fails at length, and a delay, ten times over.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    coroutine::set_cancel_on_fork_failure(false);
    crate::one_by_one("awaits-failures", 10)
}

pub(crate) fn await_failures() -> Answer {
    let failing = Command::lookup("fails-at-length", &[])?;
    let mut all: Vec<Command> = (0..300).map(|_| Command::sequence(&[&failing])).collect();
    all.push(Command::delay(0.2)?);
    let all: Vec<&Command> = all.iter().collect();
    coroutine::await_all(&all).map_err(|error| crate::refusal(&error))?;
    Ok(None)
}

pub(crate) fn fail_at_length() -> Answer {
    let _ = coroutine::yield_();
    Err("\u{1}".repeat(16 << 10))
}
