//! What a call takes, out of bytes: mostly what means something to the host, at times anything.

use crate::gantry::command::types::{Argument, Value};

/// Numbers at which something may happen.
const NUMBERS: [f64; 16] = [
    0.0,
    1.0,
    -1.0,
    0.02,
    0.05,
    12.0,
    -12.0,
    12.000_001,
    -0.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN_POSITIVE,
    1e9,
    9.3e18,
];

/// Names of channels, mechanisms, topics and entries of the configuration, and what is none.
pub(crate) const NAMES: [&str; 24] = [
    "lift.voltage",
    "lift.lights",
    "lift.height",
    "lift.poses",
    "claw.closed",
    "claw.force",
    "driver.a",
    "arm.voltage",
    "arm.angle",
    "secret.number",
    "lift",
    "claw",
    "arm",
    "calls.a",
    "calls.b",
    "calls.c",
    "innocent.angle",
    "robot.enabled",
    "gain",
    "",
    "*",
    "calls.\u{1b}[31m",
    "../x",
    "lift.voltag",
];

/// Names of commands, and what is none.
pub(crate) const COMMANDS: [&str; 12] = [
    "play",
    "play-lift",
    "play-claw",
    "play-both",
    "play-urgent",
    "play-disabled",
    "calls/play-lift",
    "innocent/pulses",
    "calls/plya",
    "nobody/play",
    "/",
    "calls/",
];

pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Goes on somewhere before.
    pub(crate) fn go_back(&mut self) {
        let back = usize::from(self.byte());
        self.at = self.at.saturating_sub(back.max(1));
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        byte
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = &rest[..count.min(rest.len())];
        self.at += count;
        taken
    }

    fn word<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    /// Mostly small.
    pub(crate) fn whole_number(&mut self) -> u32 {
        match self.byte() {
            255 => u32::from_le_bytes(self.word()),
            small => u32::from(small),
        }
    }

    pub(crate) fn priority(&mut self) -> i32 {
        match self.byte() {
            255 => i32::from_le_bytes(self.word()),
            small => i32::from(small as i8),
        }
    }

    pub(crate) fn number(&mut self) -> f64 {
        match self.byte() {
            255 => f64::from_le_bytes(self.word()),
            known @ 0..16 => NUMBERS[usize::from(known)],
            other => (f64::from(other) - 128.0) / 10.0,
        }
    }

    pub(crate) fn name(&mut self, known: &[&str]) -> String {
        match self.byte() {
            any @ 240.. => self.text(any),
            index => known[usize::from(index) % known.len()].to_owned(),
        }
    }

    /// A text that need not be one.
    fn text(&mut self, kind: u8) -> String {
        let length = usize::from(self.byte());
        let bytes = match kind {
            254.. => vec![b'x'; 1 << (length % 22)],
            252.. => "\u{1b}[2J\n\u{7f}ä\u{202e}".repeat(length).into_bytes(),
            _ => self.take(length % 32).to_vec(),
        };
        // SAFETY: it is not text, which is what the host has to find out; nothing else looks at it.
        unsafe { String::from_utf8_unchecked(bytes) }
    }

    pub(crate) fn message(&mut self) -> String {
        let kind = self.byte();
        self.text(kind)
    }

    pub(crate) fn numbers(&mut self) -> Vec<f64> {
        match self.byte() {
            many @ 248.. => vec![self.number(); 1 << (2 * (many - 248))],
            few => (0..few % 8).map(|_| self.number()).collect(),
        }
    }

    pub(crate) fn value(&mut self) -> Value {
        match self.byte() % 6 {
            0 => Value::Boolean(self.flag()),
            1 => Value::Integer(i64::from(self.priority()).wrapping_mul(0x1_0000_0001)),
            2 => Value::Number(self.number()),
            3 => Value::Text(self.message()),
            4 => Value::Numbers(self.numbers()),
            _ => Value::Other(self.message()),
        }
    }

    /// Arguments of a command of this guest: a program, mostly.
    pub(crate) fn arguments(&mut self) -> Vec<Argument> {
        let program = |bytes: &[u8]| Argument {
            name: "program".to_owned(),
            value: Value::Text(bytes.iter().map(|&byte| char::from(byte)).collect()),
        };
        match self.byte() % 16 {
            0 => Vec::new(),
            1 => vec![program(self.bytes)],
            2 => {
                let count = self.byte() % 4;
                let argument = |_| Argument {
                    name: self.name(&["program", "porgram"]),
                    value: self.value(),
                };
                (0..count).map(argument).collect()
            }
            _ => {
                let length = usize::from(self.byte());
                vec![program(self.take(length))]
            }
        }
    }
}
