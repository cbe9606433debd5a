//! Asks for the keys of its configuration as often as it can.

use std::hint::black_box;

use crate::Answer;
use crate::gantry::command::config;

pub(crate) fn run() -> Answer {
    loop {
        black_box(config::keys());
    }
}
