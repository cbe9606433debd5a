//! Fails under the name of another plugin's command.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let failing = Command::lookup("output-of-another", &[])?.named("innocent/holds");
    match coroutine::await_(&failing) {
        Ok(outcome) => Err(format!("{outcome:?}")),
        Err(error) => Err(crate::refusal(&error)),
    }
}
