//! Starts 30 runs that each have 50 MiB of memory, and touch none of it.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    coroutine::set_cancel_on_fork_failure(false);
    let large: Result<Vec<Command>, _> = (0..30).map(|_| Command::lookup("is-large", &[])).collect();
    for large in large?.iter() {
        coroutine::fork(&[large]).map_err(|error| crate::refusal(&error))?;
        coroutine::yield_().map_err(|error| crate::refusal(&error))?;
    }
    let _ = coroutine::park();
    Ok(None)
}

pub(crate) fn be_large() -> Answer {
    let mut memory: Vec<u8> = Vec::new();
    if memory.try_reserve_exact(50 << 20).is_err() {
        return Err("there is no memory for it".to_owned());
    }
    std::hint::black_box(&memory);
    let _ = coroutine::park();
    Ok(None)
}
