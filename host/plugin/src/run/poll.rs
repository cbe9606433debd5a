//! One poll of a run's future, which contains panics of the host.
//!
//! Nothing that a run does waits for another thread: its future is pending if it has asked the scheduler for
//! something, or if it was pre-empted.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Polls a run's future once. A future that has panicked must not be polled again.
pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<Result<F::Output, Panicked>> {
    let mut context = Context::from_waker(Waker::noop());
    // What the host does for a guest may panic; that is the end of this run and no other.
    match catch_unwind(AssertUnwindSafe(|| future.poll(&mut context))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(Panicked::new(&*panic))),
    }
}

/// The host has panicked in a call of a guest.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the host panicked in a call of this run: {0}")]
pub(crate) struct Panicked(String);

impl Panicked {
    fn new(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self(text.unwrap_or("no message").to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;

    use super::*;

    #[test]
    fn a_panic_is_the_end_of_the_future() {
        let future = pin!(poll_fn(|_| -> Poll<()> { panic!("no such channel") }));
        let Poll::Ready(Err(panicked)) = poll(future) else {
            panic!("it goes on");
        };
        assert_eq!(
            panicked.to_string(),
            "the host panicked in a call of this run: no such channel"
        );
    }
}
