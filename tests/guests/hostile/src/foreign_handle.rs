//! Passes a topic's handle off as a command's.

use std::mem::ManuallyDrop;

use crate::gantry::command::commands::Command;
use crate::gantry::command::state::Topic;
use crate::Answer;

pub(crate) fn run() -> Answer {
    let topic = Topic::open("hostile.topic")?;
    // SAFETY: none: this is the attack, and the host has to refuse the handle.
    let command = ManuallyDrop::new(unsafe { Command::from_handle(topic.handle()) });
    Err(command.name())
}
