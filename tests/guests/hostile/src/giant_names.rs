//! Asks for a channel, a command and a topic whose names have three megabytes each.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;
use crate::gantry::command::hardware::NumberOutput;
use crate::gantry::command::state::Topic;

pub(crate) fn run() -> Answer {
    let name = "arm-voltage".repeat(1 << 18);
    loop {
        let errors = [
            NumberOutput::open(&name).err(),
            Command::lookup(&name, &[]).err(),
            Topic::open(&name).err(),
        ];
        if coroutine::yield_().is_err() {
            return Err(errors.into_iter().flatten().collect());
        }
    }
}
