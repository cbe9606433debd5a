//! Looks at a signal of 900 parts as often as it can.

use std::hint::black_box;

use crate::Answer;
use crate::gantry::command::signals::{Signal, Source};

pub(crate) fn run() -> Answer {
    let mut signal = Signal::is_true(Source::Topic, "hostile.nothing")?;
    for _ in 1..900 {
        signal = signal.negate();
    }
    loop {
        black_box(signal.get());
    }
}
