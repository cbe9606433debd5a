//! What all runs of one plugin share of its folder.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wasmtime::component::Resource;
use wasmtime_wasi::FsPerms;
use wasmtime_wasi::filesystem::{Descriptor as Opened, Dir, OpenMode};
use wasmtime_wasi::p2::bindings::filesystem::preopens;

use super::metadata::Numbers;
use super::quota::{Account, Quota};
use crate::folder::Folder;
use crate::run::{Context, RunState};

/// The folder that a plugin was granted, if one was, and what it has done with it.
///
/// It is one handle for all runs: its path is never looked at again, and the system lets a process have
/// only so many.
#[derive(Default)]
pub(crate) struct Files {
    root: Option<Dir>,
    numbers: Mutex<Numbers>,
    quota: Quota,
}

impl Files {
    /// With a folder that is open.
    ///
    /// # Errors
    ///
    /// If the process may have no more files open.
    pub(crate) fn new(folder: Option<Folder>) -> io::Result<Self> {
        let root = match folder.as_ref().and_then(Folder::handle) {
            Some(handle) => Some(handle.try_clone()?),
            None => None,
        };
        let (permission, mode) = match folder.as_ref().is_some_and(|folder| folder.write) {
            true => (FsPerms::ReadWrite, OpenMode::READ | OpenMode::WRITE),
            false => (FsPerms::ReadOnly, OpenMode::READ),
        };
        Ok(Self {
            root: root.map(|root| Dir::new(root, permission, mode, true)),
            ..Self::default()
        })
    }

    pub(super) fn numbers(&self) -> MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl preopens::Host for RunState {
    fn get_directories(&mut self) -> wasmtime::Result<Vec<(Resource<Opened>, String)>> {
        let Some(root) = self.context.files.root.clone() else {
            return Ok(Vec::new());
        };
        let root = self.keep(Opened::Dir(root))?;
        Ok(vec![(root, "/".to_owned())])
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
