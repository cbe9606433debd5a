//! What a failed stream says about itself: a short text that is the same everywhere.
//!
//! wasmtime-wasi hands out what an error is for those who debug the host. With `RUST_BACKTRACE` that is a
//! backtrace of the host, which takes a third of a second to write, and differs from computer to computer.

use wasmtime::component::Resource;
use wasmtime::{Error, Result};
use wasmtime_wasi::p2::bindings::filesystem::types::ErrorCode;
use wasmtime_wasi::p2::bindings::io::error;

use super::files::Full;
use crate::run::RunState;

impl error::Host for RunState {}

impl error::HostError for RunState {
    fn to_debug_string(&mut self, error: Resource<Error>) -> Result<String> {
        Ok(text(self.table.get(&error)?))
    }

    fn drop(&mut self, error: Resource<Error>) -> Result<()> {
        self.table.delete(error)?;
        Ok(())
    }
}

/// An error's name in WASI. The system's own text is another one on another system.
fn text(error: &Error) -> String {
    if let Some(full) = error.downcast_ref::<Full>() {
        return full.to_string();
    }
    match error.downcast_ref::<std::io::Error>() {
        Some(error) => ErrorCode::from(error).name().to_owned(),
        None => "the stream has failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_by_its_name() {
        let error = std::io::Error::from(std::io::ErrorKind::NotFound);
        assert_eq!(text(&error.into()), "no-entry");
        let error = Error::msg("at 0x7ffc").context("while reading");
        assert_eq!(text(&error), "the stream has failed");
    }
}
