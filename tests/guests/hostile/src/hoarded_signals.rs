//! Keeps signals that are made of 500 parts each, by a few calls.

use crate::Answer;
use crate::gantry::command::coroutine;
use crate::gantry::command::signals::{Signal, Source};

pub(crate) fn run() -> Answer {
    let mut hoard = Vec::new();
    loop {
        for _ in 0..40 {
            let mut signal = Signal::is_true(Source::Topic, "hostile.nothing")?;
            for _ in 0..8 {
                signal = signal.both(&signal);
            }
            hoard.push(signal);
        }
        coroutine::yield_().map_err(|error| crate::refusal(&error))?;
    }
}
