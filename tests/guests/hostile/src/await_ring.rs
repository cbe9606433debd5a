//! Waits for one that waits for it.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let other = Command::lookup("await-ring-back", &[])?;
    match coroutine::await_(&other) {
        Ok(outcome) => Err(crate::innermost(&format!("{outcome:?}"))),
        Err(error) => Err(crate::refusal(&error)),
    }
}
