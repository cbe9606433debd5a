//! Keeps 4,000 names for a command in each of 80 runs.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    crate::one_by_one("hoards-names", 80)
}

pub(crate) fn hoard() -> Answer {
    let command = Command::delay(1.0)?;
    let name = "\u{1}".repeat(256);
    let _hoard: Vec<Command> = (0..4000).map(|_| command.named(&name)).collect();
    let _ = coroutine::park();
    Ok(None)
}
