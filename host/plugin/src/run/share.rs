//! What runs that do not yield may take of a tick together.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::turns::{Turns, Waiting, WaitingSince};
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
pub(crate) struct Share(Mutex<OfTick>);

#[derive(Debug, Default)]
struct OfTick {
    number: u64,
    /// The slices that were used up.
    used: Duration,
    /// The runs that had no whole slice.
    turns: Turns,
}

impl Share {
    /// What is left in this tick.
    fn left(&self, tick: u64, period: Duration) -> Duration {
        budget(period).saturating_sub(self.of(tick).used)
    }

    /// Whether something is left for a run in this tick. One that has waited longest has its turn
    /// even if others have used up what there was, so that nobody waits for ever. One that has
    /// used up a slice before leaves their parts to those that wait.
    fn has_left(&self, tick: u64, period: Duration, run: u64, is_new: bool) -> bool {
        let (mut of_tick, budget) = (self.of(tick), budget(period));
        let left = budget.saturating_sub(of_tick.used);
        of_tick.turns.begin(tick, budget);
        let is_head = of_tick.turns.head() == Some(run);
        let owed = of_tick.turns.come(run).filter(|_| !is_new);
        is_head || left > owed.unwrap_or_default()
    }

    /// A run that has no whole slice in this tick waits in line for the next.
    fn put_off(&self, tick: u64, run: Waiting) {
        self.of(tick).turns.put_off(run);
    }

    /// A slice was used up.
    pub(crate) fn take(&self, tick: u64, slice: Budget) {
        self.of(tick).used += slice.time;
    }

    fn of(&self, tick: u64) -> MutexGuard<'_, OfTick> {
        let mut of_tick = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if of_tick.number != tick {
            (of_tick.number, of_tick.used) = (tick, Duration::ZERO);
        }
        of_tick
    }
}

/// How one run has behaved, and what it may take of a tick for that.
///
/// A run that yields has its whole slice whatever others do. One that has just been started, or
/// that has used up a slice lately, has a crumb when the share is used up. One that has used up its
/// last slice is greedy: it goes on as long as something of the share is left, and takes turns with
/// its kind, so that each comes to the point where it yields, if it has one. Those that have waited
/// longest come first, whichever was started first and however the others behave.
#[derive(Debug, Default)]
pub(crate) struct Conduct {
    /// The run's id.
    run: u64,
    greedy: bool,
    /// Whether it has ever asked for something.
    has_asked: bool,
    /// The last tick in which it used up its slice.
    overran: Option<u64>,
    /// Since when it waits for its turn.
    waiting_since: WaitingSince,
}

impl Conduct {
    /// Of the run with this id.
    pub(crate) fn of(run: u64) -> Self {
        Self {
            run,
            ..Self::default()
        }
    }

    /// What it may use in a tick that begins for it; none if it is not its turn.
    pub(crate) fn slice(
        &mut self,
        share: &Share,
        tick: u64,
        period: Duration,
        slice: Budget,
    ) -> Option<Budget> {
        let has_left = share.has_left(tick, period, self.run, self.overran.is_none());
        if has_left || (!self.greedy && self.is_trusted(tick)) {
            return Some(slice);
        }
        let waiting = Waiting {
            run: self.run,
            since: self.waiting_since.put_off(tick),
            need: slice.time,
        };
        share.put_off(tick, waiting);
        (!self.greedy).then(|| least(slice, CRUMB))
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
        least(cleanup, share.left(tick, period).max(CRUMB))
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

/// What runs share of a tick of this length.
fn budget(period: Duration) -> Duration {
    (period / PART).max(Duration::from_micros(1))
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
        for left in [5, 3, 1, 0] {
            assert_eq!(share.left(7, PERIOD), Duration::from_millis(left));
            share.take(7, slice());
        }
        assert_eq!(share.left(8, PERIOD), Duration::from_millis(5));
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
        for (tick, granted) in [(49, crumb), (51, crumb), (53, Some(slice()))] {
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

    #[test]
    fn a_greedy_run_has_its_turn_before_those_that_are_not_trusted() {
        let (share, mut greedy) = (Share::default(), Conduct::of(100));
        let mut others: Vec<_> = (0..20).map(Conduct::of).collect();
        greedy.overran(&share, 0, slice());
        let mut turns = Vec::new();
        for tick in 1..30 {
            // They come before it in every tick, ask, and use up what they are given.
            for other in &mut others {
                let slice = other.slice(&share, tick, PERIOD, slice());
                other.asked();
                if let Some(slice) = slice {
                    other.overran_asking(&share, tick, slice);
                    other.asked();
                }
            }
            if greedy.slice(&share, tick, PERIOD, slice()).is_some() {
                greedy.overran(&share, tick, slice());
                turns.push(tick);
            }
        }
        assert_eq!(turns, [9, 18, 27], "each has a turn before the next round");
    }

    #[test]
    fn one_that_has_just_been_started_need_not_leave_anything_to_those_that_wait() {
        let (share, mut greedy) = (Share::default(), [1, 2, 3].map(Conduct::of));
        for run in &mut greedy {
            run.overran(&share, 0, slice());
        }
        share.take(1, Budget::of(PERIOD));
        for run in &mut greedy {
            assert_eq!(run.slice(&share, 1, PERIOD, slice()), None);
        }
        let mut lately = Conduct::of(4);
        lately.overran(&share, 0, slice());
        assert_eq!(lately.slice(&share, 2, PERIOD, slice()), None);
        let mut new = Conduct::of(5);
        assert_eq!(new.slice(&share, 2, PERIOD, slice()), Some(slice()));
    }
}
