//! Lines on their way to a file that may be slow, full or gone: whoever makes them never waits.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes that wait to be written, at most.
const MOST: usize = 16 << 20;
/// Bytes that are worth writing at once.
const CHUNK: usize = 64 << 10;
/// Time between two attempts to write to a file that refuses.
const RETRY: Duration = Duration::from_secs(1);
/// Time between two requests to put a file on the disk.
const SYNC: Duration = Duration::from_secs(2);
/// Time between two messages about a file that refuses.
const TELL_AGAIN: Duration = Duration::from_secs(60);

/// The bounded queue between whoever makes lines and whoever writes them. Clones are the same queue.
#[derive(Clone, Debug)]
pub struct Spool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    most: usize,
}

#[derive(Debug, Default)]
struct Queue {
    bytes: Vec<u8>,
    urgent: bool,
    closed: bool,
}

impl Default for Spool {
    /// A queue of 16 MiB.
    fn default() -> Self {
        Self::with_room(MOST)
    }
}

impl Spool {
    /// A queue of this many bytes.
    pub fn with_room(most: usize) -> Self {
        Self(Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            most,
        }))
    }

    /// Adds a line. False, and not added, if there is no room for it.
    pub(crate) fn push(&self, line: &[u8], urgent: bool) -> bool {
        let mut queue = self.lock();
        let before = queue.bytes.len();
        let after = before + line.len();
        if after > self.0.most && before > 0 {
            return false;
        }
        queue.bytes.extend_from_slice(line);
        queue.urgent |= urgent;
        if urgent || (before < CHUNK && after >= CHUNK) {
            self.0.changed.notify_one();
        }
        true
    }

    /// Whether at least half of it is free.
    pub(crate) fn has_half(&self) -> bool {
        self.lock().bytes.len() <= self.0.most / 2
    }

    /// Whether there is something that should be written now.
    pub fn is_due(&self) -> bool {
        let queue = self.lock();
        queue.urgent || queue.bytes.len() >= CHUNK
    }

    /// Says that no more lines will come.
    pub fn close(&self) {
        self.lock().closed = true;
        self.0.changed.notify_one();
    }

    /// Whether no more lines will come.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Waits until something should be written, until no more lines will come, or for this time.
    pub fn wait(&self, time: Duration) {
        self.wait_while(time, |queue| {
            !(queue.urgent || queue.closed || queue.bytes.len() >= CHUNK)
        });
    }

    /// Waits until no more lines will come, or for this time.
    pub fn wait_closed(&self, time: Duration) {
        self.wait_while(time, |queue| !queue.closed);
    }

    fn wait_while(&self, time: Duration, wait: impl Fn(&Queue) -> bool) {
        let changed = &self.0.changed;
        // A poisoned lock is as good as any: no operation leaves the queue half changed.
        drop(changed.wait_timeout_while(self.lock(), time, |queue| wait(queue)));
    }

    /// Exchanges what waits for an empty buffer.
    fn take(&self, empty: &mut Vec<u8>) {
        let mut queue = self.lock();
        queue.urgent = false;
        std::mem::swap(&mut queue.bytes, empty);
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that can be put on the disk.
pub trait RecordingFile: Write {
    /// Returns when everything that was written is on the disk.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&mut self) -> io::Result<()>;
}

impl RecordingFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// What there is to say about a file.
#[derive(Debug)]
pub enum Trouble {
    /// It cannot be written; it is tried again every second.
    Failed(io::Error),
    /// It can be written again.
    Recovered,
}

/// The other end of a [`Spool`]: writes lines to a file, again and again if the file refuses.
///
/// A line that was cut by a refusal is completed later. Times are handed in: they are those of any
/// clock that does not go back.
#[derive(Debug)]
pub struct SpoolWriter<F> {
    spool: Spool,
    file: F,
    /// What was taken from the spool, of which `written` bytes are in the file.
    chunk: Vec<u8>,
    written: usize,
    /// Whether the file is put on the disk every few seconds.
    syncs: bool,
    synced: Duration,
    /// Whether something was written since.
    dirty: bool,
    /// When a file that refuses is tried again.
    retry: Option<Duration>,
    told: Option<Duration>,
    told_this: bool,
}

impl<F: RecordingFile> SpoolWriter<F> {
    /// Writes what is in the spool to a file; with `syncs`, puts it on the disk every two seconds.
    pub fn new(spool: Spool, file: F, syncs: bool) -> Self {
        Self {
            spool,
            file,
            chunk: Vec::new(),
            written: 0,
            syncs,
            synced: Duration::ZERO,
            dirty: false,
            retry: None,
            told: None,
            told_this: false,
        }
    }

    /// The spool.
    pub fn spool(&self) -> &Spool {
        &self.spool
    }

    /// Whether the file refuses to be written.
    pub fn is_failing(&self) -> bool {
        self.retry.is_some()
    }

    /// Bytes that are not in the file.
    pub fn unwritten(&self) -> usize {
        self.chunk.len() - self.written + self.spool.lock().bytes.len()
    }

    /// Writes what waits. What there is to say about it is said once for as long as a file refuses,
    /// and once a minute at most.
    pub fn pump(&mut self, now: Duration) -> Option<Trouble> {
        if self.retry.is_some_and(|retry| now < retry) {
            return None;
        }
        match self.write(now) {
            Ok(()) if self.retry.take().is_some() && self.told_this => Some(Trouble::Recovered),
            Ok(()) => None,
            Err(error) => {
                let begins = self.retry.replace(now + RETRY).is_none();
                if !begins {
                    return None;
                }
                self.told_this = self.told.is_none_or(|told| now >= told + TELL_AGAIN);
                if !self.told_this {
                    return None;
                }
                self.told = Some(now);
                Some(Trouble::Failed(error))
            }
        }
    }

    /// Writes what waits, whether or not the file has refused just before, and puts it on the disk.
    pub fn finish(&mut self, now: Duration) -> Option<Trouble> {
        if self.is_failing() {
            self.retry = Some(now);
        }
        // Whatever is dirty is due.
        self.synced = Duration::ZERO;
        self.pump(now.max(SYNC))
    }

    fn write(&mut self, now: Duration) -> io::Result<()> {
        loop {
            while self.written < self.chunk.len() {
                match self.file.write(&self.chunk[self.written..]) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(bytes) => {
                        self.written += bytes;
                        self.dirty = true;
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            self.written = 0;
            self.chunk.clear();
            self.spool.take(&mut self.chunk);
            if self.chunk.is_empty() {
                break;
            }
        }
        if self.syncs && self.dirty && now >= self.synced + SYNC {
            self.synced = now;
            self.file.sync()?;
            self.dirty = false;
        }
        Ok(())
    }
}
