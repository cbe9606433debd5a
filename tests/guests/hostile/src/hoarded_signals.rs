//! Keeps signals that are made of 900 parts each.

use crate::Answer;
use crate::gantry::command::coroutine;
use crate::gantry::command::signals::{Signal, Source};

pub(crate) fn run() -> Answer {
    let mut hoard = Vec::new();
    loop {
        for _ in 0..40 {
            let mut signal = Signal::is_true(Source::Topic, "hostile.nothing")?;
            for _ in 1..900 {
                signal = signal.negate();
            }
            hoard.push(signal);
        }
        coroutine::yield_().map_err(|error| crate::refusal(&error))?;
    }
}
