//! Real time: ticks at absolute deadlines.

use std::time::{Duration, Instant};

/// Wakes up at every multiple of a period since its start, without drift.
#[derive(Debug)]
pub struct Pace {
    start: Instant,
    period: Duration,
    /// The tick that was waited for last.
    tick: u64,
}

/// The tick that it is time for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its number; more than one after the last if ticks were missed.
    pub number: u64,
    /// Its nominal time since the start.
    pub time: Duration,
    /// How long after that it really is.
    pub late: Duration,
    /// Ticks that were due since the last one and are left out.
    pub missed: u64,
}

impl Pace {
    /// Starts now; tick 1 is due one period from now.
    pub fn start(period: Duration) -> Self {
        Self {
            start: Instant::now(),
            period,
            tick: 0,
        }
    }

    /// Sleeps until the next tick is due. Ticks whose time is over by more than a period are left
    /// out rather than made up for.
    pub fn wait(&mut self) -> Due {
        let next = self.tick + 1;
        let passed = (self.start.elapsed().as_nanos() / self.period.as_nanos().max(1)) as u64;
        let number = next.max(passed);
        let time = self.time_of(number);
        if let Some(rest) = time.checked_sub(self.start.elapsed()) {
            std::thread::sleep(rest);
        }
        self.tick = number;
        Due {
            number,
            time,
            late: self.start.elapsed().saturating_sub(time),
            missed: number - next,
        }
    }

    /// Until when there is time for what can wait: a tenth of a period before the next tick is due.
    pub fn slack(&self) -> Instant {
        self.start + self.time_of(self.tick + 1).saturating_sub(self.period / 10)
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn time_of(&self, tick: u64) -> Duration {
        let nanos = self.period.as_nanos().saturating_mul(u128::from(tick));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}
