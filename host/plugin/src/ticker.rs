//! The thread that counts steps of real time, which pre-emption goes by.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use wasmtime::Engine;

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

/// Counts steps, here and in the engine, until it is dropped.
#[derive(Debug)]
pub(crate) struct Ticker {
    epoch: Arc<Epoch>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine, period: Duration) -> std::io::Result<Self> {
        let period = period.max(Duration::from_micros(50));
        let epoch = Arc::new(Epoch {
            steps: AtomicU64::new(0),
            period,
        });
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::Builder::new()
            .name("gantry-epoch".to_owned())
            .spawn({
                let (engine, epoch, stop) = (engine.clone(), epoch.clone(), stop.clone());
                move || count(&engine, &epoch, &stop)
            })?;
        Ok(Self {
            epoch,
            stop,
            thread: Some(thread),
        })
    }

    pub(crate) fn epoch(&self) -> Arc<Epoch> {
        self.epoch.clone()
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It cannot panic, and if it did there would be nothing left to do.
            let _ = thread.join();
        }
    }
}

fn count(engine: &Engine, epoch: &Epoch, stop: &AtomicBool) {
    let mut next = Instant::now();
    while !stop.load(Relaxed) {
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
