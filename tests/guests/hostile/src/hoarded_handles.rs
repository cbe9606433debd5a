//! Keeps every handle that it gets.

use crate::Answer;
use crate::gantry::command::commands::Command;

pub(crate) fn run() -> Answer {
    let mut hoard = Vec::new();
    loop {
        hoard.push(Command::delay(1.0)?);
    }
}
