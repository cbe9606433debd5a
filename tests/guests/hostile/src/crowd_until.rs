//! Forks ten delays that last until a signal of 901 parts is true in every tick.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;
use crate::gantry::command::signals::{Signal, Source};

pub(crate) fn run() -> Answer {
    let mut signal = Signal::is_true(Source::Topic, "hostile.nothing")?;
    for _ in 0..900 {
        signal = signal.negate();
    }
    loop {
        let waits: Result<Vec<Command>, _> = (0..10).map(|_| Command::delay(1e6)).collect();
        let waits: Vec<Command> = waits?.iter().map(|wait| wait.until(&signal)).collect();
        let waits: Vec<&Command> = waits.iter().collect();
        coroutine::fork(&waits).map_err(|error| crate::refusal(&error))?;
        coroutine::yield_().map_err(|error| crate::refusal(&error))?;
    }
}
