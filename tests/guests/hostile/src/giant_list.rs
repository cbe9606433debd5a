//! Publishes a list of 400,000 numbers, then one of 4 million.

use crate::Answer;
use crate::gantry::command::log;
use crate::gantry::command::state::Topic;
use crate::gantry::command::types::Value;

pub(crate) fn run() -> Answer {
    let topic = Topic::open("hostile.giant")?;
    let refused = topic.publish(&Value::Numbers(vec![1.0; 400_000]));
    log::log(log::Level::Info, &format!("{refused:?}"));
    topic.publish(&Value::Numbers(vec![1.0; 4_000_000]))?;
    Ok(None)
}
