//! Keeps one group of groups of groups, each of them new, and none of their handles.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let member = Command::delay(1.0)?;
    let members = vec![&member; 2000];
    let mut hoard = Vec::new();
    loop {
        let inner: Vec<Command> = (0..10).map(|_| Command::sequence(&members)).collect();
        let inner: Vec<&Command> = inner.iter().collect();
        hoard.push(Command::sequence(&inner));
        coroutine::yield_().map_err(|error| crate::refusal(&error))?;
    }
}
