//! The SDKs in the binary, and how they get onto a disk.
//!
//! The folders lie as they do in the repository, so that what refers to its neighbours finds them.
//! What was unpacked is marked with its digest, and unpacked again when a binary brings another.

use std::fs::{self, File};
use std::path::Path;

use sha2::{Digest, Sha256};
use toml::{Table, Value};

use super::{Language, ProjectError};

/// Paths from the repository's root, with `/`, and what is there.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
const MARK: &str = "sdk.sha256";

/// The text of an embedded file.
pub(super) fn text(path: &str) -> Result<&'static str, ProjectError> {
    FILES
        .iter()
        .find(|(name, _)| *name == path)
        .and_then(|(_, bytes)| std::str::from_utf8(bytes).ok())
        .ok_or_else(|| ProjectError::Failed {
            what: "looking into this binary".to_owned(),
            said: format!("it has no {path}; it was built from an incomplete repository"),
        })
}

/// Makes a folder have the SDK of a language, and what that needs, as this binary brings it.
/// `more` are files besides. Nothing is done if all of it is there.
pub(super) fn unpack(
    folder: &Path,
    language: Language,
    more: &[(&str, String)],
) -> Result<(), ProjectError> {
    fs::create_dir_all(folder).map_err(ProjectError::file("make", folder))?;
    let lock = folder.join("lock");
    // Of two that build at the same time, one unpacks.
    let _lock = File::create(&lock)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(ProjectError::file("lock", &lock))?;
    let mut files: Vec<(String, Vec<u8>)> = FILES
        .iter()
        .filter(|(path, _)| is_of(language, path))
        .map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()))
        .collect();
    files.extend(
        more.iter()
            .map(|(path, text)| ((*path).to_owned(), text.clone().into_bytes())),
    );
    if language == Language::Rust {
        files.push(("Cargo.toml".to_owned(), rust_workspace()?.into_bytes()));
    }
    let digest = digest(&files);
    let mark = folder.join(MARK);
    if fs::read_to_string(&mark).is_ok_and(|found| found == digest) {
        return Ok(());
    }
    for old in ["guest-sdk", "wit", "docs"].map(|name| folder.join(name)) {
        if old.exists() {
            fs::remove_dir_all(&old).map_err(ProjectError::file("replace", &old))?;
        }
    }
    for (path, bytes) in &files {
        write(&folder.join(path), bytes)?;
    }
    write(&mark, digest.as_bytes())
}

/// Writes a file and makes the folders that it is in.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), ProjectError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(ProjectError::file("make", parent))?;
    }
    fs::write(path, bytes).map_err(ProjectError::file("write", path))
}

fn is_of(language: Language, path: &str) -> bool {
    let Some((sdk, file)) = path
        .strip_prefix("guest-sdk/")
        .and_then(|rest| rest.split_once('/'))
    else {
        return path.starts_with("wit/") || path.starts_with("docs/");
    };
    // C++ is a header over C.
    let wanted = sdk == language.sdk() || (language == Language::Cpp && sdk == "c");
    wanted && !file.starts_with("hello/")
}

fn digest(files: &[(String, Vec<u8>)]) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        hash.update(format!("{path} {}\n", bytes.len()));
        hash.update(bytes);
    }
    hex(&hash.finalize())
}

/// A digest as text.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The workspace that the Rust SDK inherits from: the repository's, with nothing but the SDK.
fn rust_workspace() -> Result<String, ProjectError> {
    let broken = |error: &dyn std::fmt::Display| ProjectError::Failed {
        what: "reading the embedded Cargo.toml".to_owned(),
        said: error.to_string(),
    };
    let root: Table = text("Cargo.toml")?
        .parse()
        .map_err(|error| broken(&error))?;
    let Some(Value::Table(mut workspace)) = root.get("workspace").cloned() else {
        return Err(broken(&"it has no workspace"));
    };
    workspace.remove("default-members");
    workspace.remove("exclude");
    let members = ["guest-sdk/rust", "guest-sdk/rust/macros"].map(Value::from);
    workspace.insert("members".to_owned(), Value::Array(members.to_vec()));
    if let Some(Value::Table(dependencies)) = workspace.get_mut("dependencies") {
        dependencies.retain(|_, dependency| dependency.get("path").is_none());
    }
    let table = Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]);
    toml::to_string(&table).map_err(|error| broken(&error))
}
