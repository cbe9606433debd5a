//! Asks for a megabyte of random numbers as often as it can.

use std::hint::black_box;

use wasip2::random::random::get_random_bytes;

use crate::Answer;

pub(crate) fn run() -> Answer {
    loop {
        black_box(get_random_bytes(1 << 20));
    }
}
