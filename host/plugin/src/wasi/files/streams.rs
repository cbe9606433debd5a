//! Streams that read and write regular files, on the spot.
//!
//! Every call does its work before it returns, on the thread that called it. wasmtime-wasi's own streams
//! hand non-blocking calls to another thread, and then a guest sees how far that thread has come.

use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use wasmtime::component::Resource;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::filesystem::Descriptor as Opened;
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, FsResult, InputStream, OutputStream, Pollable, StreamError,
    StreamResult,
};

use super::quota::Open;
use super::{Descriptor, position};
use crate::run::{Context, Control, Cost, RunState};

/// Bytes that one call reads or writes at most.
const MAX_CALL: usize = 64 << 10;

/// Reads a file from a position on.
struct Reader {
    file: Arc<File>,
    position: u64,
    /// Whether the end was reached, or reading has failed.
    closed: bool,
    control: Arc<Control>,
    _open: Open,
}

/// Writes a file.
struct Writer {
    file: Arc<File>,
    to: Place,
    /// Whether writing has failed.
    closed: bool,
    /// Bytes that the first write makes the file larger by, besides those that it writes.
    hole: u64,
    context: Arc<Context>,
    control: Arc<Control>,
    _open: Open,
}

/// The place in a file to which a stream writes next.
#[derive(Clone, Copy, Debug)]
enum Place {
    At(u64),
    End,
}

impl RunState {
    /// A stream that reads a file from this position on.
    pub(super) fn reader(
        &mut self,
        at: Descriptor,
        position: u64,
        open: Open,
    ) -> FsResult<Resource<DynInputStream>> {
        let file = match self.table.get(&at)? {
            Opened::File(file) => file.file.clone(),
            Opened::Dir(_) => return Err(ErrorCode::IsDirectory.into()),
        };
        let reader: DynInputStream = Box::new(Reader {
            file,
            position,
            closed: false,
            control: self.control.clone(),
            _open: open,
        });
        Ok(self.table.push(reader)?)
    }

    /// A stream that writes a file from this position on, or at its end if there is none. The first
    /// write makes the file larger by `hole` bytes besides.
    pub(super) fn writer(
        &mut self,
        at: Descriptor,
        position: Option<u64>,
        hole: u64,
        open: Open,
    ) -> FsResult<Resource<DynOutputStream>> {
        self.may_change(&at)?;
        let file = match self.table.get(&at)? {
            Opened::File(file) => file.file.clone(),
            Opened::Dir(_) => return Err(ErrorCode::BadDescriptor.into()),
        };
        let writer: DynOutputStream = Box::new(Writer {
            file,
            to: position.map_or(Place::End, Place::At),
            closed: false,
            hole,
            context: self.context.clone(),
            control: self.control.clone(),
            _open: open,
        });
        Ok(self.table.push(writer)?)
    }
}

#[async_trait]
impl Pollable for Reader {
    async fn ready(&mut self) {}
}

#[async_trait]
impl InputStream for Reader {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.closed {
            return Err(StreamError::Closed);
        }
        if size == 0 {
            return Ok(Bytes::new());
        }
        self.control.charge(Cost::File);
        let mut bytes = BytesMut::zeroed(size.min(MAX_CALL));
        let read = uninterrupted(|| position::read(&self.file, &mut bytes, self.position));
        match read {
            Ok(0) => {
                self.closed = true;
                Err(StreamError::Closed)
            }
            Ok(read) => {
                self.control.charge(Cost::Bytes(read));
                bytes.truncate(read);
                self.position += read as u64;
                Ok(bytes.freeze())
            }
            Err(error) => {
                self.closed = true;
                Err(StreamError::LastOperationFailed(error.into()))
            }
        }
    }
}

impl Writer {
    /// Counts bytes that are about to be written.
    fn count(&mut self, bytes: usize) -> StreamResult<()> {
        let account = self.context.account();
        account
            .write(self.hole.saturating_add(bytes as u64))
            .map_err(|full| StreamError::LastOperationFailed(full.into()))?;
        self.hole = 0;
        let (usage, tick) = (&self.context.usage, self.context.clock.tick().number);
        let counted = usage.hand_over(tick, bytes, &self.context.limits);
        counted.map_err(|message| StreamError::trap(&message))
    }

    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = uninterrupted(|| match self.to {
                Place::At(position) => position::write(&self.file, bytes, position),
                Place::End => position::append(&self.file, bytes),
            })?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            if let Place::At(position) = &mut self.to {
                *position += written as u64;
            }
            bytes = &bytes[written..];
        }
        Ok(())
    }
}

#[async_trait]
impl Pollable for Writer {
    async fn ready(&mut self) {}
}

#[async_trait]
impl OutputStream for Writer {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if self.closed {
            return Err(StreamError::Closed);
        }
        if bytes.len() > MAX_CALL {
            return Err(StreamError::trap(
                "more was written than `check-write` allows",
            ));
        }
        self.control.charge(Cost::File);
        self.control.charge(Cost::Bytes(bytes.len()));
        self.count(bytes.len())?;
        self.write_all(&bytes).map_err(|error| {
            self.closed = true;
            StreamError::LastOperationFailed(error.into())
        })
    }

    /// The system writes to the disk when it sees fit.
    fn flush(&mut self) -> StreamResult<()> {
        match self.closed {
            true => Err(StreamError::Closed),
            false => Ok(()),
        }
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        match self.closed {
            true => Err(StreamError::Closed),
            false => Ok(MAX_CALL),
        }
    }
}

/// Repeats a call of the system for as long as a signal interrupts it.
fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_comes_after_what_others_have_appended() {
        let file = tempfile::tempfile().unwrap();
        let other = file.try_clone().unwrap();
        position::write(&file, b"one", 0).unwrap();
        for (file, bytes) in [(&other, b"two"), (&file, b"tri"), (&other, b"for")] {
            assert_eq!(position::append(file, bytes).unwrap(), 3);
        }
        let mut bytes = [0; 20];
        let read = position::read(&file, &mut bytes, 3).unwrap();
        assert_eq!(&bytes[..read], b"twotrifor");
        assert_eq!(position::read(&file, &mut bytes, 12).unwrap(), 0);
    }
}
