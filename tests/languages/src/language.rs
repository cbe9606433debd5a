//! The languages, and the engines they run on.

use std::fmt;

/// A language, with the engine that it runs on if there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Rust.
    Rust,
    /// C.
    C,
    /// C++23.
    Cpp,
    /// Python.
    Python,
    /// JavaScript on QuickJS.
    JavaScript,
    /// JavaScript on StarlingMonkey, which is SpiderMonkey.
    StarlingMonkey,
}

impl Language {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 6] = [
        Self::Rust,
        Self::C,
        Self::Cpp,
        Self::Python,
        Self::JavaScript,
        Self::StarlingMonkey,
    ];

    /// The name that files have.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::StarlingMonkey => "starlingmonkey",
        }
    }

    /// What the behaviour list's plugin calls itself.
    pub fn plugin(self) -> String {
        let name = match self {
            Self::StarlingMonkey => Self::JavaScript.name(),
            other => other.name(),
        };
        format!("lang-{name}")
    }
}

/// The name for people.
impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript (QuickJS)",
            Self::StarlingMonkey => "JavaScript (StarlingMonkey)",
        })
    }
}
