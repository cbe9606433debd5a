//! Reads a file of its folder as often as it can.

use crate::Answer;

pub(crate) fn run() -> Answer {
    let mut bytes = 0;
    loop {
        bytes += std::fs::read("/inside.txt").map_err(|error| error.to_string())?.len();
        std::hint::black_box(bytes);
    }
}
