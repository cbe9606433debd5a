//! A plugin that keeps failing is set aside for a while, and longer each time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gantry_scheduler::{Overruns, Supplier};

use crate::config::QuarantineLimits;

/// The most bytes of a failure's message that are repeated.
const MAX_CAUSE: usize = 160;

/// What became of a plugin that failed too often, or that has served its time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// From now on its commands are refused. What runs of it is to be canceled.
    Quarantined {
        /// How many times it has been by now.
        times: u32,
        /// For how long; none: until the program is started again.
        time: Option<Duration>,
        /// Why, in a sentence.
        reason: Arc<str>,
    },
    /// From now on its commands may start again.
    Released,
}

/// Counts the failures of one plugin: traps, exceeded limits, runs that had to be ended. An error
/// that a command returns is none. All times are the robot's own.
#[derive(Debug)]
pub(crate) struct Quarantine {
    limits: QuarantineLimits,
    supplier: Supplier,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the last failures were; those that are too old are removed.
    failures: VecDeque<Duration>,
    /// What the last of them said.
    cause: String,
    /// What of the overruns has been counted already.
    overruns: Overruns,
    /// How many quarantines there have been.
    times: u32,
    /// How often the time has been doubled.
    doublings: u32,
    /// When the last quarantine was over.
    released: Option<Duration>,
    held: Held,
    /// What the host has not been told yet.
    untold: Option<Verdict>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Held {
    #[default]
    No,
    Until(Duration),
    ForGood,
}

impl Quarantine {
    pub(crate) fn new(limits: QuarantineLimits, supplier: Supplier) -> Self {
        Self {
            limits,
            supplier,
            state: Mutex::default(),
        }
    }

    /// A run has failed. If it was one too many, nothing of the plugin starts from now on.
    pub(crate) fn failed(&self, now: Duration, cause: &str) {
        self.fail(&mut self.lock(), now, cause);
    }

    /// What the host has to be told; to be asked once per tick, before it.
    pub(crate) fn review(&self, now: Duration) -> Option<Verdict> {
        let mut state = self.lock();
        let overruns = self.supplier.overruns();
        let before = std::mem::replace(&mut state.overruns, overruns);
        for _ in before.preempted..overruns.preempted {
            self.fail(&mut state, now, "it did not yield and had to be canceled");
        }
        for _ in before.cleanups..overruns.cleanups {
            self.fail(&mut state, now, "its cleanup did not end in time");
        }
        if let Some(verdict) = state.untold.take() {
            return Some(verdict);
        }
        match state.held {
            Held::Until(end) if now >= end => {
                state.held = Held::No;
                state.released = Some(now);
                state.failures.clear();
                self.supplier.restore();
                Some(Verdict::Released)
            }
            _ => None,
        }
    }

    fn fail(&self, state: &mut State, now: Duration, cause: &str) {
        if !matches!(state.held, Held::No) {
            // What was running when it was quarantined.
            return;
        }
        let limits = &self.limits;
        let oldest = now.saturating_sub(limits.within);
        state.failures.retain(|failure| *failure >= oldest);
        state.failures.push_back(now);
        let line = cause.lines().next().unwrap_or_default();
        let end = line.floor_char_boundary(MAX_CAUSE);
        state.cause = line[..end].to_owned();
        if state.failures.len() >= limits.failures as usize {
            self.hold(state, now);
        }
    }

    fn hold(&self, state: &mut State, now: Duration) {
        let limits = &self.limits;
        let good = |released: Duration| now.saturating_sub(released) >= limits.longest;
        if state.released.is_some_and(good) {
            state.doublings = 0;
        }
        let time = limits.first.saturating_mul(1 << state.doublings.min(31));
        let time = limits.retry.then(|| time.min(limits.longest));
        state.times += 1;
        state.doublings += 1;
        state.held = match time {
            Some(time) => Held::Until(now + time),
            None => Held::ForGood,
        };
        let how_long = match time {
            Some(time) => format!("for {time:?}, until {:?}", now + time),
            None => "until the program is started again".to_owned(),
        };
        let reason: Arc<str> = Arc::from(format!(
            "its plugin is quarantined {how_long}: it failed {} times within {:?}, the last time: {}",
            state.failures.len(),
            limits.within,
            state.cause,
        ));
        self.supplier.withdraw(reason.clone());
        state.untold = Some(Verdict::Quarantined {
            times: state.times,
            time,
            reason,
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn quarantine(retry: bool) -> (Supplier, Quarantine) {
        let supplier = Supplier::default();
        let limits = QuarantineLimits {
            retry,
            ..QuarantineLimits::default()
        };
        (supplier.clone(), Quarantine::new(limits, supplier))
    }

    /// Fails as often as it takes, all at once. Returns for how long it is set aside.
    fn fail(quarantine: &Quarantine, now: f64) -> Option<Duration> {
        for _ in 0..5 {
            assert_eq!(quarantine.review(seconds(now)), None);
            quarantine.failed(seconds(now), "trap");
        }
        match quarantine.review(seconds(now)) {
            Some(Verdict::Quarantined { time, .. }) => time,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_time_is_twice_the_one_before_up_to_the_longest() {
        let (supplier, quarantine) = quarantine(true);
        let mut now = 0.0;
        for expected in [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0] {
            assert_eq!(fail(&quarantine, now), Some(seconds(expected)));
            assert!(supplier.withdrawn().is_some());
            now += expected;
            assert_eq!(quarantine.review(seconds(now - 0.02)), None);
            assert_eq!(quarantine.review(seconds(now)), Some(Verdict::Released));
            assert_eq!(supplier.withdrawn(), None);
        }
        // It has behaved well for as long as the longest one takes.
        assert_eq!(fail(&quarantine, now + 60.0), Some(seconds(2.0)));
    }

    #[test]
    fn failures_that_are_far_apart_do_not_add_up() {
        let (supplier, quarantine) = quarantine(true);
        for failure in 0..100 {
            quarantine.failed(seconds(2.6 * f64::from(failure)), "trap");
        }
        assert_eq!(supplier.withdrawn(), None);
    }

    #[test]
    fn without_another_chance_it_is_for_good() {
        let (supplier, quarantine) = quarantine(false);
        assert_eq!(fail(&quarantine, 1.0), None);
        assert_eq!(quarantine.review(seconds(1e6)), None);
        assert_eq!(
            supplier.withdrawn().as_deref(),
            Some(
                "its plugin is quarantined until the program is started again: it failed 5 times \
                 within 10s, the last time: trap"
            )
        );
    }
}
