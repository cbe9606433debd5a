//! When ticks happen, and which time each of them has.
//!
//! A [`Pace`] reads no clock: it says until when to wait, is told when that was, and decides on the
//! tick's time then. A [`RealTime`] waits.

use std::time::{Duration, Instant};

/// Ticks at every multiple of a period since the start, without drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    period: Duration,
    /// The tick that was decided on last.
    tick: u64,
}

/// The tick that it is time for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its time since the start: the multiple of the period that is nearest to its real start.
    pub time: Duration,
    /// The time by which it starts after the tick that was waited for was due.
    pub late: Duration,
    /// Ticks that were due since the last one and are left out.
    pub missed: u64,
}

impl Pace {
    /// The pace of a loop with this period; tick 0 is at the start.
    pub fn new(period: Duration) -> Self {
        Self {
            period: period.max(Duration::from_nanos(1)),
            tick: 0,
        }
    }

    /// When the next tick is due, since the start.
    pub fn deadline(&self) -> Duration {
        self.time_of(self.tick + 1)
    }

    /// Decides on the tick that starts at `now`, which is not before the deadline. Ticks whose time is
    /// over are left out rather than made up for, and since each has the time that is nearest to its
    /// start, no two start closer to each other than half a period.
    pub fn woke(&mut self, now: Duration) -> Due {
        let deadline = self.deadline();
        let nearest = (now + self.period / 2).as_nanos() / self.period.as_nanos();
        let next = self.tick + 1;
        let tick = u64::try_from(nearest).unwrap_or(u64::MAX).max(next);
        self.tick = tick;
        Due {
            time: self.time_of(tick),
            late: now.saturating_sub(deadline),
            missed: tick - next,
        }
    }

    fn time_of(&self, tick: u64) -> Duration {
        let nanos = self.period.as_nanos().saturating_mul(u128::from(tick));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// A pace in real time.
#[derive(Debug)]
pub struct RealTime {
    start: Instant,
    pace: Pace,
}

impl RealTime {
    /// Starts now; tick 1 is due one period from now.
    pub fn start(period: Duration) -> Self {
        Self {
            start: Instant::now(),
            pace: Pace::new(period),
        }
    }

    /// Sleeps until the next tick is due, and says which one it has become meanwhile.
    pub fn wait(&mut self) -> Due {
        let deadline = self.pace.deadline();
        while let Some(rest) = deadline.checked_sub(self.start.elapsed()) {
            if rest.is_zero() {
                break;
            }
            std::thread::sleep(rest);
        }
        self.pace.woke(self.start.elapsed())
    }

    /// Until when there is time for what can wait: a tenth of a period before the next tick is due.
    pub fn slack(&self) -> Instant {
        let before = self.pace.period / 10;
        self.start + self.pace.deadline().saturating_sub(before)
    }
}

/// Watches for times at which the machine was suspended: the clock that `Instant` reads stands still
/// then, so that ticks seem to be punctual.
#[derive(Debug, Default)]
pub struct Suspensions {
    /// By how much the clock that does not stand still is ahead.
    ahead: Option<Duration>,
}

impl Suspensions {
    /// Differences up to this are the two readings' own.
    const LEAST: Duration = Duration::from_millis(100);

    /// How long the machine was suspended since the last call, if it was.
    pub fn look(&mut self) -> Option<Duration> {
        use rustix::time::{ClockId, clock_gettime};
        let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
        let (running, all) = (read(ClockId::Monotonic), read(ClockId::Boottime));
        self.see(running, all)
    }

    /// Does so for readings of the clock that stands still in a suspension, and of the one that does not.
    fn see(&mut self, running: Duration, all: Duration) -> Option<Duration> {
        let ahead = all.saturating_sub(running);
        let before = self.ahead.replace(ahead)?;
        let step = ahead.saturating_sub(before);
        (step > Self::LEAST).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: f64) -> Duration {
        Duration::from_secs_f64(millis / 1000.0)
    }

    #[test]
    fn ticks_that_are_punctual_have_their_nominal_time() {
        let mut pace = Pace::new(ms(20.0));
        for tick in 1..5 {
            assert_eq!(pace.deadline(), ms(20.0) * tick);
            let due = pace.woke(pace.deadline() + ms(0.3));
            assert_eq!((due.time, due.missed), (ms(20.0) * tick, 0));
            assert_eq!(due.late, ms(0.3));
        }
    }

    #[test]
    fn after_a_stall_time_fits_the_moment_and_no_tick_follows_at_once() {
        // Field report N30: stopped at 1.96 s, goes on at 4.94 s.
        let mut pace = Pace::new(ms(20.0));
        pace.woke(ms(1940.0));
        let due = pace.woke(ms(4939.94));
        assert_eq!(due.time, ms(4940.0));
        assert_eq!(due.late, ms(2979.94));
        assert_eq!(due.missed, 149);
        assert_eq!(pace.deadline(), ms(4960.0));
    }

    #[test]
    fn no_two_ticks_are_closer_than_half_a_period_whenever_the_loop_wakes() {
        let period = ms(20.0);
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut pace = Pace::new(period);
        let (mut now, mut last) = (
            Duration::ZERO,
            Due {
                time: Duration::ZERO,
                late: Duration::ZERO,
                missed: 0,
            },
        );
        for _ in 0..10_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            // The work of a tick, and what the system adds to the wait: mostly nothing.
            let stall = Duration::from_micros(match random % 4 {
                0 => random >> 8 & 0xffff,
                _ => 0,
            });
            let before = now;
            now = (now + stall).max(pace.deadline()) + stall / 3;
            let due = pace.woke(now);
            assert!(now - before >= period / 2, "{before:?} {now:?}");
            assert!(due.time > last.time);
            assert!(due.time.abs_diff(now) <= period / 2, "{due:?} at {now:?}");
            last = due;
        }
    }

    #[test]
    fn a_suspension_is_a_step_between_the_two_clocks() {
        let mut suspensions = Suspensions::default();
        let second = Duration::from_secs(1);
        assert_eq!(
            suspensions.see(second, second * 5),
            None,
            "those before the start"
        );
        assert_eq!(suspensions.see(second * 2, second * 6 + ms(0.1)), None);
        assert_eq!(suspensions.see(second * 3, second * 17), Some(ms(9999.9)));
        assert_eq!(suspensions.see(second * 4, second * 18), None);
    }
}
