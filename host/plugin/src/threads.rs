//! Starting threads, and the error if the system has none left.

use std::io;
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};

/// What to do if the system has no thread or process left, which is the end of each such error.
pub(crate) const REMEDY: &str = "raise the limit on processes and threads (`ulimit -u`, `TasksMax=` and \
    `LimitNPROC=` of systemd), or the one on address space (`ulimit -v`)";

/// Starts a thread with this name.
///
/// # Errors
///
/// If the system has no thread left; the error says what to do.
pub fn spawn_thread<T: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let thread = Builder::new().name(name.to_owned());
    thread.spawn(body).map_err(with_remedy)
}

/// Starts a thread that ends before the scope does.
pub(crate) fn spawn_scoped<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    body: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    let thread = Builder::new().name(name.to_owned());
    thread.spawn_scoped(scope, body).map_err(with_remedy)
}

/// An error of starting a thread or a process, with the remedy if one of them was too many.
pub(crate) fn with_remedy(error: io::Error) -> io::Error {
    match error.kind() {
        // How the system says that there are too many.
        kind @ io::ErrorKind::WouldBlock => io::Error::new(kind, format!("{error}; {REMEDY}")),
        _ => error,
    }
}
