//! Draws random numbers, to be another one in every execution.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use crate::gantry::command::types::Value;
use crate::Answer;

pub(crate) fn run() -> Answer {
    let drawn = RandomState::new().build_hasher().finish();
    Ok(Some(Value::Text(format!("{drawn:x}"))))
}
