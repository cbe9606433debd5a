//! Forks 1,000 waits of a year in every tick, and keeps none of them.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    coroutine::set_cancel_on_fork_failure(false);
    loop {
        let waits: Result<Vec<Command>, _> = (0..1000).map(|_| Command::delay(3e7)).collect();
        let waits = waits?;
        let waits: Vec<&Command> = waits.iter().collect();
        coroutine::fork(&waits).map_err(|error| crate::refusal(&error))?;
        coroutine::yield_().map_err(|error| crate::refusal(&error))?;
    }
}
