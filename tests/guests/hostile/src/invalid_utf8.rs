//! Logs bytes that are not text.

use crate::Answer;
use crate::gantry::command::log;

pub(crate) fn run() -> Answer {
    // Said to be text, against better knowledge.
    // SAFETY: none: this is the attack, and the host has to refuse the handle.
    let text = unsafe { String::from_utf8_unchecked(vec![0xff, 0xfe, 0xc0, 0x80]) };
    log::log(log::Level::Info, &text);
    Ok(None)
}
