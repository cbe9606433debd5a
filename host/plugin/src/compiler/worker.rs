//! The process that compiles one component.

use std::io::{self, Read as _};
use std::process::ExitCode;

use super::wire::{self, Answer, Order};
use crate::load::MAX_COMPONENT_BYTES;
use crate::threads::spawn_thread;

/// The most bytes of an error's message.
const MAX_ERROR: usize = 4 << 10;

/// Compiles the component on standard input and writes the code to standard output, for the host
/// that has started this process as its [`CompilerProcess`](super::CompilerProcess). To be called
/// before anything else is done, and followed by the end of the process: it limits itself.
pub fn compile_worker() -> ExitCode {
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be gone, and there is nowhere else to say it.
            let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("{error}\n"));
            ExitCode::FAILURE
        }
    }
}

fn work() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let order: Order = wire::receive(&mut input)?;
    limit(&order)?;
    // What it becomes in pieces may be larger than what a plugin's file may be.
    let component = wire::receive_bytes(&mut input, 4 * MAX_COMPONENT_BYTES as u64)?;
    drop(input);
    end_with_the_host()?;

    let engine = crate::engine::for_code(&order.settings).map_err(io::Error::other)?;
    let configuration = crate::cache::configuration(&engine);
    let compiled = super::in_pool(|| engine.precompile_component(&component))?;
    let (code, error) = match compiled {
        Ok(code) => (code, None),
        Err(error) => {
            let mut error = format!("{error:#}");
            error.truncate(error.floor_char_boundary(MAX_ERROR));
            (Vec::new(), Some(error))
        }
    };
    let answer = Answer {
        configuration,
        error,
    };
    wire::send(&answer, &code, &mut io::stdout().lock())
}

/// Nothing follows on standard input: it ends when the host has the answer, or is gone.
fn end_with_the_host() -> io::Result<()> {
    let wait = || {
        let _ = io::stdin().lock().read(&mut [0]);
        std::process::exit(1);
    };
    spawn_thread("host", wait)?;
    Ok(())
}

/// Limits this process, so that whatever it reads afterwards cannot take more. A hard limit is one
/// that it cannot raise again.
#[cfg(unix)]
fn limit(order: &Order) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};

    let set = |resource, most: u64| {
        // Not more than there was.
        let before = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        let most = Some(most.min(before));
        setrlimit(
            resource,
            Rlimit {
                current: most,
                maximum: most,
            },
        )
    };
    // With both the same, the signal could not be told from one that somebody has sent.
    let before = getrlimit(Resource::Cpu).maximum.unwrap_or(u64::MAX);
    setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(order.seconds.min(before)),
            maximum: Some(order.seconds.saturating_add(1).min(before)),
        },
    )?;
    set(Resource::Core, 0)?;
    set(Resource::Fsize, 0)?;
    set(Resource::Nofile, 16)?;
    // Where there is no such limit, the others have to do.
    #[cfg(not(target_os = "openbsd"))]
    if cfg!(not(target_vendor = "apple")) {
        set(Resource::As, order.memory)?;
    }
    if order.background {
        // Less may have been allowed: it is not needed for the limits.
        let _ = nice(10);
    }
    Ok(())
}

#[cfg(not(unix))]
fn limit(_: &Order) -> io::Result<()> {
    Ok(())
}
