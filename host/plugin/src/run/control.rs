//! What a run's coroutine and its store agree on: the slice, the phase, whether it was canceled.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use wasmtime::Engine;

use super::cost::Cost;
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
    /// The epoch at which the budget is used up, or the quanta that are left.
    budget: AtomicU64,
    /// Quanta that were used up.
    quanta: AtomicU64,
    /// Instructions that host calls were charged and that are not counted as quanta yet.
    charged: AtomicU64,
    /// Whether the guest has been stopped for what host calls were charged.
    stopped_for_charges: AtomicBool,
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
    /// In fuel quanta of this size, and what is charged for host calls.
    Fuel(u64, Alarm),
}

/// Stops a guest at its next look at the epoch, when host calls were charged a quantum. Where
/// instructions are counted, the epoch stands still otherwise.
#[derive(Clone, Default)]
pub(crate) struct Alarm(Option<Engine>);

impl Alarm {
    /// An alarm for the guests of an engine.
    pub(crate) fn of(engine: &Engine) -> Self {
        Self(Some(engine.clone()))
    }

    fn ring(&self) {
        if let Some(engine) = &self.0 {
            engine.increment_epoch();
        }
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Alarm")
    }
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
            budget: AtomicU64::new(0),
            quanta: AtomicU64::new(0),
            charged: AtomicU64::new(0),
            stopped_for_charges: AtomicBool::new(false),
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

    /// Starts a budget of computing and of requests.
    pub(crate) fn begin(&self, budget: Budget, requests: u32) {
        let budget = match &self.meter {
            Meter::Epoch(epoch) => epoch.now().saturating_add(epoch.steps(budget.time)),
            Meter::Fuel(quantum, _) => budget.fuel.div_ceil(*quantum).max(1),
        };
        self.budget.store(budget, Relaxed);
        self.requests.store(requests, Relaxed);
    }

    /// Whether the budget is used up.
    pub(crate) fn used_up(&self) -> bool {
        let budget = self.budget.load(Relaxed);
        let computed = match &self.meter {
            Meter::Epoch(epoch) => epoch.now() >= budget,
            Meter::Fuel(..) => budget == 0,
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
            Meter::Fuel(quantum, _) => {
                let executed = u64::from(!self.stopped_for_charges.swap(false, Relaxed));
                let charged = self.charged.load(Relaxed);
                self.charged.store(charged % quantum, Relaxed);
                let used = executed + charged / quantum;
                self.quanta.fetch_add(used, Relaxed);
                let left = self.budget.load(Relaxed).saturating_sub(used);
                self.budget.store(left, Relaxed);
                left > 0
            }
        }
    }

    /// Charges the run for something that a host call does, if instructions are counted.
    pub(crate) fn charge(&self, cost: Cost) {
        let Meter::Fuel(quantum, alarm) = &self.meter else {
            return;
        };
        let before = self.charged.fetch_add(cost.fuel(), Relaxed);
        let is_due = before.saturating_add(cost.fuel()) >= *quantum;
        if is_due && before < *quantum {
            alarm.ring();
        }
    }

    /// Whether the guest is to be stopped because host calls were charged a quantum. It is asked by
    /// the store at a look at the epoch, and stopped if so.
    pub(crate) fn stops_for_charges(&self) -> bool {
        let stops = match &self.meter {
            Meter::Epoch(_) => false,
            Meter::Fuel(quantum, _) => self.charged.load(Relaxed) >= *quantum,
        };
        self.stopped_for_charges.store(stops, Relaxed);
        stops
    }

    /// Instructions in quanta that were used up, charges included; 0 if they are not counted.
    pub(crate) fn fuel(&self) -> u64 {
        self.quanta.load(Relaxed).saturating_mul(self.quantum())
    }

    /// Instructions between two interruptions; 0 if they are not counted.
    fn quantum(&self) -> u64 {
        match &self.meter {
            Meter::Epoch(_) => 0,
            Meter::Fuel(quantum, _) => *quantum,
        }
    }

    /// Begins to measure how long a guest computes.
    pub(crate) fn stopwatch(&self) -> Stopwatch {
        match &self.meter {
            Meter::Epoch(_) => Stopwatch::Clock(Instant::now()),
            Meter::Fuel(..) => Stopwatch::Quanta(self.quanta.load(Relaxed)),
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
            Meter::Fuel(..) => None,
        }
    }

    /// A request was made.
    pub(crate) fn count_request(&self) {
        let left = self.requests.load(Relaxed).saturating_sub(1);
        self.requests.store(left, Relaxed);
    }
}
