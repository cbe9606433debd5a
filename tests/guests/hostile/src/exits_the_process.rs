//! Exits, as a program would.

use crate::Answer;

pub(crate) fn run() -> Answer {
    std::process::exit(0)
}
