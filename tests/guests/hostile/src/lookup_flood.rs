//! Looks a command up that nobody has, by a long name, as often as it can.

use std::hint::black_box;

use crate::Answer;
use crate::gantry::command::commands::Command;

pub(crate) fn run() -> Answer {
    let name = format!("hostile/{}", "x".repeat(200));
    loop {
        black_box(Command::lookup(&name, &[]).is_err());
    }
}
