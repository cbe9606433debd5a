//! The switch that makes outputs safe from any thread, whatever the loop is doing.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// A driver's own switch, in the hands of other threads than the loop's: those that read the
/// operator's orders, take signals, and watch whether the loop still ticks.
///
/// Obligations:
/// - [`make_safe`](Safety::make_safe) MUST work at any time and from any thread: while the loop is
///   inside the driver's `sample` or `flush`, while it is stuck there, and before the first tick.
/// - It MUST NOT block, wait for a device, allocate or panic, and MUST NOT take a lock that the driver
///   holds for longer than a copy.
/// - Once it has returned, the devices MUST be at their safe values or on their way there without
///   further help, and MUST stay so until [`rearm`](Safety::rearm), whatever is flushed meanwhile. A
///   flush that is under way in another thread MUST NOT outlive it.
/// - [`rearm`](Safety::rearm) MUST NOT drive anything: the next flush does.
pub trait Safety: Send + Sync {
    /// Puts every output of the driver at its safe value and holds it there.
    fn make_safe(&self);

    /// Lets the next flush drive the devices again. Only the loop's thread calls it.
    fn rearm(&self);
}

/// The switch of all drivers of a robot. Clones are the same switch.
#[derive(Clone)]
pub struct SafetySwitch(Arc<Switch>);

struct Switch {
    drivers: Vec<Arc<dyn Safety>>,
    /// Number of times that it was thrown.
    thrown: AtomicU64,
    /// The value of `thrown` for which it was last rearmed.
    rearmed: AtomicU64,
}

impl SafetySwitch {
    pub(crate) fn new(drivers: Vec<Arc<dyn Safety>>) -> Self {
        Self(Arc::new(Switch {
            drivers,
            thrown: AtomicU64::new(0),
            rearmed: AtomicU64::new(0),
        }))
    }

    /// Makes the outputs of every driver safe, from any thread and without blocking. They stay so
    /// until the loop [rearms](crate::Hardware::rearm).
    pub fn throw(&self) {
        // First, so that a rearming that is under way sees it.
        self.0.thrown.fetch_add(1, SeqCst);
        self.make_drivers_safe();
    }

    /// Whether outputs are held safe by this switch.
    pub fn is_thrown(&self) -> bool {
        self.0.thrown.load(SeqCst) != self.0.rearmed.load(SeqCst)
    }

    /// How often it was thrown since the start.
    pub fn times(&self) -> u64 {
        self.0.thrown.load(SeqCst)
    }

    /// Lets flushes drive the devices again, if it was not thrown since `times` was read.
    pub(crate) fn rearm(&self, times: u64) -> bool {
        if self.times() != times {
            return false;
        }
        for driver in &self.0.drivers {
            driver.rearm();
        }
        if self.times() != times {
            // Thrown meanwhile, perhaps before a driver was rearmed.
            self.make_drivers_safe();
            return false;
        }
        self.0.rearmed.store(times, SeqCst);
        true
    }

    fn make_drivers_safe(&self) {
        for driver in &self.0.drivers {
            driver.make_safe();
        }
    }
}

impl fmt::Debug for SafetySwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SafetySwitch")
            .field("thrown", &self.is_thrown())
            .field("times", &self.times())
            .finish_non_exhaustive()
    }
}
