//! Whose turn it is, among runs that together want more of a tick than they may have: of one plugin,
//! or of all those that have to be pre-empted.

use std::time::Duration;

/// The line of runs that were put off. Those that have waited longest come first in the
/// next tick, as many as there is time for; the others have what these leave.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    tick: u64,
    /// Those that come first in this tick and have not come yet.
    first: Vec<Waiting>,
    /// The one of them that has waited longest.
    head: Option<u64>,
    /// Those that were put off in this tick.
    line: Vec<Waiting>,
}

/// A run that wants to compute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Waiting {
    /// The run's id.
    pub(crate) run: u64,
    /// Since which tick it has been put off.
    pub(crate) since: u64,
    /// How long it will compute, as far as can be told.
    pub(crate) need: Duration,
}

/// In which ticks a run was put off last: the first and the last of those in a row.
#[derive(Debug, Default)]
pub(crate) struct WaitingSince(Option<(u64, u64)>);

impl WaitingSince {
    /// Since when it is put off, if it is in this tick.
    pub(crate) fn since(&self, tick: u64) -> u64 {
        match self.0 {
            Some((first, last)) if last + 1 == tick => first,
            _ => tick,
        }
    }

    /// It is put off in this tick. Returns since when.
    pub(crate) fn put_off(&mut self, tick: u64) -> u64 {
        let since = self.since(tick);
        self.0 = Some((since, tick));
        since
    }
}

impl Turns {
    /// Lets those come first that have waited longest, if a new tick has begun, of which all may
    /// have so much.
    pub(crate) fn begin(&mut self, tick: u64, most: Duration) {
        if self.tick == tick {
            return;
        }
        let is_next = self.tick.checked_add(1) == Some(tick);
        self.tick = tick;
        std::mem::swap(&mut self.first, &mut self.line);
        self.line.clear();
        if !is_next {
            self.first.clear();
        }
        self.first
            .sort_unstable_by_key(|waiting| (waiting.since, waiting.run));
        self.head = self.first.first().map(|waiting| waiting.run);
        let mut sum = Duration::ZERO;
        let in_time = self.first.iter().take_while(|waiting| {
            let begins = sum;
            sum += waiting.need;
            begins < most
        });
        let count = in_time.count();
        self.first.truncate(count);
    }

    /// The run that has waited longest when this tick began.
    pub(crate) fn head(&self) -> Option<u64> {
        self.head
    }

    /// A run comes in this tick. Returns what it has to leave to those that come before it; none if
    /// it is one of them.
    pub(crate) fn come(&mut self, run: u64) -> Option<Duration> {
        match self.first.iter().position(|first| first.run == run) {
            Some(at) => {
                self.first.swap_remove(at);
                None
            }
            None => Some(self.first.iter().map(|first| first.need).sum()),
        }
    }

    /// A run is put off.
    pub(crate) fn put_off(&mut self, waiting: Waiting) {
        self.line.push(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    /// Lets runs come in this order, each for as long as it needs. Returns those that may.
    fn play(turns: &mut Turns, tick: u64, since: &mut [u64], order: &[u64]) -> Vec<u64> {
        let (most, need) = (ms(4), ms(2));
        let mut left = most;
        turns.begin(tick, most);
        let mut admitted = Vec::new();
        for &run in order {
            if left > turns.come(run).unwrap_or_default() {
                left = left.saturating_sub(need);
                since[run as usize] = tick + 1;
                admitted.push(run);
            } else {
                let since = since[run as usize];
                turns.put_off(Waiting { run, since, need });
            }
        }
        admitted
    }

    #[test]
    fn those_that_have_waited_longest_come_first_whatever_the_order() {
        let (mut turns, mut since) = (Turns::default(), [0; 5]);
        let newest_first = [4, 3, 2, 1, 0];
        let admitted: Vec<_> = (1..6)
            .map(|tick| play(&mut turns, tick, &mut since, &newest_first))
            .collect();
        assert_eq!(admitted, [[4, 3], [1, 0], [3, 2], [4, 0], [2, 1]]);
    }

    #[test]
    fn what_was_put_off_long_ago_is_owed_nothing() {
        let (mut turns, mut since) = (Turns::default(), [0; 3]);
        assert_eq!(play(&mut turns, 1, &mut since, &[2, 1, 0]), [2, 1]);
        assert_eq!(play(&mut turns, 3, &mut since, &[2, 1, 0]), [2, 1]);
    }
}
