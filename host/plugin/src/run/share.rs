//! What runs that do not yield may take of a tick together.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::config::Budget;

/// The part of a period that runs share which have to be pre-empted: a quarter of it.
const PART: u32 = 4;

/// What is left over for each when the share is used up. Something has to be, so that a run which
/// has just been started shows whether it yields, and one that is canceled whether it cleans up.
const CRUMB: Duration = Duration::from_micros(100);

/// Ticks after which it is forgiven that a run has used up its slice.
const FORGIVEN: u64 = 50;

/// The time of a tick that runs share which have to be pre-empted, all plugins together.
///
/// One slice is a small part of a period, but twenty runs that each use up theirs would fill it.
/// Runs that yield by themselves take nothing of this.
#[derive(Debug, Default)]
pub(crate) struct Share {
    tick: AtomicU64,
    /// Microseconds of slices that were used up in that tick.
    used: AtomicU64,
    /// Microseconds of the slices that greedy runs would take in that tick.
    wanted: AtomicU64,
    /// The same of the tick before.
    wanted_before: AtomicU64,
}

impl Share {
    /// What is left in this tick, in microseconds.
    fn left(&self, tick: u64, period: Duration) -> u64 {
        self.begin(tick);
        budget(period).saturating_sub(self.used.load(Relaxed))
    }

    /// A slice was used up.
    pub(crate) fn take(&self, tick: u64, slice: Budget) {
        self.begin(tick);
        self.used.fetch_add(micros(slice.time).max(1), Relaxed);
    }

    /// A greedy run wants a slice. Returns in how many ticks each of its kind can have one.
    fn want(&self, tick: u64, slice: Budget, period: Duration) -> u64 {
        self.begin(tick);
        self.wanted.fetch_add(micros(slice.time), Relaxed);
        let wanted = self.wanted_before.load(Relaxed);
        wanted.div_ceil(budget(period)).max(1)
    }

    fn begin(&self, tick: u64) {
        let last = self.tick.swap(tick, Relaxed);
        if last != tick {
            let wanted = self.wanted.swap(0, Relaxed);
            let is_next = last.checked_add(1) == Some(tick);
            self.wanted_before
                .store(if is_next { wanted } else { 0 }, Relaxed);
            self.used.store(0, Relaxed);
        }
    }
}

/// How one run has behaved, and what it may take of a tick for that.
///
/// A run that yields has its whole slice whatever others do. One that has just been started, or
/// that has used up a slice lately, has a crumb when the share is used up. One that has used up its
/// last slice is greedy: it goes on as long as something of the share is left, and takes turns with
/// its kind, so that each comes to the point where it yields, if it has one.
#[derive(Debug, Default)]
pub(crate) struct Conduct {
    greedy: bool,
    /// Whether it has ever asked for something.
    has_asked: bool,
    /// The last tick in which it used up its slice.
    overran: Option<u64>,
    /// The last tick in which it had a whole slice.
    turn: Option<u64>,
}

impl Conduct {
    /// What it may use in a tick that begins for it; none if it is not its turn.
    pub(crate) fn slice(
        &mut self,
        share: &Share,
        tick: u64,
        period: Duration,
        slice: Budget,
    ) -> Option<Budget> {
        let left = share.left(tick, period) > 0;
        if self.greedy {
            let round = share.want(tick, slice, period);
            let waited = |turn: u64| tick.saturating_sub(turn) >= round;
            if !left || !self.turn.is_none_or(waited) {
                return None;
            }
        } else if !left && !self.is_trusted(tick) {
            return Some(least(slice, CRUMB));
        }
        self.turn = Some(tick);
        Some(slice)
    }

    /// What it may use for its cleanup.
    pub(crate) fn cleanup(
        &self,
        share: &Share,
        tick: u64,
        period: Duration,
        cleanup: Budget,
    ) -> Budget {
        if !self.greedy {
            return cleanup;
        }
        let left = Duration::from_micros(share.left(tick, period));
        least(cleanup, left.max(CRUMB))
    }

    /// It has asked for something within its slice.
    pub(crate) fn asked(&mut self) {
        self.greedy = false;
        self.has_asked = true;
    }

    /// It was stopped while it computed.
    pub(crate) fn overran(&mut self, share: &Share, tick: u64, slice: Budget) {
        share.take(tick, slice);
        self.overran = Some(tick);
        self.greedy = true;
    }

    /// Its slice was over when it was answered, or it has asked too often. What it started may have
    /// taken the time, so that it is greedy only when that happens again in the next tick.
    pub(crate) fn overran_asking(&mut self, share: &Share, tick: u64, slice: Budget) {
        let before = self.overran.replace(tick);
        if before != Some(tick) {
            share.take(tick, slice);
            self.greedy = before.is_some_and(|before| before.checked_add(1) == Some(tick));
        }
    }

    fn is_trusted(&self, tick: u64) -> bool {
        let forgiven = |overran: u64| tick.saturating_sub(overran) > FORGIVEN;
        self.has_asked && self.overran.is_none_or(forgiven)
    }
}

/// A budget of no more than this time, and of the instructions that stand for it.
pub(crate) fn least(budget: Budget, time: Duration) -> Budget {
    let most = Budget::of(time);
    Budget {
        time: budget.time.min(most.time),
        fuel: budget.fuel.min(most.fuel),
    }
}

fn budget(period: Duration) -> u64 {
    micros(period / PART).max(1)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_millis(20);

    fn slice() -> Budget {
        Budget::of(Duration::from_millis(2))
    }

    #[test]
    fn a_quarter_of_the_period_is_shared_in_each_tick_anew() {
        let share = Share::default();
        for left in [5000, 3000, 1000, 0] {
            assert_eq!(share.left(7, PERIOD), left);
            share.take(7, slice());
        }
        assert_eq!(share.left(8, PERIOD), 5000);
    }

    #[test]
    fn a_run_that_yields_has_its_whole_slice_when_nothing_is_left() {
        let (share, mut good, mut new) = (Share::default(), Conduct::default(), Conduct::default());
        good.asked();
        share.take(1, Budget::of(PERIOD));
        assert_eq!(good.slice(&share, 1, PERIOD, slice()), Some(slice()));
        let crumb = Some(Budget::of(CRUMB));
        assert_eq!(new.slice(&share, 1, PERIOD, slice()), crumb);
        assert_eq!(
            good.cleanup(&share, 1, PERIOD, slice()),
            slice(),
            "its cleanup is its own"
        );

        // One that used up a slice lately is trusted again later.
        good.overran(&share, 1, slice());
        assert_eq!(good.slice(&share, 2, PERIOD, slice()), Some(slice()));
        good.asked();
        for (tick, granted) in [(50, crumb), (51, crumb), (52, Some(slice()))] {
            share.take(tick, Budget::of(PERIOD));
            assert_eq!(good.slice(&share, tick, PERIOD, slice()), granted, "{tick}");
        }
    }

    #[test]
    fn a_greedy_run_cleans_up_in_what_is_left() {
        let (share, mut greedy) = (Share::default(), Conduct::default());
        let cleanup = Budget::of(Duration::from_millis(5));
        greedy.overran(&share, 3, slice());
        let three = Budget::of(Duration::from_millis(3));
        assert_eq!(greedy.cleanup(&share, 3, PERIOD, cleanup), three);
        share.take(3, three);
        let crumb = Budget::of(CRUMB);
        assert_eq!(greedy.cleanup(&share, 3, PERIOD, cleanup), crumb);
    }

    #[test]
    fn one_that_asks_all_the_time_is_greedy_the_second_time() {
        let (share, mut run) = (Share::default(), Conduct::default());
        for (tick, left) in [(1, true), (2, true), (3, false)] {
            share.take(tick, Budget::of(PERIOD));
            assert_eq!(run.slice(&share, tick, PERIOD, slice()).is_some(), left);
            run.asked();
            run.overran_asking(&share, tick, slice());
            run.overran_asking(&share, tick, slice());
        }
    }
}
