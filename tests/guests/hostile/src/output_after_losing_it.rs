//! Writes on after it has lent its mechanism to a child.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;
use crate::gantry::command::hardware::NumberOutput;

pub(crate) fn run() -> Answer {
    let output = NumberOutput::open("lift.voltage")?;
    output.set(6.0).map_err(|error| format!("{error:?}"))?;
    coroutine::yield_().map_err(|error| format!("{error:?}"))?;
    let child = Command::lookup("idle-on-lift", &[])?;
    coroutine::fork(&[&child]).map_err(|error| crate::refusal(&error))?;
    output.set(12.0).map_err(|error| format!("{error:?}"))?;
    Ok(None)
}
