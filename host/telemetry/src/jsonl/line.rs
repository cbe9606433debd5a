//! One JSON object on one line.

use std::io::Write as _;
use std::time::Duration;

use gantry_scheduler::Value;

/// One object that is being written into a buffer.
pub(super) struct Line<'a> {
    buffer: &'a mut Vec<u8>,
}

impl<'a> Line<'a> {
    pub(super) fn begin(buffer: &'a mut Vec<u8>) -> Self {
        buffer.clear();
        buffer.push(b'{');
        Self { buffer }
    }

    pub(super) fn end(self) {
        self.buffer.extend_from_slice(b"}\n");
    }

    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        push_text(self.buffer, text);
    }

    pub(super) fn unsigned(&mut self, key: &str, number: u64) {
        self.key(key);
        push_formatted(self.buffer, format_args!("{number}"));
    }

    pub(super) fn seconds(&mut self, key: &str, time: Duration) {
        self.key(key);
        let (seconds, micros) = (time.as_secs(), time.subsec_micros());
        push_formatted(self.buffer, format_args!("{seconds}.{micros:06}"));
    }

    pub(super) fn null(&mut self, key: &str) {
        self.key(key);
        self.buffer.extend_from_slice(b"null");
    }

    pub(super) fn value(&mut self, key: &str, value: &Value) {
        self.key(key);
        match value {
            Value::Boolean(value) => push_formatted(self.buffer, format_args!("{value}")),
            Value::Integer(value) => push_formatted(self.buffer, format_args!("{value}")),
            Value::Number(value) => push_number(self.buffer, *value),
            Value::Text(value) => push_text(self.buffer, value),
            Value::Numbers(values) => {
                self.buffer.push(b'[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        self.buffer.push(b',');
                    }
                    push_number(self.buffer, *value);
                }
                self.buffer.push(b']');
            }
        }
    }

    fn key(&mut self, key: &str) {
        if self.buffer.len() > 1 {
            self.buffer.push(b',');
        }
        push_formatted(self.buffer, format_args!("\"{key}\":"));
    }
}

fn push_text(buffer: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(buffer, text).expect("a vector takes every text");
}

/// The shortest text that reads back the same. JSON knows finite numbers only; the others are text.
fn push_number(buffer: &mut Vec<u8>, number: f64) {
    if number.is_finite() {
        serde_json::to_writer(buffer, &number).expect("a vector takes every number");
    } else {
        push_formatted(buffer, format_args!("\"{number}\""));
    }
}

fn push_formatted(buffer: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    buffer.write_fmt(text).expect("a vector takes everything");
}
