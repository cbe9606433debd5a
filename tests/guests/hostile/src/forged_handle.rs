//! Uses a handle with a number that it made up.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    // SAFETY: none: this is the attack, and the host has to refuse the handle.
    let command = unsafe { Command::from_handle(4_711) };
    coroutine::fork(&[&command]).map_err(|error| format!("{error:?}"))?;
    Ok(None)
}
