//! Opens a channel that the robot does not have as often as it can.

use std::hint::black_box;

use crate::Answer;
use crate::gantry::command::hardware::NumberInput;

pub(crate) fn run() -> Answer {
    let name = format!("lift.{}", "x".repeat(60));
    loop {
        black_box(NumberInput::open(&name).is_err());
    }
}
