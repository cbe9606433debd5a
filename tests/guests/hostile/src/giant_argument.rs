//! Looks a command up with 100,000 arguments, and by a name of 8 MiB.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::log;
use crate::gantry::command::types::{Argument, Value};

pub(crate) fn run() -> Answer {
    let argument = |number: u32| Argument {
        name: number.to_string(),
        value: Value::Boolean(true),
    };
    let arguments: Vec<Argument> = (0..100_000).map(argument).collect();
    let refused = Command::lookup("idle", &arguments).err();
    log::log(log::Level::Info, &format!("{refused:?}"));
    let refused = Command::lookup(&"a".repeat(8 << 20), &[]).err();
    Err(format!("{refused:?}"))
}
