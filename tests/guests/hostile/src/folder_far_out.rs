//! Writes one byte a terabyte beyond the end of a file in its folder.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

use crate::Answer;

pub(crate) fn run() -> Answer {
    let mut file = File::create("/far-out").map_err(|error| error.to_string())?;
    let written = file
        .seek(SeekFrom::Start(1 << 40))
        .and_then(|_| file.write_all(b"!"));
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    Err(format!("{:?}, {size} bytes", written.map_err(|error| error.kind())))
}
