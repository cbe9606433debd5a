//! Panics with a message of a megabyte.

use crate::Answer;

pub(crate) fn run() -> Answer {
    panic!("{}", "no ".repeat(350_000))
}
