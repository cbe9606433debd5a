//! Uses a handle that it has dropped.

use crate::Answer;
use crate::gantry::command::commands::Command;

pub(crate) fn run() -> Answer {
    let command = Command::delay(1.0)?;
    // SAFETY: none: this is the attack, and the host has to refuse the handle.
    let same = unsafe { Command::from_handle(command.handle()) };
    drop(command);
    Err(same.name())
}
