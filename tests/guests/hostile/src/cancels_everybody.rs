//! Cancels, in its cleanup and before, whatever command it can name.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let others = [Command::lookup("innocent/holds", &[])?, Command::lookup("innocent/pulses", &[])?];
    for other in &others {
        let _ = other.cancel();
    }
    let _ = coroutine::park();
    for other in &others {
        let _ = other.cancel();
    }
    Ok(None)
}
