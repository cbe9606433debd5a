//! What all plugins share: the robot around them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use gantry_hardware::{Image, ImageBuilder};
use gantry_scheduler::{Mechanisms, Tick};

use crate::log::{LogLine, LogSink};
use crate::registry::Registry;
use crate::topics::Topics;

/// The robot that plugins are loaded into. Clones share everything.
#[derive(Clone)]
pub struct Robot {
    /// The mechanisms, by name. Commands require them.
    pub mechanisms: Arc<Mechanisms>,
    /// The channels.
    pub image: Arc<Image>,
    /// The published state.
    pub topics: Arc<Topics>,
    /// The tick's time; the host sets it before every tick.
    pub clock: Arc<TickClock>,
    /// The plugins whose commands can be looked up.
    pub registry: Arc<Registry>,
    /// Where log lines go.
    pub log: Arc<dyn LogSink>,
    /// What random numbers depend on, together with the plugin, the command and the run.
    pub seed: u64,
}

impl Robot {
    /// A robot without plugins and without published state, at time zero.
    pub fn new(
        mechanisms: Arc<Mechanisms>,
        image: Arc<Image>,
        log: Arc<dyn LogSink>,
        period: Duration,
        seed: u64,
    ) -> Self {
        Self {
            mechanisms,
            image,
            topics: Arc::new(Topics::default()),
            clock: Arc::new(TickClock::new(period)),
            registry: Arc::new(Registry::default()),
            log,
            seed,
        }
    }

    /// What a plugin sees while it describes itself: nothing of this robot but the log.
    pub(crate) fn nowhere(&self) -> Self {
        Self {
            mechanisms: Arc::new(Mechanisms::default()),
            image: Arc::new(ImageBuilder::new().build()),
            topics: Arc::new(Topics::default()),
            clock: Arc::new(TickClock::new(self.clock.period())),
            registry: Arc::new(Registry::default()),
            log: self.log.clone(),
            seed: 0,
        }
    }

    /// A robot that is not there: for looking at a plugin without one.
    pub(crate) fn absent() -> Self {
        struct Silence;
        impl LogSink for Silence {
            fn line(&self, _: &LogLine<'_>) {}
        }
        Self::new(
            Arc::new(Mechanisms::default()),
            Arc::new(ImageBuilder::new().build()),
            Arc::new(Silence),
            Duration::from_millis(20),
            0,
        )
    }
}

impl fmt::Debug for Robot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Robot")
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// The time of the present tick, as guests see it. It stands still within a tick.
#[derive(Debug)]
pub struct TickClock {
    number: AtomicU64,
    nanos: AtomicU64,
    period: Duration,
}

impl TickClock {
    /// Tick 0 at time zero, of ticks that are nominally this long.
    pub fn new(period: Duration) -> Self {
        Self {
            number: AtomicU64::new(0),
            nanos: AtomicU64::new(0),
            period,
        }
    }

    /// Starts a tick. The host MUST call this before the scheduler's tick of the same number.
    pub fn set(&self, tick: Tick) {
        self.number.store(tick.number, Relaxed);
        let nanos = u64::try_from(tick.time.as_nanos()).unwrap_or(u64::MAX);
        self.nanos.store(nanos, Relaxed);
    }

    /// The present tick.
    pub fn tick(&self) -> Tick {
        Tick {
            number: self.number.load(Relaxed),
            time: Duration::from_nanos(self.nanos.load(Relaxed)),
        }
    }

    /// Nominal length of a tick.
    pub fn period(&self) -> Duration {
        self.period
    }
}
