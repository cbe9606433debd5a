//! The watchdog: makes outputs safe when the loop does not tick, and ends a program that does not
//! end by itself.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use gantry_plugin::spawn_thread;
use gantry_telemetry::SafeReason;

use super::{Guard, Stop};

/// Ends the process at once, for this reason. What calls it has made outputs safe.
pub(super) type Force = Arc<dyn Fn(&str) + Send + Sync>;

/// How long the loop may stand still before what happens. All are real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Outputs are safe: five periods, and at least 100 ms.
    pub(crate) silence: Duration,
    /// The robot is disabled: 25 periods, and at least 500 ms.
    pub(crate) stall: Duration,
    /// An end that was asked for is forced: 50 periods, and at least 1 s.
    pub(crate) patience: Duration,
    /// An orderly end is forced if it takes longer: 10 s.
    pub(crate) ending: Duration,
}

impl Limits {
    /// The limits for a robot with this period.
    pub(crate) fn of(period: Duration) -> Self {
        let periods = |count: u32, least: u64| (period * count).max(Duration::from_millis(least));
        Self {
            silence: periods(5, 100),
            stall: periods(25, 500),
            patience: periods(50, 1000),
            ending: Duration::from_secs(10),
        }
    }
}

/// The loop's side of the watchdog.
#[derive(Debug)]
pub(super) struct Watchdog {
    start: Instant,
    /// When the loop last ticked, in nanoseconds after `start`.
    beat: Arc<AtomicU64>,
    stop: Stop,
}

impl Watchdog {
    /// Watches over a loop from now on, in a thread of its own, until the watchdog is dropped.
    pub(super) fn watch(stop: Stop, limits: Limits, force: Force) -> io::Result<Self> {
        let start = Instant::now();
        let beat = Arc::new(AtomicU64::new(0));
        let watchdog = Self {
            start,
            beat: beat.clone(),
            stop: stop.clone(),
        };
        spawn_thread("watchdog", move || {
            let _guard = Guard::new(stop.clone(), "watchdog");
            let mut silent = None;
            while !stop.is_over() {
                let last = beat.load(SeqCst);
                let silence = start.elapsed().saturating_sub(Duration::from_nanos(last));
                let ending = stop.ending_for();
                if silence > limits.silence && silent != Some(last) && ending.is_none() {
                    silent = Some(last);
                    stop.make_safe(SafeReason::Watchdog);
                    tracing::error!("no tick for {silence:.0?}: outputs are safe");
                }
                if stop.waiting().is_some_and(|waits| waits > limits.patience) {
                    force("the loop does not take note of the end");
                } else if ending.is_some_and(|time| time > limits.ending) {
                    force("the orderly end takes too long");
                }
                std::thread::sleep(limits.silence / 10);
            }
        })?;
        Ok(watchdog)
    }

    /// The loop starts a tick.
    pub(super) fn beat(&self) {
        let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.beat.store(now, SeqCst);
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.stop.over();
    }
}
