//! Forks itself, twice in each generation.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    for _ in 0..2 {
        let child = Command::lookup("fork-bomb-deep", &[])?;
        coroutine::fork(&[&child]).map_err(|error| crate::refusal(&error))?;
    }
    coroutine::park().map_err(|error| format!("{error:?}"))?;
    Ok(None)
}
