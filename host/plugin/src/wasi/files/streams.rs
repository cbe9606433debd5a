//! Streams that read and write files, counted.

use std::sync::Arc;

use bytes::Bytes;
use wasmtime::component::Resource;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, FsResult, InputStream, OutputStream, Pollable, StreamError,
    StreamResult,
};

use super::quota::Open;
use crate::run::{Context, RunState};

/// Reads a file.
struct Reader {
    inner: DynInputStream,
    _open: Open,
}

/// Writes a file.
struct Writer {
    inner: DynOutputStream,
    /// What the first write makes the file larger by besides what it writes.
    hole: u64,
    context: Arc<Context>,
    _open: Open,
}

impl RunState {
    /// The stream, from now on counted.
    pub(super) fn counted_reader(
        &mut self,
        stream: Resource<DynInputStream>,
        open: Open,
    ) -> FsResult<Resource<DynInputStream>> {
        let inner = self.table.delete(stream)?;
        let reader: DynInputStream = Box::new(Reader { inner, _open: open });
        Ok(self.table.push(reader)?)
    }

    /// The stream, from now on counted with what goes through it.
    pub(super) fn counted_writer(
        &mut self,
        stream: Resource<DynOutputStream>,
        open: Open,
        hole: u64,
    ) -> FsResult<Resource<DynOutputStream>> {
        let inner = self.table.delete(stream)?;
        let context = self.context.clone();
        let writer: DynOutputStream = Box::new(Writer {
            inner,
            hole,
            context,
            _open: open,
        });
        Ok(self.table.push(writer)?)
    }
}

impl Writer {
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
}

#[async_trait]
impl Pollable for Reader {
    async fn ready(&mut self) {
        self.inner.ready().await;
    }
}

#[async_trait]
impl InputStream for Reader {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        self.inner.read(size)
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        self.inner.blocking_read(size).await
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

#[async_trait]
impl Pollable for Writer {
    async fn ready(&mut self) {
        self.inner.ready().await;
    }
}

#[async_trait]
impl OutputStream for Writer {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.count(bytes.len())?;
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.inner.check_write()
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.count(bytes.len())?;
        self.inner.blocking_write_and_flush(bytes).await
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}
