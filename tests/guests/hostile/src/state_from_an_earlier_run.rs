//! Counts its runs in a static, to behave well in the first one only.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::gantry::command::types::Value;
use crate::Answer;

pub(crate) fn run() -> Answer {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    if RUNS.fetch_add(1, Relaxed) > 0 {
        return Err("this is not the first run".to_owned());
    }
    // The next one, in the same plugin.
    Ok(Some(Value::Text("this is the first run".to_owned())))
}
