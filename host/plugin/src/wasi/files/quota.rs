//! How much a plugin may have open in its folder, and leave there: all its runs together.

use std::any::Any;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;

use crate::config::Limits;
use crate::exceeded::Limit;
use crate::run::{Usage, bytes};

/// Each open file may be read and written at a time, about.
const STREAMS_PER_FILE: usize = 2;

/// What was too much. A guest sees it as the error "quota".
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Full(String);

impl From<Full> for wasmtime_wasi::p2::FsError {
    fn from(_: Full) -> Self {
        ErrorCode::Quota.into()
    }
}

/// Something that is open for as long as this is held.
pub(super) type Open = Arc<dyn Any + Send + Sync>;

/// What a plugin has taken of its folder.
#[derive(Debug, Default)]
pub(super) struct Quota {
    files: Mutex<Vec<Weak<dyn Any + Send + Sync>>>,
    streams: Mutex<Vec<Weak<dyn Any + Send + Sync>>>,
    /// Bytes that it has written.
    written: AtomicU64,
    /// Files that it has made and not removed again.
    made: AtomicU32,
}

/// The quota of a plugin, with its limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account<'a> {
    pub(super) quota: &'a Quota,
    pub(super) usage: &'a Usage,
    pub(super) limits: &'a Limits,
}

impl Account<'_> {
    /// A file or a folder is about to be opened.
    pub(super) fn may_open(self) -> Result<(), Full> {
        let most = self.limits.open_files;
        if count(&self.quota.files, most) < most {
            return Ok(());
        }
        Err(self.full(
            Limit::OpenFiles,
            format!("its runs have {most} files open, which is the most; another was not opened"),
        ))
    }

    /// It was opened.
    pub(super) fn opened(self, file: &Open) {
        note(&self.quota.files, file);
    }

    /// Something to be held by a stream that reads or writes a file.
    pub(super) fn stream(self) -> Result<Open, Full> {
        let most = self.limits.open_files.saturating_mul(STREAMS_PER_FILE);
        if count(&self.quota.streams, most) >= most {
            let message = format!(
                "its runs read and write files in {most} places, which is the most: \
                 {STREAMS_PER_FILE} for each that may be open"
            );
            return Err(self.full(Limit::OpenFiles, message));
        }
        let stream: Open = Arc::new(());
        note(&self.quota.streams, &stream);
        Ok(stream)
    }

    /// So many bytes are about to be written.
    pub(super) fn write(self, more: u64) -> Result<(), Full> {
        let most = self.limits.folder_bytes;
        let written = self.quota.written.load(Relaxed);
        let total = written.saturating_add(more);
        if total > most {
            let message = format!(
                "it has written {} to its folder since it was loaded and may write {}",
                bytes(usize::try_from(written).unwrap_or(usize::MAX)),
                bytes(usize::try_from(most).unwrap_or(usize::MAX)),
            );
            return Err(self.full(Limit::FolderBytes, message));
        }
        self.quota.written.store(total, Relaxed);
        Ok(())
    }

    /// A file, a folder or a link is about to be made.
    pub(super) fn make(self) -> Result<(), Full> {
        let most = self.limits.folder_files;
        let made = self.quota.made.load(Relaxed);
        if made >= most {
            let message = format!(
                "it has made {most} files in its folder since it was loaded, which is the most; \
                 those that it removes do not count"
            );
            return Err(self.full(Limit::FolderFiles, message));
        }
        self.quota.made.store(made + 1, Relaxed);
        Ok(())
    }

    /// It was removed, or was not made after all.
    pub(super) fn removed(self) {
        let made = self.quota.made.load(Relaxed);
        self.quota.made.store(made.saturating_sub(1), Relaxed);
    }

    /// Gives back what was taken for something that was not made after all.
    pub(super) fn made<T>(self, result: FsResult<T>) -> FsResult<T> {
        if let Err(error) = &result
            && error.downcast_ref().is_some()
        {
            self.removed();
        }
        result
    }

    fn full(self, limit: Limit, message: String) -> Full {
        Full(self.usage.exceed(limit, message))
    }
}

/// How many of them are open still. It is looked at only when there may be too many.
fn count(open: &Mutex<Vec<Weak<dyn Any + Send + Sync>>>, most: usize) -> usize {
    let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
    if open.len() >= most {
        open.retain(|open| open.strong_count() > 0);
    }
    open.len()
}

fn note(open: &Mutex<Vec<Weak<dyn Any + Send + Sync>>>, new: &Open) {
    let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
    open.push(Arc::downgrade(new));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_closed_or_removed_does_not_count() {
        let (quota, usage) = (Quota::default(), Usage::default());
        let limits = Limits {
            open_files: 2,
            folder_files: 1,
            ..Limits::default()
        };
        let account = Account {
            quota: &quota,
            usage: &usage,
            limits: &limits,
        };
        let mut files: Vec<Open> = Vec::new();
        for _ in 0..2 {
            account.may_open().unwrap();
            files.push(Arc::new(0));
            account.opened(&files[files.len() - 1]);
        }
        assert!(account.may_open().is_err());
        files.pop();
        account.may_open().unwrap();

        let streams: Vec<Open> = (0..4).map(|_| account.stream().unwrap()).collect();
        assert!(account.stream().is_err());
        drop(streams);
        account.stream().unwrap();

        account.make().unwrap();
        assert!(account.make().is_err());
        account.removed();
        account.removed();
        account.make().unwrap();
        assert!(account.make().is_err(), "others' files are not its own");
    }
}
