//! Drops the same handle twice.

use crate::Answer;
use crate::gantry::command::commands::Command;

pub(crate) fn run() -> Answer {
    let command = Command::delay(1.0)?;
    let same = unsafe { Command::from_handle(command.handle()) };
    drop(command);
    drop(same);
    Ok(None)
}
