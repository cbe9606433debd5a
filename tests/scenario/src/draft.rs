//! Scenarios in numbers, which stay valid whatever the numbers are.
//!
//! They are what is drawn at random, by proptest or by a fuzzer, and what is made smaller; only at the
//! end are names made of the numbers.

use std::collections::BTreeMap;

#[cfg(feature = "arbitrary")]
use arbitrary::Arbitrary;
use gantry_script::{Operation, Script};
use serde_json::json;

use crate::command::{CommandSpec, MachineSpec, TransitionSpec};
use crate::scenario::{OrderedMap, Scenario, Step, TriggerSpec};

/// How deeply groups are nested, and operations within each other.
pub(crate) const DEPTH: usize = 8;

const SIGNALS: u8 = 5;

/// Few enough that one that goes on without end fits into any cleanup budget and is soon over.
const OPERATIONS: u32 = 50;

const BINDINGS: [&str; 8] = [
    "on-true",
    "on-false",
    "while-true",
    "while-false",
    "retry-while-true",
    "retry-while-false",
    "toggle-on-true",
    "toggle-on-false",
];

/// The most commands, mechanisms and ticks of a scenario.
pub(crate) const MOST: (usize, u8, usize) = (40, 12, 200);

/// Times that anything is done, in ticks or otherwise, and milliseconds that anything takes.
const MOST_TIMES: u32 = 8;
const MOST_TIME: u64 = 100;

/// A scenario in numbers.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "arbitrary", derive(Arbitrary))]
pub struct Draft {
    pub(crate) mechanisms: u8,
    pub(crate) commands: Vec<DraftCommand>,
    /// Mechanism, command.
    pub(crate) defaults: Vec<(u8, u8)>,
    /// Signal, kind of binding, command.
    pub(crate) triggers: Vec<(u8, u8, u8)>,
    pub(crate) ticks: Vec<DraftStep>,
    /// Whether bodies compute; if not, they yield instead.
    pub(crate) computes: bool,
}

/// A command in numbers.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "arbitrary", derive(Arbitrary))]
pub(crate) struct DraftCommand {
    pub(crate) kind: Kind,
    pub(crate) requires: Vec<u8>,
    pub(crate) priority: i32,
    pub(crate) runs_while_disabled: bool,
}

#[derive(Clone, Debug)]
#[cfg_attr(feature = "arbitrary", derive(Arbitrary))]
pub(crate) enum Kind {
    Body(Vec<Op>, Vec<Op>),
    Sequence(Vec<u8>),
    Parallel(Vec<u8>, Vec<u8>),
    Race(Vec<u8>),
    Machine(Vec<u8>, Vec<DraftTransition>),
}

#[derive(Clone, Debug)]
#[cfg_attr(feature = "arbitrary", derive(Arbitrary))]
pub(crate) enum Op {
    Yield(u32),
    Log(u8),
    Fork(Vec<u8>),
    Await(u8),
    AwaitAll(Vec<u8>),
    AwaitAny(Vec<u8>),
    Park,
    Wait(u64),
    WaitUntil(u8, Option<u64>),
    Set(u8, bool),
    If(u8, Vec<Op>, Vec<Op>),
    Repeat(u32, Vec<Op>),
    While(u8, Vec<Op>, bool),
    Schedule(u8),
    Cancel(u8),
    Fail,
    CancelOnForkFailure(bool),
    SetDefault(u8, u8),
    Trigger(u8, u8, u8),
    Return,
    Compute(u32),
}

/// Origins, target, signal, and whether it is on completion.
pub(crate) type DraftTransition = (Vec<u8>, Option<u8>, Option<u8>, bool);

/// A step in numbers.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "arbitrary", derive(Arbitrary))]
pub(crate) struct DraftStep {
    pub(crate) enabled: Option<bool>,
    pub(crate) opmode: Option<u64>,
    pub(crate) set: Vec<(u8, bool)>,
    pub(crate) cancel: Vec<u8>,
    pub(crate) cancel_all: bool,
    pub(crate) schedule: Vec<u8>,
}

impl Draft {
    /// The scenario, with what is too much of it left out.
    pub fn scenario(mut self) -> Scenario {
        let (commands, mechanisms, ticks) = MOST;
        self.commands.truncate(commands);
        self.ticks.truncate(ticks);
        Naming {
            commands: self.commands.len(),
            mechanisms: usize::from(self.mechanisms % mechanisms) + 1,
            computes: self.computes,
        }
        .scenario(self.commands, self.defaults, self.triggers, self.ticks)
    }
}

/// Makes names of numbers.
struct Naming {
    commands: usize,
    mechanisms: usize,
    computes: bool,
}

/// What has been made so far of a command: its mechanisms and how deeply it is nested.
#[derive(Clone, Default)]
struct Made {
    requires: Vec<String>,
    depth: usize,
}

impl Naming {
    fn scenario(
        &self,
        commands: Vec<DraftCommand>,
        defaults: Vec<(u8, u8)>,
        triggers: Vec<(u8, u8, u8)>,
        ticks: Vec<DraftStep>,
    ) -> Scenario {
        let mut made: Vec<Made> = Vec::new();
        let mut specs = BTreeMap::new();
        for (index, draft) in commands.into_iter().enumerate() {
            let (spec, as_made) = self.command(draft, &made);
            made.push(as_made);
            specs.insert(name(index), spec);
        }
        if specs.is_empty() {
            // There is nothing that anything else could name.
            return Scenario::default();
        }
        let mut default_commands = OrderedMap::new();
        for (mechanism, from) in defaults {
            let mechanism = self.mechanism(mechanism);
            let fits = |index: &usize| made[*index].requires == [mechanism.as_str()];
            let from = usize::from(from) % self.commands;
            if let Some(index) = (from..self.commands).chain(0..from).find(fits) {
                default_commands.insert(mechanism, json!(name(index)));
            }
        }
        let triggers = triggers
            .into_iter()
            .map(|(signal, on, command)| TriggerSpec {
                signal: self.signal(signal),
                on: on_of(on),
                command: self.name(command),
            });
        Scenario {
            name: String::new(),
            period_ms: 20,
            operations_per_tick: Some(OPERATIONS),
            mechanisms: (0..self.mechanisms).map(mechanism).collect(),
            commands: specs,
            defaults: default_commands,
            triggers: triggers.collect(),
            ticks: ticks.into_iter().map(|step| self.step(step)).collect(),
        }
    }

    fn command(&self, draft: DraftCommand, made: &[Made]) -> (CommandSpec, Made) {
        let mut taken = Made {
            requires: draft
                .requires
                .iter()
                .map(|index| self.mechanism(*index))
                .collect(),
            depth: 0,
        };
        taken.requires.sort();
        taken.requires.dedup();
        let body = |body, cleanup| CommandSpec::Body {
            requires: taken.requires.clone(),
            priority: draft.priority,
            runs_while_disabled: draft.runs_while_disabled,
            script: Script { body, cleanup },
        };
        let mut group = Made::default();
        let spec = match draft.kind {
            Kind::Body(operations, cleanup) => {
                body(self.list(operations, 0), self.list(cleanup, 0))
            }
            Kind::Sequence(members) => CommandSpec::Sequence(group.members(&members, made, false)),
            Kind::Parallel(required, optional) => CommandSpec::Parallel {
                required: group.members(&required, made, true),
                optional: group.members(&optional, made, true),
            },
            Kind::Race(members) => match group.members(&members, made, true) {
                // A race without members cannot be made.
                members if members.is_empty() => CommandSpec::Sequence(members),
                members => CommandSpec::Race(members),
            },
            Kind::Machine(states, transitions) => {
                let members = group.members(&states, made, false);
                group.requires.clear();
                match members.is_empty() {
                    true => CommandSpec::Sequence(members),
                    false => CommandSpec::Machine(self.machine(&members, transitions)),
                }
            }
        };
        match spec {
            CommandSpec::Body { .. } => (spec, taken),
            spec => (spec, group),
        }
    }

    fn machine(&self, members: &[String], transitions: Vec<DraftTransition>) -> MachineSpec {
        let state = |index: u8| format!("state-{}", usize::from(index) % members.len());
        let states = members.iter().enumerate();
        MachineSpec {
            initial: state(0),
            states: states
                .map(|(index, command)| (format!("state-{index}"), json!(command)))
                .collect(),
            transitions: transitions
                .into_iter()
                .map(|(from, to, signal, on_completion)| {
                    let signal = signal.map(|signal| self.signal(signal));
                    let (when, when_complete_and) = match on_completion {
                        true => (None, signal),
                        false => (signal, None),
                    };
                    TransitionSpec {
                        from: from.into_iter().map(state).collect(),
                        to: to.map(state),
                        when,
                        when_complete_and,
                    }
                })
                .collect(),
        }
    }

    fn list(&self, operations: Vec<Op>, depth: usize) -> Vec<Operation> {
        if depth > DEPTH {
            return Vec::new();
        }
        let operations = operations.into_iter();
        operations.map(|op| self.operation(op, depth + 1)).collect()
    }

    fn operation(&self, op: Op, depth: usize) -> Operation {
        let times = |times: u32| times % MOST_TIMES;
        let time = |time: u64| time % MOST_TIME;
        match op {
            Op::Yield(ticks) => Operation::Yield(times(ticks)),
            Op::Log(text) => Operation::Log(format!("text {text}")),
            Op::Fork(commands) => Operation::Fork(self.names(&commands)),
            Op::Await(command) => Operation::Await(self.name(command)),
            Op::AwaitAll(commands) => Operation::AwaitAll(self.names(&commands)),
            Op::AwaitAny(commands) => Operation::AwaitAny(self.names(&commands)),
            Op::Park => Operation::Park,
            Op::Wait(ms) => Operation::Wait(time(ms)),
            Op::WaitUntil(signal, timeout) => {
                Operation::WaitUntil(self.signal(signal), timeout.map(time))
            }
            Op::Set(signal, value) => Operation::Set(self.signal(signal), value),
            Op::If(signal, then, otherwise) => Operation::If(
                self.signal(signal),
                self.list(then, depth),
                self.list(otherwise, depth),
            ),
            Op::Repeat(count, body) => Operation::Repeat(times(count), self.list(body, depth)),
            Op::While(signal, body, busy) => {
                let mut body = self.list(body, depth);
                if !busy {
                    body.push(Operation::Yield(1));
                }
                Operation::While(self.signal(signal), body)
            }
            Op::Schedule(command) => Operation::Schedule(self.name(command)),
            Op::Cancel(command) => Operation::Cancel(self.name(command)),
            Op::Fail => Operation::Fail("out of order".to_owned()),
            Op::CancelOnForkFailure(on) => Operation::CancelOnForkFailure(on),
            Op::SetDefault(mechanism, command) => {
                Operation::SetDefault(self.mechanism(mechanism), self.name(command))
            }
            Op::Trigger(signal, on, command) => {
                Operation::Trigger(self.signal(signal), on_of(on), self.name(command))
            }
            Op::Return => Operation::Return,
            Op::Compute(ticks) if self.computes => Operation::Compute(times(ticks)),
            Op::Compute(ticks) => Operation::Yield(times(ticks)),
        }
    }

    fn step(&self, step: DraftStep) -> Step {
        let signals = step.set.into_iter();
        Step {
            enabled: step.enabled,
            opmode: step.opmode,
            set: signals
                .map(|(signal, value)| (self.signal(signal), value))
                .collect(),
            cancel: self.names(&step.cancel),
            cancel_all: step.cancel_all,
            schedule: self.names(&step.schedule),
        }
    }

    fn name(&self, index: u8) -> String {
        name(usize::from(index) % self.commands)
    }

    fn names(&self, indices: &[u8]) -> Vec<String> {
        indices.iter().map(|index| self.name(*index)).collect()
    }

    fn mechanism(&self, index: u8) -> String {
        mechanism(usize::from(index) % self.mechanisms)
    }

    fn signal(&self, index: u8) -> String {
        format!("s{}", index % SIGNALS)
    }
}

impl Made {
    /// Takes members from those that have been made, as long as they fit.
    fn members(&mut self, indices: &[u8], made: &[Made], disjoint: bool) -> Vec<String> {
        let mut members = Vec::new();
        for index in indices {
            let Some(index) = usize::from(*index).checked_rem(made.len()) else {
                continue;
            };
            let member = &made[index];
            let shares = member.requires.iter().any(|m| self.requires.contains(m));
            if member.depth >= DEPTH || (disjoint && shares) {
                continue;
            }
            self.depth = self.depth.max(member.depth + 1);
            self.requires.extend(member.requires.iter().cloned());
            members.push(name(index));
        }
        self.requires.sort();
        self.requires.dedup();
        members
    }
}

fn name(index: usize) -> String {
    format!("c{index}")
}

fn mechanism(index: usize) -> String {
    format!("m{index}")
}

fn on_of(index: u8) -> String {
    BINDINGS[usize::from(index) % BINDINGS.len()].to_owned()
}
