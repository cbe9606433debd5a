//! Files of text that people hand in: robots, locks, keys.

use std::io;
use std::path::Path;

/// The most bytes that one may have: far more than anybody writes, and soon read.
const MAX_BYTES: usize = 16 << 20;

/// The text of a file, all at once.
///
/// # Errors
///
/// If it cannot be read, is not a file, is larger than any that is meant, or is not UTF-8.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    let bytes = gantry_plugin::read_at_most(path, MAX_BYTES)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text in UTF-8"))
}
