//! Logs and prints what would clear the screen, ring the bell and rename the window.

use crate::Answer;
use crate::gantry::command::log;

pub(crate) fn run() -> Answer {
    let evil = "\x1b[2J\x1b]0;owned\x07\r\u{202e}\u{9b}31m";
    log::log(log::Level::Info, evil);
    println!("{evil}");
    Err(evil.to_owned())
}
