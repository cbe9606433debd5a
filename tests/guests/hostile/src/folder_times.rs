//! Looks at the clock of the disk: writes a file and asks when that was.

use std::fs;
use std::time::UNIX_EPOCH;

use crate::Answer;

pub(crate) fn run() -> Answer {
    fs::write("/written.txt", "now").map_err(|error| error.to_string())?;
    let times = ["/written.txt", "/inside.txt", "/sub", "/"].map(|path| {
        let metadata = fs::metadata(path)?;
        let times = [metadata.modified()?, metadata.accessed()?];
        Ok::<_, std::io::Error>(times.map(|time| time.duration_since(UNIX_EPOCH).ok()))
    });
    Err(format!("{times:?}"))
}
