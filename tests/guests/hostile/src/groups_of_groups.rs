//! Awaits a group of ten groups of ten groups, seven deep, of what is over at once.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let mut group = Command::delay(0.0)?;
    for _ in 0..7 {
        group = Command::sequence(&[&group; 10]);
    }
    coroutine::await_(&group).map_err(|error| crate::refusal(&error))?;
    Ok(None)
}
