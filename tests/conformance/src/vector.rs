//! The vectors' format, and the comparison with what was expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One scenario and what the reference did with it.
#[derive(Clone, Debug, Deserialize)]
pub struct Vector {
    /// Says which rule it shows.
    pub name: String,
    /// What is done.
    pub scenario: Scenario,
    /// What the reference did.
    pub expect: Expect,
}

/// What is done: commands, and the steps before each tick.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// For people.
    #[serde(default)]
    pub name: String,
    /// Time between two ticks.
    pub period_ms: u64,
    /// Names of the mechanisms.
    pub mechanisms: Vec<String>,
    /// One command object each.
    pub commands: BTreeMap<String, CommandSpec>,
    /// Mechanism to command.
    #[serde(default)]
    pub defaults: OrderedMap,
    /// Bound in order.
    #[serde(default)]
    pub triggers: Vec<TriggerSpec>,
    /// What is done before each tick.
    pub ticks: Vec<Step>,
}

/// A map that keeps the order of the file.
pub(crate) type OrderedMap = serde_json::Map<String, Value>;

/// One command object.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum CommandSpec {
    /// A body of operations.
    Body {
        /// Names of mechanisms.
        requires: Vec<String>,
        /// The highest wins.
        priority: i32,
        /// See the vectors' README.
        body: Vec<Value>,
    },
    /// Members awaited in turn.
    Sequence {
        /// Names of commands.
        sequence: Vec<String>,
    },
    /// Required members, and the optional ones under `parallel`.
    Deadline {
        /// Names of commands.
        required: Vec<String>,
        /// Names of commands.
        parallel: Vec<String>,
    },
    /// Required members.
    Parallel {
        /// Names of commands.
        parallel: Vec<String>,
    },
    /// Members of which the first ends it.
    Race {
        /// Names of commands.
        race: Vec<String>,
    },
    /// A state machine.
    Machine {
        /// Its description.
        machine: MachineSpec,
    },
}

/// A state machine's description.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineSpec {
    /// Name of the first state.
    pub initial: String,
    /// State to command.
    pub states: OrderedMap,
    /// In the order in which they are added.
    pub transitions: Vec<TransitionSpec>,
}

/// A transition of a state machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionSpec {
    /// Names of states; none means any.
    pub from: Vec<String>,
    /// Name of a state, or the end of the machine.
    pub to: Option<String>,
    /// Fires when this signal rises.
    pub when: Option<String>,
    /// Fires on completion if this signal is true.
    pub when_complete_and: Option<String>,
}

/// A trigger.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerSpec {
    /// What is sampled.
    pub signal: String,
    /// The kind of binding.
    pub on: String,
    /// What is bound.
    pub command: String,
}

/// What is done before a tick, in the order of the fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// Goes to an op mode; 0 is none.
    pub opmode: Option<u64>,
    /// Sets signals.
    pub set: BTreeMap<String, bool>,
    /// Cancels commands.
    pub cancel: Vec<String>,
    /// Cancels all.
    pub cancel_all: bool,
    /// Schedules commands.
    pub schedule: Vec<String>,
}

/// What the reference did.
#[derive(Clone, Debug, Deserialize)]
pub struct Expect {
    /// From this tick on the reference misbehaves and nothing is expected.
    pub before_tick: Option<usize>,
    /// How it misbehaves.
    #[serde(default)]
    pub reference_bugs: Vec<String>,
    /// The trace.
    #[serde(flatten)]
    pub trace: Trace,
    /// Other traces that are as good, where the reference's order depends on a hash.
    #[serde(default)]
    pub alternatives: Vec<Trace>,
}

/// What happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// In order.
    pub events: Vec<Event>,
    /// At the end of each tick.
    pub ticks: Vec<TickState>,
}

/// One event: the tick, the kind, the command, and more for some kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Event(pub Vec<Value>);

impl Event {
    /// The tick in which it happened.
    pub fn tick(&self) -> usize {
        self.0.first().and_then(Value::as_u64).unwrap_or(0) as usize
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            match part {
                Value::String(text) if index > 0 => write!(f, " {text}")?,
                part if index > 0 => write!(f, " {part}")?,
                part => write!(f, "{part:>4}")?,
            }
        }
        Ok(())
    }
}

/// Who is running and queued at the end of a tick.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TickState {
    /// In the order of their start.
    pub running: Vec<String>,
    /// In the order of the queue.
    pub queued: Vec<String>,
    /// Child to parent.
    pub parents: BTreeMap<String, String>,
}

/// The first tick in which a trace is not what was expected.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The tick.
    pub tick: usize,
    /// What the reference did in it.
    pub expected: Vec<String>,
    /// What we did in it.
    pub actual: Vec<String>,
}

impl Vector {
    /// Where a trace first differs from what is expected; none if it does not.
    pub fn compare(&self, actual: &Trace) -> Option<Difference> {
        let expected: Vec<&Trace> = std::iter::once(&self.expect.trace)
            .chain(&self.expect.alternatives)
            .collect();
        // Of several allowed traces the one that agrees the longest says most.
        expected
            .into_iter()
            .map(|expected| self.difference(expected, actual))
            .min_by_key(|difference| {
                difference
                    .as_ref()
                    .map_or(0, |difference| usize::MAX - difference.tick)
            })
            .flatten()
    }

    fn difference(&self, expected: &Trace, actual: &Trace) -> Option<Difference> {
        let ticks = self.expect.before_tick.unwrap_or(self.scenario.ticks.len());
        (0..ticks).find_map(|tick| {
            let (expected, actual) = (lines(expected, tick), lines(actual, tick));
            (expected != actual).then_some(Difference {
                tick,
                expected,
                actual,
            })
        })
    }
}

/// A tick's events and its state at the end, as text.
fn lines(trace: &Trace, tick: usize) -> Vec<String> {
    let mut lines: Vec<String> = trace
        .events
        .iter()
        .filter(|event| event.tick() == tick)
        .map(|event| event.to_string())
        .collect();
    if let Some(state) = trace.ticks.get(tick) {
        let mut parents: BTreeSet<String> = BTreeSet::new();
        for (child, parent) in &state.parents {
            parents.insert(format!("{child} of {parent}"));
        }
        lines.push(format!("     running {:?}", state.running));
        lines.push(format!("     queued {:?}", state.queued));
        lines.push(format!("     children {parents:?}"));
    }
    lines
}
