//! What all runs of one plugin share of its folder.

use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wasmtime_wasi::filesystem::WasiFilesystemCtx;
use wasmtime_wasi::{FsPerms, WasiCtx};

use super::metadata::Numbers;
use super::quota::{Account, Quota};
use crate::policy::Folder;
use crate::run::Context;

/// The folder that a plugin was granted, if one was, and what it has done with it.
#[derive(Default)]
pub(crate) struct Files {
    folder: Option<Folder>,
    open: Mutex<Option<OpenFolder>>,
    numbers: Mutex<Numbers>,
    quota: Quota,
}

/// One for all runs: the system lets a process have so many open, and a plugin may have many runs.
struct OpenFolder {
    files: WasiFilesystemCtx,
    identity: Identity,
}

impl Files {
    pub(crate) fn new(folder: Option<Folder>) -> Self {
        Self {
            folder,
            ..Self::default()
        }
    }

    pub(super) fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder for a run; an empty world if there is none.
    pub(super) fn open(&self, plugin: &str) -> WasiFilesystemCtx {
        let Some(folder) = &self.folder else {
            return WasiFilesystemCtx::default();
        };
        // It was there when the plugin was loaded. If it is gone, so are its files.
        self.try_open(folder).unwrap_or_else(|error| {
            tracing::warn!(
                plugin,
                folder = %folder.path.display(),
                "the granted folder cannot be opened: {error}"
            );
            WasiFilesystemCtx::default()
        })
    }

    fn try_open(&self, folder: &Folder) -> wasmtime::Result<WasiFilesystemCtx> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // People may have put another one in its place.
        let identity = identity(&folder.path)?;
        if let Some(open) = open.as_ref()
            && open.identity == identity
        {
            return Ok(open.files.clone());
        }
        let mut wasi = WasiCtx::builder();
        let permission = match folder.write {
            true => FsPerms::ReadWrite,
            false => FsPerms::ReadOnly,
        };
        wasi.allow_blocking_current_thread(true);
        wasi.preopened_dir(&folder.path, "/", permission)?;
        let files = wasi.build().filesystem().clone();
        *open = Some(OpenFolder {
            files: files.clone(),
            identity,
        });
        Ok(files)
    }
}

impl Context {
    /// What the plugin has taken of its folder.
    pub(super) fn account(&self) -> Account<'_> {
        Account {
            quota: &self.files.quota,
            usage: &self.usage,
            limits: &self.limits,
        }
    }
}

/// What a folder is called by the system as long as it is open.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(folder: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(folder)?;
    Ok((metadata.dev(), metadata.ino()))
}

/// An open folder cannot be removed here.
#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(folder: &Path) -> io::Result<Identity> {
    std::fs::metadata(folder).map(|_| ())
}
