//! Starts the innocent plugin's command at the highest priority, to take its arm away.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let holds = Command::lookup("innocent/holds", &[])?.with_priority(i32::MAX);
    coroutine::fork(&[&holds]).map_err(|error| crate::refusal(&error))?;
    let _ = coroutine::park();
    Ok(None)
}
