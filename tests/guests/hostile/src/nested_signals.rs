//! Negates a signal 100,000 times and asks for its value.

use crate::Answer;
use crate::gantry::command::signals::{Signal, Source};
use crate::gantry::command::types::Value;

pub(crate) fn run() -> Answer {
    let mut signal = Signal::is_true(Source::Topic, "hostile.nothing")?;
    for _ in 0..100_000 {
        signal = signal.negate();
    }
    Ok(Some(Value::Boolean(signal.get())))
}
