//! Returns a text of 16 MiB.

use crate::Answer;
use crate::gantry::command::types::Value;

pub(crate) fn run() -> Answer {
    Ok(Some(Value::Text("a".repeat(16 << 20))))
}
