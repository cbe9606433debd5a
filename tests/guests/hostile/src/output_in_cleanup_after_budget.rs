//! Writes its output in its cleanup, without an end.

use crate::Answer;
use crate::gantry::command::coroutine;
use crate::gantry::command::hardware::NumberOutput;

pub(crate) fn run() -> Answer {
    let output = NumberOutput::open("lift.voltage")?;
    output.set(3.0).map_err(|error| format!("{error:?}"))?;
    let _ = coroutine::park();
    loop {
        let _ = output.set(12.0);
    }
}
