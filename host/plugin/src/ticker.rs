//! The thread that counts steps of real time, which pre-emption goes by.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use wasmtime::Engine;

use crate::threads::spawn_thread;

/// Steps of real time since the runtime was made.
#[derive(Debug)]
pub(crate) struct Epoch {
    steps: AtomicU64,
    period: Duration,
}

impl Epoch {
    /// How many steps have passed.
    pub(crate) fn now(&self) -> u64 {
        self.steps.load(Relaxed)
    }

    /// How many steps a time takes, at least one.
    pub(crate) fn steps(&self, time: Duration) -> u64 {
        let steps = time.as_nanos().div_ceil(self.period.as_nanos());
        u64::try_from(steps).unwrap_or(u64::MAX / 2).max(1)
    }
}

/// Counts steps, here and in the engine, until it is dropped. A panic does not end the count: without
/// it nothing would pre-empt a guest that computes on.
#[derive(Debug)]
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread and its owner share.
#[derive(Debug)]
struct Shared {
    epoch: Arc<Epoch>,
    stop: AtomicBool,
    /// Whether the next step panics, which only tests ask for.
    fault: AtomicBool,
    alarm: Alarm,
}

/// Who is told of a panic of the thread, whichever comes first.
#[derive(Default)]
struct Alarm {
    raised: AtomicBool,
    handler: OnceLock<Handler>,
}

type Handler = Box<dyn Fn(&'static str) + Send + Sync>;

impl Alarm {
    fn raise(&self) {
        self.raised.store(true, SeqCst);
        if let Some(handler) = self.handler.get() {
            handler(THREAD);
        }
    }

    fn set(&self, handler: Handler) {
        let _ = self.handler.set(handler);
        if self.raised.load(SeqCst) {
            self.raise();
        }
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarm")
            .field("raised", &self.raised)
            .finish_non_exhaustive()
    }
}

/// What the thread is called.
const THREAD: &str = "epoch";
/// The rest after a panic, so that one in every step is no flood.
const REST: Duration = Duration::from_millis(10);

impl Ticker {
    pub(crate) fn start(engine: &Engine, period: Duration) -> std::io::Result<Self> {
        let period = period.max(Duration::from_micros(50));
        let epoch = Arc::new(Epoch {
            steps: AtomicU64::new(0),
            period,
        });
        let shared = Arc::new(Shared {
            epoch,
            stop: AtomicBool::new(false),
            fault: AtomicBool::new(false),
            alarm: Alarm::default(),
        });
        let thread = spawn_thread(THREAD, {
            let (engine, shared) = (engine.clone(), shared.clone());
            move || {
                // Nothing that it touches is left half changed.
                while catch_unwind(AssertUnwindSafe(|| count(&engine, &shared))).is_err() {
                    shared.alarm.raise();
                    std::thread::sleep(REST);
                }
            }
        })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    pub(crate) fn epoch(&self) -> Arc<Epoch> {
        self.shared.epoch.clone()
    }

    /// Calls `handler` with the thread's name when it panics, or now if it has. Only the first handler
    /// is kept.
    pub(crate) fn on_panic(&self, handler: Handler) {
        self.shared.alarm.set(handler);
    }

    /// Makes the thread panic at its next step.
    pub(crate) fn inject_panic(&self) {
        self.shared.fault.store(true, Relaxed);
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // Its panics are caught.
            let _ = thread.join();
        }
    }
}

fn count(engine: &Engine, shared: &Shared) {
    let epoch = &shared.epoch;
    let mut next = Instant::now();
    while !shared.stop.load(Relaxed) {
        assert!(!shared.fault.swap(false, Relaxed), "as a test wants");
        next += epoch.period;
        let now = Instant::now();
        if let Some(rest) = next.checked_duration_since(now) {
            std::thread::park_timeout(rest);
        } else {
            // Late: what was missed is not made up for, or a slice would end too early.
            next = now;
        }
        epoch.steps.fetch_add(1, Relaxed);
        engine.increment_epoch();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn a_panic_is_told_whenever_somebody_listens_and_the_count_goes_on() {
        for listens_first in [true, false] {
            let engine = Engine::default();
            let ticker = Ticker::start(&engine, Duration::from_micros(500)).unwrap();
            let (sender, told) = mpsc::channel();
            let listen = || {
                let sender = sender.clone();
                ticker.on_panic(Box::new(move |thread| {
                    let _ = sender.send(thread);
                }));
            };
            if listens_first {
                listen();
            }
            ticker.inject_panic();
            wait_until(|| ticker.shared.alarm.raised.load(SeqCst));
            if !listens_first {
                listen();
            }
            assert_eq!(told.recv_timeout(PATIENCE), Ok(THREAD));
            let then = ticker.epoch().now();
            wait_until(|| ticker.epoch().now() > then + 10);
        }
    }

    #[track_caller]
    fn wait_until(is_so: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_so() {
            assert!(start.elapsed() < PATIENCE, "waited in vain");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
