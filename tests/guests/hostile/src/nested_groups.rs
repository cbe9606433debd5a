//! Groups commands in commands, 10,000 deep.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let mut command = Command::lookup("idle", &[])?;
    for _ in 0..5_000 {
        command = Command::sequence(&[&command]).with_timeout(1e9)?;
    }
    coroutine::fork(&[&command]).map_err(|error| format!("{error:?}"))?;
    Ok(None)
}
