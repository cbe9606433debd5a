//! Boolean conditions and their combinators.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::Tick;

/// Something that is true or false at any moment.
pub trait Condition: Send + Sync {
    /// The value now. MUST be quick, MUST NOT block and MUST NOT unwind; it is called on the
    /// scheduler's thread, as often as once per tick and reader.
    ///
    /// One that unwinds all the same counts as false where the scheduler reads it.
    fn sample(&self, tick: Tick) -> bool;
}

impl<F: Fn() -> bool + Send + Sync> Condition for F {
    fn sample(&self, _: Tick) -> bool {
        self()
    }
}

/// A boolean condition that can be combined, bound to commands and waited for.
///
/// A signal made of others is limited to [`MAX_SIGNAL_PARTS`], because the number of parts doubles
/// when a signal is combined with itself: one that would be larger is false for ever, and a binding
/// or a wait in a body that uses it is answered with `Invalid`.
///
/// `both`, `either` and `negate` look at their operands each time they are read; the combinators
/// with a memory (edges, debounce, multi-press) look once per tick and keep that value for the
/// rest of it.
///
/// ```
/// use gantry_scheduler::{Signal, Tick};
/// let pressed = Signal::new(|| true);
/// let held = Signal::new(|| false);
/// assert!(pressed.both(&held.negate()).sample(Tick::default()));
/// ```
#[derive(Clone)]
pub struct Signal {
    condition: Arc<dyn Condition>,
    /// How many conditions one sample looks at, this one included.
    parts: u32,
}

/// Of how many conditions and combinators a signal can be made.
pub const MAX_SIGNAL_PARTS: u32 = 1_000;

/// Which changes a debounce delays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edge {
    /// Only those to true.
    Rising,
    /// Only those to false.
    Falling,
    /// All.
    Both,
}

impl Signal {
    /// A signal that follows a condition.
    pub fn new(condition: impl Condition + 'static) -> Self {
        Self {
            condition: Arc::new(condition),
            parts: 1,
        }
    }

    /// The value now.
    pub fn sample(&self, tick: Tick) -> bool {
        self.condition.sample(tick)
    }

    /// How many conditions and combinators it is made of, counted as often as each is looked at;
    /// more than [`MAX_SIGNAL_PARTS`] if it is one that had become too large.
    pub fn parts(&self) -> u32 {
        self.parts
    }

    /// The value now, for the scheduler, which goes on whatever a condition does.
    pub(crate) fn sample_contained(&self, tick: Tick) -> bool {
        catch_unwind(AssertUnwindSafe(|| self.sample(tick))).unwrap_or(false)
    }

    /// A condition that looks at others, which have been counted, and so is never too large.
    pub(crate) fn looking_at(others: &[&Signal], condition: impl Condition + 'static) -> Self {
        let parts = others.iter().map(|signal| signal.parts);
        Self {
            condition: Arc::new(condition),
            parts: parts.fold(1, u32::saturating_add).min(MAX_SIGNAL_PARTS),
        }
    }

    /// A signal made of others.
    pub(crate) fn made_of(parts: &[&Signal], condition: impl Condition + 'static) -> Self {
        let parts = parts
            .iter()
            .fold(1, |sum: u32, signal| sum.saturating_add(signal.parts));
        if parts > MAX_SIGNAL_PARTS {
            // Without its operands, so that a chain of them ends here.
            return Self {
                condition: Arc::new(|| false),
                parts: u32::MAX,
            };
        }
        Self {
            condition: Arc::new(condition),
            parts,
        }
    }

    /// Logical and.
    #[must_use]
    pub fn both(&self, other: &Signal) -> Signal {
        let (a, b) = (self.clone(), other.clone());
        Self::made_of(
            &[self, other],
            Live(move |tick| a.sample(tick) && b.sample(tick)),
        )
    }

    /// Logical or.
    #[must_use]
    pub fn either(&self, other: &Signal) -> Signal {
        let (a, b) = (self.clone(), other.clone());
        Self::made_of(
            &[self, other],
            Live(move |tick| a.sample(tick) || b.sample(tick)),
        )
    }

    /// Logical not.
    #[must_use]
    pub fn negate(&self) -> Signal {
        let a = self.clone();
        Self::made_of(&[self], Live(move |tick| !a.sample(tick)))
    }

    /// True for the one tick in which this signal became true.
    #[must_use]
    pub fn rising_edge(&self) -> Signal {
        let mut before = None;
        self.with_memory(move |now, _| before.replace(now) == Some(false) && now)
    }

    /// True for the one tick in which this signal became false.
    #[must_use]
    pub fn falling_edge(&self) -> Signal {
        let mut before = None;
        self.with_memory(move |now, _| before.replace(now) == Some(true) && !now)
    }

    /// Follows this signal's changes in one or both directions only once they have lasted for
    /// `time`. Starts with the value that needs no delay: false if rising edges are delayed, true
    /// if only falling ones are.
    #[must_use]
    pub fn debounce(&self, time: Duration, edge: Edge) -> Signal {
        let mut output = edge == Edge::Falling;
        let mut changed_at: Option<Duration> = None;
        self.with_memory(move |now, tick| {
            if now == output {
                changed_at = None;
                return output;
            }
            let delayed = match edge {
                Edge::Both => true,
                Edge::Rising => now,
                Edge::Falling => !now,
            };
            let since = *changed_at.get_or_insert(tick.time);
            if !delayed || tick.time.saturating_sub(since) >= time {
                output = now;
                changed_at = None;
            }
            output
        })
    }

    /// True from the `count`th rising edge within `window` until this signal is false again. A
    /// count of zero is one.
    #[must_use]
    pub fn multi_press(&self, count: u32, window: Duration) -> Signal {
        let count = count.max(1) as usize;
        let mut presses = VecDeque::with_capacity(count.min(8));
        let mut before = false;
        let mut active = false;
        self.with_memory(move |now, tick| {
            if now && !before {
                while presses
                    .front()
                    .is_some_and(|first| tick.time.saturating_sub(*first) > window)
                {
                    presses.pop_front();
                }
                presses.push_back(tick.time);
                active = presses.len() >= count;
                if active {
                    presses.clear();
                }
            }
            active &= now;
            before = now;
            active
        })
    }

    /// A signal computed from this one once per tick.
    fn with_memory(&self, step: impl FnMut(bool, Tick) -> bool + Send + 'static) -> Signal {
        let state = Mutex::new(MemoryState {
            seen: None,
            step: Box::new(step),
        });
        Self::made_of(
            &[self],
            Memory {
                of: self.clone(),
                state,
            },
        )
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signal")
    }
}

/// A condition that depends on nothing but its operands' present values.
struct Live<F>(F);

impl<F: Fn(Tick) -> bool + Send + Sync> Condition for Live<F> {
    fn sample(&self, tick: Tick) -> bool {
        self.0(tick)
    }
}

struct Memory {
    of: Signal,
    state: Mutex<MemoryState>,
}

struct MemoryState {
    /// Number and value of the tick that was sampled last.
    seen: Option<(u64, bool)>,
    step: Box<dyn FnMut(bool, Tick) -> bool + Send>,
}

impl Condition for Memory {
    fn sample(&self, tick: Tick) -> bool {
        let mut state = self
            .state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((number, value)) = state.seen
            && number == tick.number
        {
            return value;
        }
        let value = (state.step)(self.of.sample(tick), tick);
        state.seen = Some((tick.number, value));
        value
    }
}
