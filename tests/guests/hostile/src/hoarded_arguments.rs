//! Keeps commands with arguments of 1 MiB each, a few in every tick.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;
use crate::gantry::command::types::{Argument, Value};

pub(crate) fn run() -> Answer {
    let argument = Argument {
        name: "text".to_owned(),
        value: Value::Text("a".repeat(1 << 20)),
    };
    let mut hoard = Vec::new();
    loop {
        for _ in 0..8 {
            hoard.push(Command::lookup("takes-text", std::slice::from_ref(&argument))?);
        }
        coroutine::yield_().map_err(|error| crate::refusal(&error))?;
    }
}
