//! What a run's coroutine and its store agree on: the slice, the phase, whether it was canceled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::config::Budget;
use crate::ticker::Epoch;

/// Shared between a run's coroutine, which sets it, and its store, which looks at it.
///
/// Everything happens on one thread at a time; the atomics only make the store `Send`.
#[derive(Debug)]
pub(crate) struct Control {
    meter: Meter,
    phase: AtomicU8,
    canceled: AtomicBool,
    /// Whether the run waits for an answer of the scheduler.
    asking: AtomicBool,
    /// The epoch at which the budget is used up, or the quanta that are left.
    budget: AtomicU64,
    /// Quanta that were used up.
    quanta: AtomicU64,
    /// Requests that are left in this tick.
    requests: AtomicU32,
}

/// The beginning of a stretch of computing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stopwatch {
    Clock(Instant),
    Quanta(u64),
}

/// How computing is measured.
#[derive(Clone, Debug)]
pub(crate) enum Meter {
    /// In steps of real time.
    Epoch(Arc<Epoch>),
    /// In fuel quanta of this size.
    Fuel(u64),
}

/// What a store is being used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// The instance is being made; what it observes must not depend on when.
    Starting,
    /// It describes itself.
    Describing,
    /// It runs a command.
    Running,
}

impl Control {
    pub(crate) fn new(meter: Meter) -> Self {
        Self {
            meter,
            phase: AtomicU8::new(Phase::Starting as u8),
            canceled: AtomicBool::new(false),
            asking: AtomicBool::new(false),
            budget: AtomicU64::new(0),
            quanta: AtomicU64::new(0),
            requests: AtomicU32::new(0),
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Relaxed) {
            phase if phase == Phase::Running as u8 => Phase::Running,
            phase if phase == Phase::Describing as u8 => Phase::Describing,
            _ => Phase::Starting,
        }
    }

    pub(crate) fn set_phase(&self, phase: Phase) {
        self.phase.store(phase as u8, Relaxed);
    }

    pub(crate) fn canceled(&self) -> bool {
        self.canceled.load(Relaxed)
    }

    pub(crate) fn cancel(&self) {
        self.canceled.store(true, Relaxed);
    }

    pub(crate) fn asking(&self) -> bool {
        self.asking.load(Relaxed)
    }

    pub(crate) fn set_asking(&self, asking: bool) {
        self.asking.store(asking, Relaxed);
    }

    /// Starts a budget of computing and of requests.
    pub(crate) fn begin(&self, budget: Budget, requests: u32) {
        let budget = match &self.meter {
            Meter::Epoch(epoch) => epoch.now().saturating_add(epoch.steps(budget.time)),
            Meter::Fuel(quantum) => budget.fuel.div_ceil(*quantum).max(1),
        };
        self.budget.store(budget, Relaxed);
        self.requests.store(requests, Relaxed);
    }

    /// Whether the budget is used up.
    pub(crate) fn used_up(&self) -> bool {
        let budget = self.budget.load(Relaxed);
        let computed = match &self.meter {
            Meter::Epoch(epoch) => epoch.now() >= budget,
            Meter::Fuel(_) => budget == 0,
        };
        computed || self.asked_too_often()
    }

    /// Whether all requests of this tick have been made.
    pub(crate) fn asked_too_often(&self) -> bool {
        self.requests.load(Relaxed) == 0
    }

    /// The guest was interrupted by the meter: whether it may go on at once.
    pub(crate) fn interrupted(&self) -> bool {
        match &self.meter {
            // The store has looked at the budget before it yielded.
            Meter::Epoch(_) => false,
            Meter::Fuel(_) => {
                self.quanta.fetch_add(1, Relaxed);
                let left = self.budget.load(Relaxed).saturating_sub(1);
                self.budget.store(left, Relaxed);
                left > 0
            }
        }
    }

    /// Instructions between two interruptions; 0 if they are not counted.
    pub(crate) fn quantum(&self) -> u64 {
        match &self.meter {
            Meter::Epoch(_) => 0,
            Meter::Fuel(quantum) => *quantum,
        }
    }

    /// Begins to measure how long a guest computes.
    pub(crate) fn stopwatch(&self) -> Stopwatch {
        match &self.meter {
            Meter::Epoch(_) => Stopwatch::Clock(Instant::now()),
            Meter::Fuel(_) => Stopwatch::Quanta(self.quanta.load(Relaxed)),
        }
    }

    /// How long that has been. With fuel, instructions stand for time; what is less than a quantum
    /// counts when the quantum is full.
    pub(crate) fn elapsed(&self, since: Stopwatch) -> Duration {
        match since {
            Stopwatch::Clock(start) => start.elapsed(),
            Stopwatch::Quanta(start) => {
                let quanta = self.quanta.load(Relaxed) - start;
                Budget::time_of(quanta.saturating_mul(self.quantum()))
            }
        }
    }

    /// Steps until the budget is used up; none if it is.
    pub(crate) fn epochs_left(&self) -> Option<u64> {
        match &self.meter {
            Meter::Epoch(epoch) => self
                .budget
                .load(Relaxed)
                .checked_sub(epoch.now())
                .filter(|left| *left > 0),
            Meter::Fuel(_) => None,
        }
    }

    /// A request was made.
    pub(crate) fn count_request(&self) {
        let left = self.requests.load(Relaxed).saturating_sub(1);
        self.requests.store(left, Relaxed);
    }
}
