//! What all runs of one plugin share of its folder.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::metadata::Numbers;
use crate::policy::Folder;

/// The folder that a plugin was granted, if one was, and what it is told about files in it.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(super) folder: Option<Folder>,
    numbers: Mutex<Numbers>,
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
}
