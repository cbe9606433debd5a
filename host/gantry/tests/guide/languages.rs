//! The languages of the guide: how their code is marked, shown and built.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::root;

/// A language in which the examples are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    Rust,
    Python,
    JavaScript,
    C,
}

impl Language {
    pub(crate) const ALL: [Self; 4] = [Self::Rust, Self::Python, Self::JavaScript, Self::C];
    pub(crate) const OTHERS: [Self; 3] = [Self::Python, Self::JavaScript, Self::C];

    /// As people write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::C => "C",
        }
    }

    /// As it is written after the three backticks of a block.
    pub(crate) fn fence(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::JavaScript => "js",
            Self::C => "c",
        }
    }

    /// What a comment that takes a line starts with.
    pub(crate) fn comment(self) -> &'static str {
        match self {
            Self::Python => "# ",
            Self::Rust | Self::JavaScript | Self::C => "// ",
        }
    }

    /// Where its plugin is.
    pub(crate) fn folder(self) -> PathBuf {
        root().join("plugins/patterns").join(match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::C => "c",
        })
    }
}

/// Builds the plugin of a language with its SDK's own command.
pub(crate) fn build(language: Language) -> Vec<u8> {
    let output = TempDir::new().unwrap();
    let file = output.path().join("patterns.wasm");
    let sdk = root().join("guest-sdk");
    let mut command = match language {
        Language::Rust => panic!("cargo builds the Rust plugin"),
        Language::Python => {
            let mut command = Command::new(tool("python-tools"));
            command.args(["-m", "gantry", "build", "."]);
            command
        }
        Language::JavaScript => {
            let mut command = Command::new("node");
            command.arg(sdk.join("javascript/build/cli.js"));
            command
        }
        Language::C => {
            let mut command = Command::new(tool("c-tools"));
            command.arg(sdk.join("c/build.py"));
            command
        }
    };
    command.arg("--output").arg(&file);
    let built = command.current_dir(language.folder()).output().unwrap();
    assert!(
        built.status.success(),
        "the plugin in {} does not build:\n{}{}",
        language.name(),
        String::from_utf8_lossy(&built.stdout),
        String::from_utf8_lossy(&built.stderr),
    );
    std::fs::read(&file).expect("the component")
}

/// The Python of a virtual environment that `.ci/run` makes, or else the system's.
fn tool(environment: &str) -> PathBuf {
    let python = root().join("target").join(environment).join("bin/python");
    if python.exists() {
        python
    } else {
        Path::new("python3").to_owned()
    }
}
