//! Computes for ever, at the highest priority, on a mechanism of its own, and tries to take the arm.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::hardware::NumberOutput;
use crate::gantry::command::{coroutine, log};

pub(crate) fn run() -> Answer {
    let loops = Command::lookup("endless-loop", &[])?.with_priority(i32::MAX);
    let holds = Command::lookup("idle-on-lift", &[])?.with_priority(i32::MAX);
    coroutine::fork(&[&loops, &holds]).map_err(|error| crate::refusal(&error))?;
    let refused = NumberOutput::open("arm.voltage")?.set(12.0);
    log::log(log::Level::Info, &format!("{refused:?}"));
    loop {
        std::hint::spin_loop();
    }
}
