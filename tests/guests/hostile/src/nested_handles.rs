//! Hands the same handle over half a million times in one list.

use crate::Answer;
use crate::gantry::command::commands::Command;

pub(crate) fn run() -> Answer {
    let command = Command::lookup("idle", &[])?;
    let group = Command::sequence(&vec![&command; 500_000]);
    Err(format!("a group called {}", group.name()))
}
