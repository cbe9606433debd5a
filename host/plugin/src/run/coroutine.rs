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
use super::poll::poll;
use super::share::{Conduct, Share, least};
use super::turns::{Waiting, WaitingSince};
use super::usage::LiveRun;
use crate::config::{Budget, Limits};
use crate::plugin::Counters;

/// The part of a period that a plugin's canceled runs may take to clean up, when its runs have used
/// up what they may take of the tick.
const CLEANUP_PART: u32 = 4;

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
    conduct: Conduct,
    /// The tick that the present slice belongs to.
    tick: Option<u64>,
    /// The present slice.
    slice: Budget,
    /// An answer that came when the slice was used up.
    kept: Option<Answer>,
    /// Since when it is put off because its plugin has computed for long enough.
    waiting_since: WaitingSince,
    /// How long it computed in the last tick in which it was not.
    need: Duration,
    /// Counts it as live.
    live: LiveRun,
}

impl WasmCoroutine {
    pub(crate) fn new(
        future: RunFuture,
        mailbox: Arc<Mailbox>,
        (control, panicked): (Arc<Control>, impl Fn(&str) + 'static),
        limits: Limits,
        counters: Arc<Counters>,
        graveyard: Arc<Graveyard>,
        (share, period, live): (Arc<Share>, Duration, LiveRun),
    ) -> Self {
        let future = Rc::new(RefCell::new(Some(future)));
        let inner = FutureCoroutine::new(mailbox, {
            let future = future.clone();
            poll_fn(move |_| match future.borrow_mut().as_mut() {
                Some(future) => poll(future.as_mut()).map(|result| {
                    result.unwrap_or_else(|panic| {
                        let message = panic.to_string();
                        panicked(&message);
                        Err(message)
                    })
                }),
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
            conduct: Conduct::of(live.id()),
            tick,
            slice: limits.slice,
            kept,
            waiting_since: WaitingSince::default(),
            need: limits.slice.time,
            live,
        }
    }

    /// Goes on until the guest asks, ends or has used up its budget.
    fn advance(&mut self, tick: Tick, answer: Answer) -> Step {
        let stopwatch = self.control.stopwatch();
        let step = self.advance_unmeasured(tick, answer);
        let time = self.control.elapsed(stopwatch);
        self.need += time;
        self.live.usage().computed(tick.number, time);
        step
    }

    fn advance_unmeasured(&mut self, tick: Tick, mut answer: Answer) -> Step {
        loop {
            let step = self.inner.resume(tick, answer);
            match step {
                Step::Preempted if self.interrupted() => answer = Answer::Continue,
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
                    self.conduct.overran(&self.share, tick.number, self.slice);
                    return Step::Preempted;
                }
                asked => {
                    self.conduct.asked();
                    if self.control.asked_too_often() {
                        self.overran_asking(tick);
                    }
                    return asked;
                }
            }
        }
    }

    /// The guest was interrupted by the meter: whether it may go on at once.
    fn interrupted(&self) -> bool {
        let before = self.control.fuel();
        let goes_on = self.control.interrupted();
        let used = self.control.fuel() - before;
        self.counters.fuel.fetch_add(used, Relaxed);
        goes_on
    }

    /// Whether its plugin has something left of this tick for it.
    fn admitted(&mut self, tick: u64) -> bool {
        let waiting = Waiting {
            run: self.live.id(),
            since: self.waiting_since.since(tick),
            need: self.need,
        };
        let most = self.limits.time_per_tick(self.period);
        let admitted = self.live.usage().admit(tick, waiting, most);
        if admitted {
            self.need = Duration::ZERO;
        } else {
            self.waiting_since.put_off(tick);
        }
        admitted
    }

    fn overran_asking(&mut self, tick: Tick) {
        let (share, slice) = (&self.share, self.slice);
        self.conduct.overran_asking(share, tick.number, slice);
    }

    /// Keeps the answer for a later tick.
    fn put_off(&mut self, answer: Answer) -> Step {
        self.counters.preempted.fetch_add(1, Relaxed);
        if answer != Answer::Continue {
            self.kept = Some(answer);
        }
        Step::Preempted
    }
}

impl Coroutine for WasmCoroutine {
    fn resume(&mut self, tick: Tick, answer: Answer) -> Step {
        if answer == Answer::Canceled {
            if !self.control.canceled() {
                self.control.cancel();
                let (share, period) = (&self.share, self.period);
                let most = self.limits.time_per_tick(period) + period / CLEANUP_PART;
                let left = self.live.usage().left(tick.number, most);
                if left.is_zero() {
                    return Step::Preempted;
                }
                let cleanup = least(self.limits.cleanup, left);
                self.slice = self.conduct.cleanup(share, tick.number, period, cleanup);
                self.control.begin(self.slice, u32::MAX);
                self.kept = None;
            } else if self.control.used_up() {
                self.share.take(tick.number, self.slice);
                return Step::Preempted;
            }
            return self.advance(tick, Answer::Canceled);
        }
        // What a cleanup asks for is answered out of the cleanup's own budget.
        let has_turns = !self.control.canceled();
        let is_first = self.tick.replace(tick.number) != Some(tick.number);
        if has_turns && is_first {
            if !self.admitted(tick.number) {
                return self.put_off(answer);
            }
            let (share, period, slice) = (&self.share, self.period, self.limits.slice);
            let Some(slice) = self.conduct.slice(share, tick.number, period, slice) else {
                return self.put_off(answer);
            };
            self.slice = slice;
            self.control.begin(slice, self.limits.requests_per_tick);
        }
        let answer = match (self.kept.take(), answer) {
            (Some(kept), Answer::Continue) => kept,
            (_, answer) => answer,
        };
        if self.control.used_up() {
            self.overran_asking(tick);
            return self.put_off(answer);
        }
        // It had its turn in this tick, but others have used up what there was meanwhile.
        if has_turns && !is_first {
            let most = self.limits.time_per_tick(self.period);
            if !self.live.usage().has_left(tick.number, most) {
                return self.put_off(answer);
            }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::super::control::{Alarm, Meter};
    use super::super::usage::Usage;
    use super::*;

    const PERIOD: Duration = Duration::from_millis(20);
    const QUANTUM: u64 = 100_000;

    fn control() -> Arc<Control> {
        Arc::new(Control::new(Meter::Fuel(QUANTUM, Alarm::default())))
    }

    /// Runs with one share whose quanta are counted.
    struct Crowd {
        runs: Vec<WasmCoroutine>,
        quanta: Vec<Arc<AtomicU32>>,
        ticks: u64,
    }

    impl Crowd {
        /// Runs that compute for so many quanta and end.
        fn new(works: &[u32]) -> Self {
            let (share, usage) = (Arc::new(Share::default()), Arc::new(Usage::default()));
            let quanta: Vec<_> = works.iter().map(|_| Arc::default()).collect();
            let run = |(id, (work, quanta)): (usize, (&u32, &Arc<AtomicU32>))| {
                let (id, work, quanta) = (id as u64, *work, quanta.clone());
                let future = Box::pin(poll_fn(move |context| {
                    if quanta.fetch_add(1, Relaxed) + 1 >= work {
                        return Poll::Ready(Ok(None));
                    }
                    // As a guest does that is out of fuel.
                    context.waker().wake_by_ref();
                    Poll::Pending
                }));
                WasmCoroutine::new(
                    future,
                    Arc::default(),
                    (control(), |_: &str| ()),
                    Limits::default(),
                    Arc::default(),
                    Arc::default(),
                    (share.clone(), PERIOD, usage.enter(id, u32::MAX).unwrap()),
                )
            };
            Self {
                runs: works.iter().zip(&quanta).enumerate().map(run).collect(),
                quanta,
                ticks: 0,
            }
        }

        fn used(&self) -> u32 {
            self.quanta.iter().map(|quanta| quanta.load(Relaxed)).sum()
        }

        /// Resumes those that have not ended, in order. Returns the quanta of it.
        fn tick(&mut self) -> u32 {
            let before = self.used();
            let answer = match self.ticks {
                0 => Answer::Start,
                _ => Answer::Continue,
            };
            let tick = Tick {
                number: self.ticks,
                time: PERIOD * self.ticks as u32,
            };
            self.runs
                .retain_mut(|run| matches!(run.resume(tick, answer.clone()), Step::Preempted));
            self.ticks += 1;
            self.used() - before
        }

        fn cancel(&mut self) -> u32 {
            let before = self.used();
            let tick = Tick {
                number: self.ticks - 1,
                time: PERIOD * self.ticks as u32,
            };
            for run in &mut self.runs {
                assert!(matches!(
                    run.resume(tick, Answer::Canceled),
                    Step::Preempted
                ));
            }
            self.used() - before
        }
    }

    #[test]
    fn twenty_that_never_yield_take_a_quarter_of_the_tick_in_turns() {
        let mut crowd = Crowd::new(&[u32::MAX; 20]);
        // A quarter of the period is 25 quanta and is overdrawn by less than a slice of ten.
        assert_eq!(crowd.tick(), 3 * 10 + 17, "each is started");
        for tick in 1..50 {
            let used = crowd.tick();
            assert!(used <= 3 * 10, "{used} in tick {tick}");
        }
        let turns: Vec<_> = crowd.quanta.iter().map(|q| q.load(Relaxed) / 10).collect();
        let (least, most) = (turns.iter().min(), turns.iter().max());
        assert!(least >= Some(&7) && most <= Some(&9), "{turns:?}");
        // The share of this tick is used up by slices already.
        assert_eq!(crowd.cancel(), 20);
    }

    #[test]
    fn one_that_ends_comes_to_its_end_among_twenty_that_do_not() {
        let mut works = [u32::MAX; 21];
        works[20] = 9;
        let mut crowd = Crowd::new(&works);
        for _ in 0..10 {
            crowd.tick();
        }
        assert_eq!(crowd.runs.len(), 20);
    }

    #[test]
    fn one_alone_has_its_slice_in_every_tick() {
        let mut crowd = Crowd::new(&[u32::MAX; 2]);
        for _ in 0..10 {
            assert_eq!(crowd.tick(), 20);
        }
    }
}
