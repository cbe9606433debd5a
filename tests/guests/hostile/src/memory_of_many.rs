//! Starts 30 runs that each have 50 MiB of memory, and touch none of it.

use crate::Answer;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    coroutine::set_cancel_on_fork_failure(false);
    crate::one_by_one("is-large", 30)
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
