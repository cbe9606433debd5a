//! The languages, and which of them a folder is written in.

use std::path::Path;

use clap::ValueEnum;

use super::ProjectError;

/// A language that there is an SDK for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Rust.
    Rust,
    /// C.
    C,
    /// C++.
    Cpp,
    /// Python.
    Python,
    /// JavaScript.
    Javascript,
    /// TypeScript.
    Typescript,
}

impl Language {
    /// Its name, as people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Python => "Python",
            Self::Javascript => "JavaScript",
            Self::Typescript => "TypeScript",
        }
    }

    /// The folder of its SDK in `guest-sdk`.
    pub(super) fn sdk(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Python => "python",
            Self::Javascript | Self::Typescript => "javascript",
        }
    }

    /// What the files in a folder say.
    pub(super) fn of(folder: &Path) -> Result<Self, ProjectError> {
        let wrong = |why: String| ProjectError::Folder {
            path: folder.to_owned(),
            why,
        };
        let entries = std::fs::read_dir(folder).map_err(ProjectError::file("read", folder))?;
        let mut found: Vec<(Self, String)> = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(language) = of_file(&name) {
                found.push((language, name));
            }
        }
        // C++ projects have sources in C, too, and either may have a manifest beside it for tools.
        found.sort_by_key(|(language, name)| (is_source(*language), name.clone()));
        let manifests: Vec<_> = found.iter().filter(|(of, _)| !is_source(*of)).collect();
        match manifests[..] {
            [(Self::Javascript, _)] if folder.join("tsconfig.json").is_file() => {
                Ok(Self::Typescript)
            }
            [(language, _)] => Ok(*language),
            [] if found.iter().any(|(language, _)| *language == Self::Cpp) => Ok(Self::Cpp),
            [] if !found.is_empty() => Ok(Self::C),
            [] => Err(wrong(
                "there is no plugin project here: no Cargo.toml (Rust), pyproject.toml (Python), \
                 package.json (JavaScript, TypeScript) and no .c or .cpp file; `gantry new` makes one"
                    .to_owned(),
            )),
            [(_, first), (_, second), ..] => Err(wrong(format!(
                "there are {first} and {second}; say which one counts with --language"
            ))),
        }
    }
}

fn of_file(name: &str) -> Option<Language> {
    match name {
        "Cargo.toml" => return Some(Language::Rust),
        "pyproject.toml" => return Some(Language::Python),
        "package.json" => return Some(Language::Javascript),
        _ => {}
    }
    match name.rsplit_once('.')?.1 {
        "c" => Some(Language::C),
        "cpp" | "cc" | "cxx" => Some(Language::Cpp),
        _ => None,
    }
}

fn is_source(language: Language) -> bool {
    matches!(language, Language::C | Language::Cpp)
}
