//! Publishes what the innocent plugin publishes.

use crate::Answer;
use crate::gantry::command::state::Topic;
use crate::gantry::command::types::Value;

pub(crate) fn run() -> Answer {
    Topic::open("innocent.angle")?.publish(&Value::Number(99.0))?;
    Ok(None)
}
