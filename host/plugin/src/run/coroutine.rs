//! The coroutine of one run inside a component.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;
use std::time::Duration;

use gantry_scheduler::{Answer, Coroutine, FutureCoroutine, Mailbox, Step, Tick};

use super::control::Control;
use super::graveyard::{Graveyard, Remains, RunFuture};
use super::share::{Share, crumb};
use super::waker::Poller;
use crate::config::{Budget, Limits};
use crate::plugin::Counters;

/// Advances the future of one component call, and stops it at the end of its slice.
pub(crate) struct WasmCoroutine {
    inner: FutureCoroutine,
    /// Shared with `inner`, so that the future can be taken out of it.
    future: Rc<RefCell<Option<RunFuture>>>,
    control: Arc<Control>,
    limits: Limits,
    counters: Arc<Counters>,
    graveyard: Arc<Graveyard>,
    share: Arc<Share>,
    /// Nominal length of a tick.
    period: Duration,
    /// Whether it has used up its last slice.
    greedy: bool,
    /// The tick that the present slice belongs to.
    tick: Option<u64>,
    /// The present slice.
    slice: Budget,
    /// An answer that came when the slice was used up.
    kept: Option<Answer>,
}

impl WasmCoroutine {
    pub(crate) fn new(
        future: RunFuture,
        mailbox: Arc<Mailbox>,
        control: Arc<Control>,
        limits: Limits,
        counters: Arc<Counters>,
        graveyard: Arc<Graveyard>,
        (share, period): (Arc<Share>, Duration),
    ) -> Self {
        let future = Rc::new(RefCell::new(Some(future)));
        let inner = FutureCoroutine::new(mailbox, {
            let (future, control, poller) = (future.clone(), control.clone(), Poller::new());
            poll_fn(move |_| match future.borrow_mut().as_mut() {
                Some(future) => poller.poll(&control, future.as_mut()),
                None => Poll::Ready(Err("the run was dropped".to_owned())),
            })
        });
        let (tick, kept) = (None, None);
        Self {
            inner,
            future,
            control,
            limits,
            counters,
            graveyard,
            share,
            period,
            greedy: false,
            tick,
            slice: limits.slice,
            kept,
        }
    }

    /// Goes on until the guest asks, ends or has used up its budget.
    fn advance(&mut self, tick: Tick, mut answer: Answer) -> Step {
        loop {
            match self.inner.resume(tick, answer) {
                Step::Preempted if self.control.interrupted() => answer = Answer::Continue,
                Step::Finished(result) => {
                    let counter = match result {
                        Ok(_) => &self.counters.completed,
                        Err(_) => &self.counters.failed,
                    };
                    counter.fetch_add(1, Relaxed);
                    return Step::Finished(result);
                }
                Step::Preempted => {
                    self.counters.preempted.fetch_add(1, Relaxed);
                    self.share.take(tick.number, self.slice);
                    self.greedy = true;
                    return Step::Preempted;
                }
                asked => {
                    self.greedy = false;
                    return asked;
                }
            }
        }
    }
}

impl Coroutine for WasmCoroutine {
    fn resume(&mut self, tick: Tick, answer: Answer) -> Step {
        if answer == Answer::Canceled {
            if !self.control.canceled() {
                self.control.cancel();
                self.slice = match self.greedy && !self.share.is_left(tick.number, self.period) {
                    true => crumb(self.limits.cleanup),
                    false => self.limits.cleanup,
                };
                self.control.begin(self.slice, u32::MAX);
                self.kept = None;
            } else if self.control.used_up() {
                return Step::Preempted;
            }
            return self.advance(tick, Answer::Canceled);
        }
        // What a cleanup asks for is answered out of the cleanup's own budget.
        if self.tick != Some(tick.number) && !self.control.canceled() {
            self.tick = Some(tick.number);
            let left = self.share.is_left(tick.number, self.period);
            if self.greedy && !left {
                // It goes on in a tick in which fewer of its kind were before it.
                self.control.begin_nothing();
            } else {
                self.slice = match left {
                    true => self.limits.slice,
                    false => crumb(self.limits.slice),
                };
                self.control
                    .begin(self.slice, self.limits.requests_per_tick);
            }
        }
        let answer = match (self.kept.take(), answer) {
            (Some(kept), Answer::Continue) => kept,
            (_, answer) => answer,
        };
        if self.control.used_up() {
            self.counters.preempted.fetch_add(1, Relaxed);
            if answer != Answer::Continue {
                self.kept = Some(answer);
            }
            return Step::Preempted;
        }
        self.advance(tick, answer)
    }
}

impl Drop for WasmCoroutine {
    fn drop(&mut self) {
        // Unmapping a store takes longer than the tick should wait.
        if let Ok(mut future) = self.future.try_borrow_mut()
            && let Some(future) = future.take()
        {
            self.graveyard.bury(Remains::Future(future));
        }
    }
}
