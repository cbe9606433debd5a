//! The operator's signs of life.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

/// When the operator was last heard. Times are those of any clock that starts at zero and does not go
/// back; the start counts as a sign of life.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    /// In nanoseconds.
    last: AtomicU64,
}

impl Heartbeat {
    /// The operator was heard at this time.
    pub(super) fn beat(&self, now: Duration) {
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        self.last.fetch_max(now, SeqCst);
    }

    /// Whether at this time the operator has been silent for longer than `limit`.
    pub(super) fn is_missing(&self, now: Duration, limit: Duration) -> bool {
        let last = Duration::from_nanos(self.last.load(SeqCst));
        now.saturating_sub(last) > limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(250);

    #[test]
    fn silence_is_counted_from_the_start_and_from_each_sign_of_life() {
        let heartbeat = Heartbeat::default();
        let just = Duration::from_nanos(1);
        assert!(!heartbeat.is_missing(LIMIT, LIMIT));
        assert!(heartbeat.is_missing(LIMIT + just, LIMIT));
        let heard = Duration::from_secs(7);
        heartbeat.beat(heard);
        assert!(!heartbeat.is_missing(heard + LIMIT, LIMIT));
        assert!(heartbeat.is_missing(heard + LIMIT + just, LIMIT));
        // Another thread has read the clock a little earlier.
        heartbeat.beat(heard - just);
        assert!(!heartbeat.is_missing(heard - just, LIMIT));
        assert!(!heartbeat.is_missing(heard + LIMIT, LIMIT));
    }

    #[test]
    fn a_stream_of_signs_keeps_the_robot_enabled_and_one_gap_does_not() {
        let heartbeat = Heartbeat::default();
        let ten_a_second = Duration::from_millis(100);
        let mut now = Duration::ZERO;
        let mut missing = |until: Duration, speaks: bool| {
            let mut ticks = 0;
            while now < until {
                now += Duration::from_millis(20);
                if speaks && now.as_millis().is_multiple_of(ten_a_second.as_millis()) {
                    heartbeat.beat(now);
                }
                ticks += u32::from(heartbeat.is_missing(now, LIMIT));
            }
            ticks
        };
        assert_eq!(missing(Duration::from_secs(60), true), 0);
        // From 260 ms on, in each tick.
        assert_eq!(missing(Duration::from_secs(61), false), 38);
        assert_eq!(missing(Duration::from_secs(62), true), 4);
    }
}
