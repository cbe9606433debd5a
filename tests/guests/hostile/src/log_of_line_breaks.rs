//! Logs four million line breaks in one call, in every tick.

use crate::Answer;
use crate::gantry::command::{coroutine, log};

pub(crate) fn run() -> Answer {
    let breaks = "\n".repeat((4 << 20) - 64);
    loop {
        log::log(log::Level::Info, &breaks);
        coroutine::yield_().map_err(|error| format!("{error:?}"))?;
    }
}
