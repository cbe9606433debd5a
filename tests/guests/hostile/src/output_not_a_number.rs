//! Writes NaN and infinities to its output.

use crate::Answer;
use crate::gantry::command::coroutine;
use crate::gantry::command::hardware::NumberOutput;

pub(crate) fn run() -> Answer {
    let output = NumberOutput::open("lift.voltage")?;
    let wrong = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let answers = wrong.map(|value| format!("{:?}", output.set(value)));
    coroutine::yield_().map_err(|error| format!("{error:?}"))?;
    Err(answers.join(" "))
}
