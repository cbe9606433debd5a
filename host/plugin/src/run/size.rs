//! How many bytes things take on the host: about as many as they do, and never many fewer.

use gantry_scheduler::{Signal, Value};

/// A command with its name.
pub(crate) const COMMAND: usize = 512;

/// One condition or combinator of a signal.
const CONDITION: usize = 128;

/// A value.
pub(crate) fn of_value(value: &Value) -> usize {
    match value {
        Value::Boolean(_) | Value::Integer(_) | Value::Number(_) => 8,
        Value::Text(_) | Value::Numbers(_) => value.shared_bytes(),
    }
}

/// A signal, whose parts may be those of others as well.
pub(crate) fn of_signal(signal: &Signal) -> usize {
    signal.parts() as usize * CONDITION
}
