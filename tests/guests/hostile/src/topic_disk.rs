//! Publishes 250 texts of control characters in every tick, which fill a disk six times over.

use crate::Answer;
use crate::gantry::command::coroutine;
use crate::gantry::command::state::Topic;
use crate::gantry::command::types::Value;

pub(crate) fn run() -> Answer {
    let open = |number| Topic::open(&format!("hostile.{number}"));
    let topics = (0..250).map(open).collect::<Result<Vec<_>, _>>()?;
    for tick in 0_u64.. {
        let text = format!("{tick}{}", "\u{1}".repeat(60_000));
        for topic in &topics {
            topic.publish(&Value::Text(text.clone()))?;
        }
        if coroutine::yield_().is_err() {
            break;
        }
    }
    Ok(None)
}
