//! Publishes a new topic as often as it can.

use crate::Answer;
use crate::gantry::command::state::Topic;
use crate::gantry::command::types::Value;

pub(crate) fn run() -> Answer {
    for number in 0_u64.. {
        Topic::open(&format!("hostile.{number}"))?.publish(&Value::Numbers(vec![1.0; 64]))?;
    }
    Ok(None)
}
