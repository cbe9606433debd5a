//! Waits for NaN, for minus infinity and for 1e300 seconds.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::signals::{Edge, Signal, Source};
use crate::gantry::command::{coroutine, log};

pub(crate) fn run() -> Answer {
    let mut answers = Vec::new();
    for seconds in [f64::NAN, f64::NEG_INFINITY, -1e300] {
        answers.push(format!("{:?}", coroutine::wait(seconds)));
        answers.push(format!("{:?}", Command::delay(seconds).err()));
        let signal = Signal::is_true(Source::Topic, "hostile.nothing")?;
        answers.push(format!("{:?}", signal.debounce(seconds, Edge::Both).err()));
    }
    log::log(log::Level::Info, &answers.join(" "));
    let _ = coroutine::wait(1e300);
    Ok(None)
}
