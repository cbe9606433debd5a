//! Where components are compiled, and how much that may take.
//!
//! Compiling what somebody else has made is the one step of a load that has no bound of its own:
//! what it takes grows faster than the component for some of them, and a bug of the compiler can end
//! the process. A [`CompilerProcess`] bounds it. It is this program once more, which limits itself
//! before it reads anything ([`compile_worker`]), compiles one component and hands the code back.
//!
//! ```text
//!  host                                   child
//!  spawn, stdin ── settings, limits ────▶ setrlimit, nice
//!               ── component ───────────▶ compile
//!  deserialize ◀── code or error ──────── stdout
//!  kill at the deadline, or if canceled   exit at the end of stdin: the host is gone
//! ```

mod process;
mod wire;
mod worker;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use rayon::ThreadPoolBuilder;

pub(crate) use process::Compiled;
pub(crate) use wire::Settings;
pub use worker::compile_worker;

/// Where components are compiled.
#[derive(Clone, Debug, Default)]
pub enum Compiler {
    /// In this process. What that takes is bounded only by what a component may contain, and a crash
    /// of the compiler is a crash of this process.
    #[default]
    Inside,
    /// In a process of its own for each, which is limited.
    Process(CompilerProcess),
}

/// The program that compiles, and what it may use.
#[derive(Clone, Debug)]
pub struct CompilerProcess {
    /// The program. It has to be of the same version as this one.
    pub program: PathBuf,
    /// The arguments with which the program calls [`compile_worker`].
    pub arguments: Vec<OsString>,
    /// What it may use for one component.
    pub limits: CompileLimits,
}

/// What compiling one component may use.
#[derive(Clone, Copy, Debug)]
pub struct CompileLimits {
    /// Processor time, all threads together, in whole seconds, for any component,
    pub time: Duration,
    /// and so much more for each MiB of it.
    pub time_per_mebibyte: Duration,
    /// Address space, in bytes.
    pub memory: u64,
}

impl Default for CompileLimits {
    /// Some ten times what plugins of all languages have been seen to take on a small computer.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            time_per_mebibyte: Duration::from_secs(15),
            memory: 4 << 30,
        }
    }
}

impl CompileLimits {
    /// Processor time for a component of so many bytes, in whole seconds.
    fn seconds(&self, bytes: usize) -> u64 {
        let mebibytes = u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX);
        let more = self.time_per_mebibyte.saturating_mul(mebibytes);
        let time = self.time.saturating_add(more);
        time.as_secs().max(1)
    }
}

/// Why a process did not compile a component that may be all right.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileFailure {
    /// It used up its processor time.
    #[error(
        "compiling it took more than {seconds} s of processor time, the limit for its size; split \
         its largest functions, or build it with less inlining"
    )]
    Time {
        /// The limit.
        seconds: u64,
    },
    /// It was not done in real time.
    #[error(
        "compiling it was not done after {seconds} s; if this computer was busy with something else, \
         try again, otherwise split its largest functions"
    )]
    Deadline {
        /// The limit.
        seconds: u64,
    },
    /// It used up its memory.
    #[error(
        "compiling it took more than {} MiB of memory, the limit; split its largest functions, or \
         build it with less inlining", bytes >> 20
    )]
    Memory {
        /// The limit.
        bytes: u64,
    },
    /// It ended without an answer.
    #[error("the compiler crashed ({0}); the component is refused, and the host is unharmed")]
    Crashed(String),
    /// It did not begin.
    #[error("the compiler, which is this program once more, could not be started: {0}")]
    NotStarted(String),
    /// Whoever wanted it has taken that back.
    #[error("loading it was canceled")]
    Canceled,
}

/// Takes back that something is loaded. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// From now on it is not wanted any more: a process that compiles it is ended.
    pub fn cancel(&self) {
        self.0.store(true, Relaxed);
    }

    /// Whether it is not wanted any more.
    pub fn is_canceled(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// Calls what compiles, in as many threads as the system has for it, and in this one alone if it has none.
/// Without a pool around it the compiler makes one itself, and panics if it cannot.
pub(crate) fn in_pool<T: Send>(compile: impl FnOnce() -> T + Send) -> io::Result<T> {
    if rayon::current_thread_index().is_some() {
        return Ok(compile());
    }
    let many = ThreadPoolBuilder::new().build();
    let pool = many.or_else(|_| {
        let this_thread = ThreadPoolBuilder::new().num_threads(1).use_current_thread();
        this_thread.build()
    });
    Ok(pool.map_err(io::Error::other)?.install(compile))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_components_may_take_longer() {
        let limits = CompileLimits::default();
        assert_eq!(limits.seconds(1), 45);
        assert_eq!(limits.seconds(18 << 20), 300);
        let none = CompileLimits {
            time: Duration::ZERO,
            time_per_mebibyte: Duration::ZERO,
            ..limits
        };
        assert_eq!(none.seconds(1 << 30), 1);
    }
}
