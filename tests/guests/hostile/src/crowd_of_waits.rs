//! Forks ten waits for a signal of 901 parts in every tick, and keeps none of them.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;
use crate::gantry::command::signals::{Signal, Source};

pub(crate) fn run() -> Answer {
    let mut signal = Signal::is_true(Source::Topic, "hostile.nothing")?;
    for _ in 0..900 {
        signal = signal.negate();
    }
    coroutine::set_cancel_on_fork_failure(false);
    loop {
        let waits: Vec<Command> = (0..10).map(|_| Command::condition(&signal)).collect();
        let waits: Vec<&Command> = waits.iter().collect();
        coroutine::fork(&waits).map_err(|error| crate::refusal(&error))?;
        coroutine::yield_().map_err(|error| crate::refusal(&error))?;
    }
}
