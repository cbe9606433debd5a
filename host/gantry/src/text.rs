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

/// Text of a file in one line of a terminal: whatever does something there instead of being seen, line
/// breaks and Unicode's format characters included, is written as `\u{1b}`.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '\'' | '\\' => line.push(char),
            // After a letter, an accent is part of the text.
            char => line.extend(format!("a{char}").escape_debug().skip(1)),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_seen_is_escaped() {
        let escapes = "\u{1b}]0;owned\u{7}\n\r\u{9b}\u{202e}\u{200b}\u{200f}\u{61c}\u{feff}\u{ad}\u{e0041}\u{2028}";
        let line = one_line(escapes);
        assert!(line.bytes().all(|byte| byte.is_ascii_graphic()), "{line}");
        let plain = "Kickoff \"2026\" it's é e\u{301} 機械 🤖 C:\\robot";
        assert_eq!(one_line(plain), plain);
    }
}
