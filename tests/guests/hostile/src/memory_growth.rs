//! Allocates until there is no more.

use crate::Answer;

pub(crate) fn run() -> Answer {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        hoard.push(vec![1; 1 << 20]);
    }
}
