//! Logs one line of 32 MiB.

use crate::Answer;
use crate::gantry::command::log;

pub(crate) fn run() -> Answer {
    log::log(log::Level::Info, &"a".repeat(32 << 20));
    Ok(None)
}
