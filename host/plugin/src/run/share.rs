//! What runs that do not yield may take of a tick together.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::config::Budget;

/// The part of a period that runs share which have to be pre-empted: a quarter of it.
const PART: u32 = 4;

/// What is left over for each when the share is used up. Something has to be, so that a run which
/// has just been started shows whether it yields, and one that is canceled whether it cleans up.
const CRUMB: Duration = Duration::from_micros(100);

/// The time of a tick that runs share which have to be pre-empted, all plugins together.
///
/// One slice is a small part of a period, but twenty runs that each use up theirs would fill it.
/// Runs that yield by themselves take nothing of this.
#[derive(Debug, Default)]
pub(crate) struct Share {
    tick: AtomicU64,
    /// Microseconds of slices that were used up in that tick.
    used: AtomicU64,
}

impl Share {
    /// Whether something is left in a tick of this period.
    pub(crate) fn is_left(&self, tick: u64, period: Duration) -> bool {
        let budget = micros(period / PART);
        self.tick.load(Relaxed) != tick || self.used.load(Relaxed) < budget
    }

    /// A slice was used up.
    pub(crate) fn take(&self, tick: u64, slice: Budget) {
        if self.tick.swap(tick, Relaxed) != tick {
            self.used.store(0, Relaxed);
        }
        self.used.fetch_add(micros(slice.time).max(1), Relaxed);
    }
}

/// What a run gets that has nothing of the share to take: a crumb of its budget.
pub(crate) fn crumb(budget: Budget) -> Budget {
    let crumb = Budget::of(CRUMB);
    Budget {
        time: budget.time.min(crumb.time),
        fuel: budget.fuel.min(crumb.fuel),
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_period_is_shared_in_each_tick_anew() {
        let (share, period) = (Share::default(), Duration::from_millis(20));
        let slice = Budget::of(Duration::from_millis(2));
        for taken in [true, true, true, false] {
            assert_eq!(share.is_left(7, period), taken);
            share.take(7, slice);
        }
        assert!(share.is_left(8, period));
    }
}
