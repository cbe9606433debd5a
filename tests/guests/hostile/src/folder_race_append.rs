//! Adds to one file by eight streams at once, without waiting for any.

use crate::Answer;
use crate::gantry::command::types::Value;
use crate::folder_race::{new_file, refused};

pub(crate) fn run() -> Answer {
    let file = new_file("append.bin")?;
    for _ in 0..4 {
        let streams: Result<Vec<_>, _> = (0..8).map(|_| file.append_via_stream()).collect();
        for (stream, letter) in streams.map_err(refused)?.iter().zip(b'a'..) {
            stream.check_write().map_err(refused)?;
            stream.write(&[letter]).map_err(refused)?;
        }
    }
    let (read, _) = file.read(1000, 0).map_err(refused)?;
    Ok(Some(Value::Text(String::from_utf8_lossy(&read).into_owned())))
}
