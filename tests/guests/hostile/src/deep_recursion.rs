//! Calls itself until the stack is full.

use crate::Answer;
use crate::gantry::command::types::Value;

pub(crate) fn run() -> Answer {
    Ok(Some(Value::Integer(recurse(1))))
    }

    #[inline(never)]
    fn recurse(depth: i64) -> i64 {
        let frame = std::hint::black_box([depth; 64]);
        if frame[0] < 0 {
            0
        } else {
            recurse(frame[0] + 1) + frame[63]
        }
}
