//! Logs as often as it can, in every tick.

use crate::Answer;
use crate::gantry::command::{coroutine, log};

pub(crate) fn run() -> Answer {
    loop {
        for line in 0..2_000 {
            log::log(log::Level::Error, &format!("line {line}"));
        }
        coroutine::yield_().map_err(|error| format!("{error:?}"))?;
    }
}
