//! Telling a guest that was pre-empted from one that waits for a file.
//!
//! A run's future is pending for one of three reasons. It has asked the scheduler for something;
//! it was pre-empted, and has woken itself; or the host reads or writes a granted folder for it on
//! another thread. Only the last one is waited for here: a file is read on the tick's time, so that
//! a run does the same whatever the disk's speed is, even if the thread is done before this one has
//! looked.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use super::control::Control;

/// Polls a run's future until it is over, has asked, or was pre-empted.
pub(crate) struct Poller {
    wakeup: Arc<Wakeup>,
    waker: Waker,
}

#[derive(Default)]
struct Wakeup {
    woken: AtomicBool,
    /// Whether that was the thread that polls, as it is when the future was pre-empted.
    by_itself: AtomicBool,
    /// The thread that polls, see [`here`].
    polls: AtomicUsize,
    /// The thread that waits.
    thread: Mutex<Option<Thread>>,
}

impl Poller {
    pub(crate) fn new() -> Self {
        let wakeup = Arc::new(Wakeup::default());
        Self {
            waker: Waker::from(wakeup.clone()),
            wakeup,
        }
    }

    /// A future that has panicked must not be polled again.
    pub(crate) fn poll<F: Future + ?Sized>(
        &self,
        control: &Control,
        mut future: Pin<&mut F>,
    ) -> Poll<Result<F::Output, Panicked>> {
        loop {
            self.wakeup.begin();
            let mut context = Context::from_waker(&self.waker);
            // What the host does for a guest may panic; that is the end of this run and no other.
            let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context)));
            let poll = match poll {
                Ok(poll) => poll.map(Ok),
                Err(panic) => return Poll::Ready(Err(Panicked::new(&*panic))),
            };
            let by_itself = self.wakeup.by_itself.load(Ordering::Relaxed);
            if poll.is_ready() || control.asking() || by_itself {
                return poll;
            }
            self.wakeup.wait();
        }
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

impl Wakeup {
    /// This thread polls from now on.
    fn begin(&self) {
        self.woken.store(false, Ordering::Relaxed);
        self.by_itself.store(false, Ordering::Relaxed);
        self.polls.store(here(), Ordering::Relaxed);
    }

    fn wait(&self) {
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::thread::current());
        while !self.woken.load(Ordering::Acquire) {
            std::thread::park();
        }
    }
}

impl Wake for Wakeup {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.polls.load(Ordering::Relaxed) == here() {
            self.by_itself.store(true, Ordering::Relaxed);
        }
        self.woken.store(true, Ordering::Release);
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            thread.unpark();
        }
    }
}

/// What tells this thread from all others that live.
fn here() -> usize {
    thread_local!(static HERE: Cell<u8> = const { Cell::new(0) });
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::time::Duration;

    use super::super::control::Meter;
    use super::*;

    #[test]
    fn a_future_that_wakes_itself_was_preempted() {
        let future = pin!(poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        }));
        assert!(
            Poller::new()
                .poll(&Control::new(Meter::Fuel(1)), future)
                .is_pending()
        );
    }

    #[test]
    fn a_future_that_waits_for_another_thread_is_waited_for() {
        let (mut thread, mut polls) = (None, 0);
        let future = pin!(poll_fn(|context| {
            polls += 1;
            if polls == 2 {
                return Poll::Ready("read");
            }
            let waker = context.waker().clone();
            thread = Some(std::thread::spawn(move || {
                std::thread::park_timeout(Duration::from_millis(1));
                waker.wake();
            }));
            Poll::Pending
        }));
        let poll = Poller::new().poll(&Control::new(Meter::Fuel(1)), future);
        assert_eq!(poll, Poll::Ready(Ok("read")));
        thread.unwrap().join().unwrap();
    }

    #[test]
    fn a_thread_that_is_done_at_once_is_no_preemption() {
        let mut polls = 0;
        let future = pin!(poll_fn(|context| {
            polls += 1;
            if polls == 2 {
                return Poll::Ready("read");
            }
            let waker = context.waker().clone();
            std::thread::spawn(move || waker.wake()).join().unwrap();
            Poll::Pending
        }));
        let poll = Poller::new().poll(&Control::new(Meter::Fuel(1)), future);
        assert_eq!(poll, Poll::Ready(Ok("read")));
    }
}
