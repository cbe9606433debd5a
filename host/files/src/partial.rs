//! A file that has been written and does not have its name yet.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, FileSystem};

/// What the extension of a file begins with that does not have its name yet, before a random number. One
/// that a killed process has left behind may be removed.
pub const PARTIAL: &str = "partial-";

/// A file that has been written and synced beside the one that it is to become. Dropping it removes
/// it.
#[derive(Debug)]
pub struct Partial<F: FileSystem = Disk> {
    target: PathBuf,
    /// Where it is now; none: it has its name, or is gone.
    path: Option<PathBuf>,
    system: F,
}

impl Partial {
    /// Writes the bytes, part by part, to a new file of these permissions, in the folder of the one
    /// that it is to become.
    ///
    /// # Errors
    ///
    /// If the system fails to, for want of space or of permission. Then nothing is left of it.
    pub fn write(target: &Path, mode: u32, parts: &[&[u8]]) -> io::Result<Self> {
        Self::write_in(Disk, target, mode, parts)
    }
}

impl<F: FileSystem> Partial<F> {
    /// The same in another file system.
    ///
    /// # Errors
    ///
    /// As for [`write`](Partial::write).
    pub fn write_in(system: F, target: &Path, mode: u32, parts: &[&[u8]]) -> io::Result<Self> {
        let path = beside(target)?;
        let mut file = system.create_new(&path, mode)?;
        let partial = Self {
            target: target.to_owned(),
            path: Some(path),
            system,
        };
        for part in parts {
            partial.system.write(&mut file, part)?;
        }
        partial.system.sync(&file)?;
        Ok(partial)
    }

    /// Where the bytes are for now.
    pub fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(&self.target)
    }

    /// Gives it its name, in place of the file that may have it.
    ///
    /// # Errors
    ///
    /// If the system fails to; then it is removed. Only if the folder cannot be synced, it has its name.
    pub fn replace(mut self) -> io::Result<()> {
        self.system.rename(self.path(), &self.target)?;
        self.path = None;
        self.system.sync_folder(folder(&self.target))
    }

    /// Gives it its name, unless there is a file of that name.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists) if there is one, and as for
    /// [`replace`](Self::replace).
    pub fn create(mut self) -> io::Result<()> {
        // A link, unlike a rename, replaces nothing.
        match self.system.link(self.path(), &self.target) {
            Ok(()) => {
                self.system.remove(self.path())?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            Err(_) if self.system.exists(&self.target) => {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            // Some file systems have no links.
            Err(_) => self.system.rename(self.path(), &self.target)?,
        }
        self.path = None;
        self.system.sync_folder(folder(&self.target))
    }
}

impl<F: FileSystem> Drop for Partial<F> {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // Best effort: it does not count under this name.
            let _ = self.system.remove(path);
        }
    }
}

/// A name that no other process makes up too, hidden and in the same folder.
fn beside(target: &Path) -> io::Result<PathBuf> {
    let Some(name) = target.file_name() else {
        let message = format!("{} is not the name of a file", target.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    };
    let mut number = [0; 8];
    getrandom::fill(&mut number).map_err(io::Error::other)?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{PARTIAL}{:016x}", u64::from_le_bytes(number)));
    Ok(target.with_file_name(hidden))
}

/// The folder of a file.
pub(crate) fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}
