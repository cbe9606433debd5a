//! Waits for itself.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let itself = Command::lookup("await-itself", &[])?;
    match coroutine::await_(&itself) {
        Ok(outcome) => Err(crate::innermost(&format!("{outcome:?}"))),
        Err(error) => Err(crate::refusal(&error)),
    }
}
