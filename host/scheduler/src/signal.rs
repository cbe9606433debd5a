//! Boolean conditions and their combinators.

mod memory;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::Tick;
use memory::{Memory, Step};

/// Something that is true or false at any moment.
pub trait Condition: Send + Sync {
    /// The value now. MUST be quick, MUST NOT block and MUST NOT unwind; it is called on the
    /// scheduler's thread, as often as once per tick and reader.
    ///
    /// One that unwinds all the same counts as unknown where the scheduler reads it.
    fn sample(&self, tick: Tick) -> bool;
}

impl<F: Fn() -> bool + Send + Sync> Condition for F {
    fn sample(&self, _: Tick) -> bool {
        self()
    }
}

/// A boolean condition that can be combined, bound to commands and waited for.
///
/// A value can be unknown ([`Signal::measured`]): a sensor that has not answered is neither near nor
/// far. Unknown stays unknown through `negate`, and through `both` and `either` unless the other operand
/// decides. It is not true: nothing starts because of it, and no wait ends.
///
/// A signal made of others is limited to [`MAX_SIGNAL_PARTS`], because the number of parts doubles
/// when a signal is combined with itself: one that would be larger is false for ever, and a binding
/// or a wait in a body that uses it is answered with `Invalid`.
///
/// `both`, `either` and `negate` look at all their operands each time they are read; the combinators
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
    node: Arc<dyn Node>,
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

/// What a signal is made of.
trait Node: Send + Sync {
    /// The value now; none if it is unknown.
    fn look(&self, tick: Tick) -> Option<bool>;

    /// The value now if nothing were delayed: of a debounce, an edge and a multi-press it is that of what
    /// they follow.
    fn undelayed(&self, tick: Tick) -> Option<bool> {
        self.look(tick)
    }

    /// Forgets what was built up; the next look is what changes are counted from.
    fn begin_anew(&self) {}
}

impl Signal {
    /// A signal that follows a condition.
    pub fn new(condition: impl Condition + 'static) -> Self {
        Self::of_node(Known(condition), 1)
    }

    /// A signal that follows a measurement, which may not be there: then it is unknown.
    ///
    /// ```
    /// use gantry_scheduler::{Signal, Tick};
    /// let distance: Option<f64> = None;
    /// let near = Signal::measured(move || distance.map(|distance| distance < 0.5));
    /// assert!(!near.sample(Tick::default()));
    /// assert!(!near.negate().sample(Tick::default()), "nor is it far");
    /// ```
    pub fn measured(value: impl Fn() -> Option<bool> + Send + Sync + 'static) -> Self {
        Self::of_node(Measured(value), 1)
    }

    /// The value now; false if it is unknown.
    pub fn sample(&self, tick: Tick) -> bool {
        self.look(tick) == Some(true)
    }

    /// The value now; none if it is unknown.
    pub fn look(&self, tick: Tick) -> Option<bool> {
        self.node.look(tick)
    }

    /// Forgets what edges, debounces and multi-presses in it have seen. The next look is what changes
    /// are counted from: what is true then has not become true, and is no press.
    pub fn begin_anew(&self) {
        self.node.begin_anew();
    }

    /// How many conditions and combinators it is made of, counted as often as each is looked at;
    /// more than [`MAX_SIGNAL_PARTS`] if it is one that had become too large.
    pub fn parts(&self) -> u32 {
        self.parts
    }

    /// The value now, for the scheduler, which goes on whatever a condition does.
    pub(crate) fn look_contained(&self, tick: Tick) -> Option<bool> {
        catch_unwind(AssertUnwindSafe(|| self.look(tick))).unwrap_or(None)
    }

    /// The value now if nothing were delayed, for the scheduler.
    pub(crate) fn undelayed_contained(&self, tick: Tick) -> Option<bool> {
        catch_unwind(AssertUnwindSafe(|| self.node.undelayed(tick))).unwrap_or(None)
    }

    /// A condition that looks at others, which have been counted, and so is never too large.
    pub(crate) fn looking_at(others: &[&Signal], condition: impl Condition + 'static) -> Self {
        let parts = others.iter().map(|signal| signal.parts);
        let parts = parts.fold(1, u32::saturating_add).min(MAX_SIGNAL_PARTS);
        Self::of_node(Known(condition), parts)
    }

    fn of_node(node: impl Node + 'static, parts: u32) -> Self {
        Self {
            node: Arc::new(node),
            parts,
        }
    }

    /// A signal made of others.
    fn made_of(operands: &[&Signal], node: impl Node + 'static) -> Self {
        let parts = operands
            .iter()
            .fold(1, |sum: u32, signal| sum.saturating_add(signal.parts));
        if parts > MAX_SIGNAL_PARTS {
            // Without its operands, so that a chain of them ends here.
            return Self::of_node(Known(|| false), u32::MAX);
        }
        Self::of_node(node, parts)
    }

    /// Logical and.
    #[must_use]
    pub fn both(&self, other: &Signal) -> Signal {
        let node = Joined {
            operands: [self.clone(), other.clone()],
            decided_by: false,
        };
        Self::made_of(&[self, other], node)
    }

    /// Logical or.
    #[must_use]
    pub fn either(&self, other: &Signal) -> Signal {
        let node = Joined {
            operands: [self.clone(), other.clone()],
            decided_by: true,
        };
        Self::made_of(&[self, other], node)
    }

    /// Logical not.
    #[must_use]
    pub fn negate(&self) -> Signal {
        Self::made_of(&[self], Not(self.clone()))
    }

    /// True for the one tick in which this signal became true. The first look is no edge.
    #[must_use]
    pub fn rising_edge(&self) -> Signal {
        self.with_memory(Step::edge(true))
    }

    /// True for the one tick in which this signal became false. The first look is no edge.
    #[must_use]
    pub fn falling_edge(&self) -> Signal {
        self.with_memory(Step::edge(false))
    }

    /// Follows this signal's changes in one or both directions only once they have lasted for
    /// `time`. Starts with the value that needs no delay: false if rising edges are delayed, true
    /// if only falling ones are; but with the value that it finds if only falling ones are delayed and it
    /// [began anew](Signal::begin_anew), or was unknown.
    #[must_use]
    pub fn debounce(&self, time: Duration, edge: Edge) -> Signal {
        self.with_memory(Step::debounce(time, edge))
    }

    /// True from the `count`th rising edge within `window` until this signal is false again. A
    /// count of zero is one.
    #[must_use]
    pub fn multi_press(&self, count: u32, window: Duration) -> Signal {
        self.with_memory(Step::multi_press(count, window))
    }

    /// A signal computed from this one once per tick.
    fn with_memory(&self, step: Step) -> Signal {
        Self::made_of(&[self], Memory::new(self.clone(), step))
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signal")
    }
}

/// A condition that always has a value.
struct Known<C>(C);

impl<C: Condition> Node for Known<C> {
    fn look(&self, tick: Tick) -> Option<bool> {
        Some(self.0.sample(tick))
    }
}

struct Measured<F>(F);

impl<F: Fn() -> Option<bool> + Send + Sync> Node for Measured<F> {
    fn look(&self, _: Tick) -> Option<bool> {
        self.0()
    }
}

/// Logical and, if an operand that is false decides; or, if one that is true does.
struct Joined {
    operands: [Signal; 2],
    decided_by: bool,
}

impl Joined {
    fn join(&self, value: impl Fn(&Signal) -> Option<bool>) -> Option<bool> {
        // Both are looked at in any case: they may remember.
        let [a, b] = self.operands.each_ref().map(value);
        let by = Some(self.decided_by);
        if a == by || b == by { by } else { a.and(b) }
    }
}

impl Node for Joined {
    fn look(&self, tick: Tick) -> Option<bool> {
        self.join(|operand| operand.look(tick))
    }

    fn undelayed(&self, tick: Tick) -> Option<bool> {
        self.join(|operand| operand.node.undelayed(tick))
    }

    fn begin_anew(&self) {
        for operand in &self.operands {
            operand.begin_anew();
        }
    }
}

struct Not(Signal);

impl Node for Not {
    fn look(&self, tick: Tick) -> Option<bool> {
        self.0.look(tick).map(|value| !value)
    }

    fn undelayed(&self, tick: Tick) -> Option<bool> {
        self.0.node.undelayed(tick).map(|value| !value)
    }

    fn begin_anew(&self) {
        self.0.begin_anew();
    }
}
