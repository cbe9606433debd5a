//! Writes values outside of its output's range.

use crate::Answer;
use crate::gantry::command::coroutine;
use crate::gantry::command::hardware::NumberOutput;

pub(crate) fn run() -> Answer {
    let output = NumberOutput::open("lift.voltage")?;
    let wrong = [12.000001, -1e300];
    let answers = wrong.map(|value| format!("{:?}", output.set(value)));
    coroutine::yield_().map_err(|error| format!("{error:?}"))?;
    Err(answers.join(" "))
}
