//! Fills the disk: writes to one file as much as it can, and makes it larger.

use std::fs::File;
use std::io::Write as _;

use crate::Answer;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let mut file = File::create("/big").map_err(|error| error.to_string())?;
    let piece = vec![7; 64 << 10];
    let written = crate::until_refused(1000, |number| {
        if number % 64 == 63 {
            let _ = coroutine::yield_();
        }
        file.write_all(&piece)
    });
    let grown = crate::until_refused(1, |_| file.set_len(1 << 40));
    Err(format!("{written}, {grown}"))
}
