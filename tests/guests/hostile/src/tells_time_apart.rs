//! Times its own computing, to find out where it runs.

use std::time::{Instant, SystemTime};

use crate::gantry::command::types::Value;
use crate::Answer;

pub(crate) fn run() -> Answer {
    let (start, date) = (Instant::now(), SystemTime::now());
    let mut sum = 0_u64;
    for number in 0..100_000_u64 {
        sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(number));
    }
    let passed = date.elapsed().map_err(|error| error.to_string())?;
    Ok(Some(Value::Text(format!("{:?} {passed:?}", start.elapsed()))))
}
