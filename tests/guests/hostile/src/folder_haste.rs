//! Writes to a file of its folder as much as it can within one tick.

use std::fs::File;
use std::io::Write as _;

use crate::Answer;

pub(crate) fn run() -> Answer {
    let mut file = File::create("/hasty").map_err(|error| error.to_string())?;
    let piece = vec![7; 64 << 10];
    Err(crate::until_refused(1000, |_| file.write_all(&piece)))
}
