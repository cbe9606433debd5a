//! Standard input is empty; standard output and error go to the log, line by line.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use wasmtime::Result;
use wasmtime::component::Resource;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::bindings::cli::{stderr, stdin, stdout};
use wasmtime_wasi::p2::pipe::ClosedInputStream;
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, OutputStream, Pollable, StreamError, StreamResult,
};

use crate::log::{RunLog, Stream};
use crate::run::{Context, Control, Cost, RunState};

/// The most bytes that one write may carry.
const MAX_WRITE: usize = 64 << 10;

/// An output stream that ends in the log.
struct LogStream {
    log: Arc<Mutex<RunLog>>,
    context: Arc<Context>,
    control: Arc<Control>,
    stream: Stream,
}

#[async_trait]
impl Pollable for LogStream {
    async fn ready(&mut self) {}
}

impl OutputStream for LogStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if bytes.len() > MAX_WRITE {
            return Err(StreamError::trap(
                "more was written than `check-write` allows",
            ));
        }
        self.control.charge(Cost::Bytes(bytes.len()));
        let (context, tick) = (&self.context, self.context.clock.tick().number);
        let counted = context.usage.hand_over(tick, bytes.len(), &context.limits);
        counted.map_err(|message| StreamError::trap(&message))?;
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.output(tick, self.stream, &bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_WRITE)
    }
}

impl RunState {
    fn log_stream(&mut self, stream: Stream) -> Result<Resource<DynOutputStream>> {
        let stream: DynOutputStream = Box::new(LogStream {
            log: self.log.clone(),
            context: self.context.clone(),
            control: self.control.clone(),
            stream,
        });
        self.keep(stream)
    }
}

impl stdin::Host for RunState {
    fn get_stdin(&mut self) -> Result<Resource<DynInputStream>> {
        let stream: DynInputStream = Box::new(ClosedInputStream);
        self.keep(stream)
    }
}

impl stdout::Host for RunState {
    fn get_stdout(&mut self) -> Result<Resource<DynOutputStream>> {
        self.log_stream(Stream::Out)
    }
}

impl stderr::Host for RunState {
    fn get_stderr(&mut self) -> Result<Resource<DynOutputStream>> {
        self.log_stream(Stream::Err)
    }
}
