//! Adds states to a state machine, a million of them.

use crate::Answer;
use crate::gantry::command::commands::{Command, StateMachine};

pub(crate) fn run() -> Answer {
    let machine = StateMachine::new("machine");
    let command = Command::delay(1.0)?;
    for _ in 0..1_000_000 {
        machine.add_state("state", &command);
    }
    Ok(None)
}
