//! Forks children without an end.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let mut children = Vec::new();
    loop {
        children.push(Command::lookup("idle", &[])?);
        let child = &children[children.len() - 1];
        coroutine::fork(&[child]).map_err(|error| crate::refusal(&error))?;
    }
}
