//! Cancels, in its cleanup and before, whatever command it can name.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let names = ["innocent/holds", "innocent/pulses", "hostile/await-itself"];
    let others: Vec<Command> = names
        .iter()
        .filter_map(|name| Command::lookup(name, &[]).ok())
        .collect();
    for other in &others {
        let _ = other.cancel();
    }
    let _ = coroutine::park();
    for other in &others {
        let _ = other.cancel();
    }
    Ok(None)
}
