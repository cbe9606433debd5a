//! How much one record holds of what plugins say.

use std::sync::Arc;

use gantry_scheduler::{Failure, Value};

/// Bytes of a text or of a value; four times what a topic may have. Longer ones are cut.
const MAX_BYTES: usize = 256 << 10;

/// A value that fits. A list that does not is told of in words: half of it would be another one.
pub(crate) fn value(value: &Value) -> Value {
    match value {
        Value::Text(text) if text.len() > MAX_BYTES => Value::Text(cut(text).into()),
        Value::Numbers(numbers) if value.shared_bytes() > MAX_BYTES => {
            Value::Text(format!("{} numbers, too many for an event", numbers.len()).into())
        }
        value => value.clone(),
    }
}

/// A text that fits.
pub(crate) fn text(text: &str) -> Box<str> {
    match text.len() > MAX_BYTES {
        true => cut(text).into(),
        false => text.into(),
    }
}

/// A failure whose message fits.
pub(crate) fn failure(failure: &Failure) -> Failure {
    let mut failure = failure.clone();
    if failure.message.len() > MAX_BYTES {
        failure.message = Arc::from(cut(&failure.message));
    }
    failure
}

fn cut(text: &str) -> String {
    format!("{}…", &text[..text.floor_char_boundary(MAX_BYTES)])
}
