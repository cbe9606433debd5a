//! Forks ninety children that use up nearly all of their slices, and yield each time.

use crate::Answer;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    crate::crowd("uses-its-slice")
}

/// Half of a slice of 2 ms, or a million instructions, and more.
pub(crate) fn use_slice() -> Answer {
    loop {
        for step in 0..120_000_u32 {
            std::hint::black_box(step);
        }
        if coroutine::yield_().is_err() {
            return Ok(None);
        }
    }
}
