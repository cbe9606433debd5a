//! Text of others, made harmless wherever people see it.
//!
//! A plugin chooses its names, its log lines and its errors, and a file that is not valid chooses
//! what the validator quotes of it. On a terminal such text could move the cursor, set the title,
//! read from right to left, or look like a second message. Whatever enters an error, a log line or a
//! report goes through here once.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_general_category::{GeneralCategory, get_general_category};

/// Text of one line in which nothing is invisible: control characters, line breaks, and format
/// characters such as directional overrides are written as `\n` or `\u{202e}`. Tabs stay, and so
/// does everything else; bytes that are not UTF-8 become `U+FFFD`.
///
/// ```
/// use gantry_plugin::escape_line;
/// assert_eq!(escape_line("\u{1b}[2Jok\nerror: no"), r"\u{1b}[2Jok\nerror: no");
/// ```
pub fn escape_line(text: impl AsRef<[u8]>) -> String {
    let text = String::from_utf8_lossy(text.as_ref());
    if !text.contains(is_hidden) {
        return text.into_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            char if is_hidden(char) => {
                // Writing to a string does not fail.
                let _ = write!(escaped, "{}", char.escape_unicode());
            }
            char => escaped.push(char),
        }
    }
    escaped
}

/// Text of several lines, each as [`escape_line`] makes it.
pub fn escape_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escape_line).collect();
    lines.join("\n")
}

/// JSON in which [`escape_line`]'s characters are escaped as JSON has it. JSON itself asks for that
/// only below U+0020.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    // Line breaks and tabs can only be between values.
    let must = |char: char| !char.is_ascii_whitespace() && is_hidden(char);
    if !json.contains(must) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for char in json.chars() {
        if must(char) {
            for unit in char.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(char);
        }
    }
    Cow::Owned(escaped)
}

/// Whether a character does something to a text instead of being a part of it.
fn is_hidden(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_control() && char != '\t';
    }
    // The whole plane of tags and variation selectors, the ones that are to come included: a text of
    // its own can be hidden in them.
    if matches!(char, '\u{e0000}'..='\u{e0fff}') {
        return true;
    }
    matches!(
        get_general_category(char),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The general category Cf of Unicode 16, written down from the standard.
    const FORMAT: &[(u32, u32)] = &[
        (0x00AD, 0x00AD),
        (0x0600, 0x0605),
        (0x061C, 0x061C),
        (0x06DD, 0x06DD),
        (0x070F, 0x070F),
        (0x0890, 0x0891),
        (0x08E2, 0x08E2),
        (0x180E, 0x180E),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x2064),
        (0x2066, 0x206F),
        (0xFEFF, 0xFEFF),
        (0xFFF9, 0xFFFB),
        (0x110BD, 0x110BD),
        (0x110CD, 0x110CD),
        (0x13430, 0x1343F),
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0001, 0xE0001),
        (0xE0020, 0xE007F),
    ];

    #[test]
    fn every_control_and_format_character_is_escaped_and_nothing_else_is() {
        let mut hidden = Vec::new();
        for char in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let code = char as u32;
            let format = FORMAT.iter().any(|&(from, to)| (from..=to).contains(&code));
            let expected = format
                || (char.is_control() && char != '\t')
                || matches!(code, 0x2028 | 0x2029 | 0xE0000..=0xE0FFF);
            let escaped = escape_line(char.to_string());
            if expected {
                hidden.push(char);
                assert!(escaped.starts_with('\\') && escaped.is_ascii(), "{code:x}");
            } else {
                assert_eq!(escaped, char.to_string(), "{code:x}");
            }
        }
        // Of the text that they make, too, and in JSON, where a reader has them back.
        let text: String = hidden.iter().collect();
        assert!(
            escape_line(&text)
                .bytes()
                .all(|byte| byte.is_ascii_graphic())
        );
        let json = serde_json::to_string_pretty(&[&text]).unwrap();
        let escaped = escape_json(&json);
        assert!(
            escaped
                .bytes()
                .all(|byte| byte.is_ascii_graphic() || b" \n".contains(&byte))
        );
        assert_eq!(
            serde_json::from_str::<[String; 1]>(&escaped).unwrap(),
            [text]
        );
    }

    #[test]
    fn text_that_people_write_stays_as_it_is() {
        for text in ["héllo, 你好\tשלום e\u{301} 🦀 \\n", ""] {
            assert_eq!(escape_line(text), text);
            assert_eq!(escape_json(text), text);
        }
        assert_eq!(escape_lines("a\r\nb\u{1b}\n"), "a\nb\\u{1b}");
        assert_eq!(escape_line(b"\xff\x9b"), "\u{fffd}\u{fffd}");
    }
}
