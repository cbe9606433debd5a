//! The text of a robot.toml and places in it.

use std::ops::Range;
use std::path::{Path, PathBuf};

/// A piece of the file, in bytes from its start. Half open, like a [`Range`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self {
            start: range.start,
            end: range.end,
        }
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

/// A line and a column as editors count them: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A file that was read, kept so that later stages can point into it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// A file's text under the name that messages show.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// The file's path, as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of one place.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(Range::from(span)).unwrap_or_default()
    }

    /// Where a place begins. One beyond the end counts as the end.
    pub fn position(&self, span: Span) -> Position {
        let before = &self.text[..self.text.floor_char_boundary(span.start)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// What a path in the file means: relative ones start at the folder of the file.
    pub fn resolve(&self, path: &str) -> PathBuf {
        match self.path.parent() {
            Some(folder) => folder.join(path),
            None => PathBuf::from(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let source = Source::new("robot.toml", "a = 1\nµ = 2\n");
        let at = |start| {
            let position = source.position(Span { start, end: start });
            (position.line, position.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(4), (1, 5));
        assert_eq!(at(6), (2, 1));
        assert_eq!(at(8), (2, 2), "µ is one column wide, and two bytes long");
        assert_eq!(at(9999), (3, 1), "past the end is the end");
    }

    #[test]
    fn paths_start_at_the_folder_of_the_file() {
        let source = Source::new("robots/kickoff/robot.toml", "");
        let expected = Path::new("robots/kickoff/plugins/a.wasm");
        assert_eq!(source.resolve("plugins/a.wasm"), expected);
        assert_eq!(source.resolve("/opt/a.wasm"), Path::new("/opt/a.wasm"));
    }
}
