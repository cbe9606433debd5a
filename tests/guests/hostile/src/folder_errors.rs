//! Asks for what the host says of errors besides what it has to.

use wasip2::io::streams::StreamError;

use crate::Answer;
use crate::folder_race::{folder, new_file, refused};

pub(crate) fn run() -> Answer {
    let file = new_file("errors.bin")?;
    let text = |outcome: Result<(), StreamError>| match outcome {
        Err(StreamError::LastOperationFailed(error)) => error.to_debug_string(),
        outcome => format!("{outcome:?}"),
    };
    let far = file.write_via_stream(u64::MAX - 10).map_err(refused);
    let written = far.map(|stream| text(stream.blocking_write_and_flush(b"a dozen bytes")));
    let far = file.read_via_stream(u64::MAX - 1).map_err(refused);
    let read = far.map(|stream| text(stream.blocking_read(10).map(drop)));
    let folder = folder()?.read_via_stream(0).map_err(refused);
    let listed = folder.map(|stream| text(stream.blocking_read(10).map(drop)));
    Err(format!("{written:?} {read:?} {listed:?}"))
}
