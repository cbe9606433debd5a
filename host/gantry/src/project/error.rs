//! What can go wrong with a project.

use std::path::{Path, PathBuf};

/// Why a project could not be made or built.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The name does not do.
    #[error("`{name}` cannot be the name of a plugin in {language}: {why}")]
    Name {
        /// The name.
        name: String,
        /// The language.
        language: &'static str,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// The folder of a new project is in use.
    #[error("{} is there already{}; choose another name, or remove it", path.display(), if *.file { ", and is not a folder" } else { " and is not empty" })]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// Whether it is something else than a folder.
        file: bool,
    },
    /// It cannot be told what kind of project a folder has.
    #[error("{}: {why}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it, and what would be right.
        why: String,
    },
    /// A tool is missing or too old.
    #[error("{what}\n{remedy}")]
    Tool {
        /// Which, and what it is for.
        what: String,
        /// How to get it.
        remedy: String,
    },
    /// A tool says no.
    #[error("{what} failed{}", said_below(.said))]
    Failed {
        /// What was done.
        what: String,
        /// What the tool says, unless that has been shown.
        said: String,
    },
    /// The system says no.
    #[error("cannot {what} {}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl ProjectError {
    pub(super) fn file(
        what: &'static str,
        path: &Path,
    ) -> impl FnOnce(std::io::Error) -> ProjectError {
        move |source| ProjectError::File {
            what,
            path: path.to_owned(),
            source,
        }
    }
}

fn said_below(said: &str) -> String {
    match said.trim() {
        "" => "; the reason is above".to_owned(),
        said => format!(":\n{said}"),
    }
}
