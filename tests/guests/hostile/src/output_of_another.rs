//! Writes the output of a mechanism that it does not own.

use crate::Answer;
use crate::gantry::command::hardware::NumberOutput;

pub(crate) fn run() -> Answer {
    let output = NumberOutput::open("arm.voltage")?;
    output.set(12.0).map_err(|error| format!("{error:?}"))?;
    Ok(None)
}
