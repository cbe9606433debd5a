//! Random scenarios, larger than the recorded ones.
//!
//! Everything is drawn as plain numbers first and names are made of them at the end, so that a
//! scenario stays valid while it is being shrunk.

use std::collections::BTreeMap;

use gantry_script::{Operation, Script};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use serde_json::json;

use crate::command::{CommandSpec, MachineSpec, TransitionSpec};
use crate::scenario::{OrderedMap, Scenario, Step, TriggerSpec};

/// How deeply groups are nested, and operations within each other.
const DEPTH: usize = 8;

const SIGNALS: u8 = 5;

/// Few enough that one that goes on without end fits into any cleanup budget and is soon over.
const OPERATIONS: u32 = 100;

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

/// Scenarios of up to 40 commands, 12 mechanisms and 200 ticks; most are smaller.
pub fn scenarios() -> impl Strategy<Value = Scenario> {
    prop_oneof![
        12 => sized(2..10, 1..5, 5..30),
        2 => sized(8..20, 2..9, 20..60),
        1 => sized(15..41, 3..13, 40..201),
    ]
}

fn sized(
    commands: std::ops::Range<usize>,
    mechanisms: std::ops::Range<usize>,
    ticks: std::ops::Range<usize>,
) -> impl Strategy<Value = Scenario> {
    let draft = (
        mechanisms,
        vec(command(), commands),
        vec((any::<u8>(), any::<u8>()), 0..4),
        vec(trigger(), 0..6),
        vec(step(), ticks),
        // Most never compute for long: what computes takes its time when it is played.
        proptest::bool::weighted(0.08),
    );
    draft.prop_map(
        |(mechanisms, commands, defaults, triggers, ticks, computes)| {
            Naming {
                commands: commands.len(),
                mechanisms,
                computes,
            }
            .scenario(commands, defaults, triggers, ticks)
        },
    )
}

/// A command whose names are numbers still.
#[derive(Clone, Debug)]
struct Draft {
    kind: Kind,
    requires: Vec<u8>,
    priority: i32,
    runs_while_disabled: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Body(Vec<Op>, Vec<Op>),
    Sequence(Vec<u8>),
    Parallel(Vec<u8>, Vec<u8>),
    Race(Vec<u8>),
    Machine(Vec<u8>, Vec<(Vec<u8>, Option<u8>, Option<u8>, bool)>),
}

#[derive(Clone, Debug)]
enum Op {
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

fn command() -> impl Strategy<Value = Draft> {
    let kind = prop_oneof![
        16 => (vec(operation(), 0..8), cleanup()).prop_map(|(body, cleanup)| Kind::Body(body, cleanup)),
        1 => vec(any::<u8>(), 0..4).prop_map(Kind::Sequence),
        2 => (vec(any::<u8>(), 0..4), vec(any::<u8>(), 0..3))
            .prop_map(|(required, optional)| Kind::Parallel(required, optional)),
        1 => vec(any::<u8>(), 1..4).prop_map(Kind::Race),
        1 => (vec(any::<u8>(), 1..4), vec(transition(), 0..5))
            .prop_map(|(states, transitions)| Kind::Machine(states, transitions)),
    ];
    let requires = prop_oneof![2 => vec(any::<u8>(), 0..=0), 4 => vec(any::<u8>(), 1..=1), 1 => vec(any::<u8>(), 2..=3)];
    let priority = prop_oneof![4 => Just(0), 4 => -2..3, 1 => Just(i32::MAX)];
    let draft = (kind, requires, priority, proptest::bool::weighted(0.2));
    draft.prop_map(|(kind, requires, priority, runs_while_disabled)| Draft {
        kind,
        requires,
        priority,
        runs_while_disabled,
    })
}

fn transition() -> impl Strategy<Value = (Vec<u8>, Option<u8>, Option<u8>, bool)> {
    let from = vec(any::<u8>(), 0..3);
    (
        from,
        weighted(0.8, any::<u8>()),
        weighted(0.7, any::<u8>()),
        any::<bool>(),
    )
}

fn operation() -> impl Strategy<Value = Op> {
    let name = any::<u8>;
    let names = || vec(any::<u8>(), 1..4);
    let leaf = prop_oneof![
        6 => (1..4u32).prop_map(Op::Yield),
        1 => name().prop_map(Op::Log),
        3 => names().prop_map(Op::Fork),
        3 => name().prop_map(Op::Await),
        2 => names().prop_map(Op::AwaitAll),
        2 => vec(any::<u8>(), 0..4).prop_map(Op::AwaitAny),
        1 => Just(Op::Park),
        2 => (0..100u64).prop_map(Op::Wait),
        2 => (name(), weighted(0.5, 0..100u64)).prop_map(|(signal, time)| Op::WaitUntil(signal, time)),
        2 => (name(), any::<bool>()).prop_map(|(signal, value)| Op::Set(signal, value)),
        2 => name().prop_map(Op::Schedule),
        2 => name().prop_map(Op::Cancel),
        1 => Just(Op::Fail),
        3 => proptest::bool::weighted(0.3).prop_map(Op::CancelOnForkFailure),
        1 => (name(), name()).prop_map(|(mechanism, command)| Op::SetDefault(mechanism, command)),
        1 => (name(), name(), name()).prop_map(|(signal, on, command)| Op::Trigger(signal, on, command)),
        1 => Just(Op::Return),
        2 => (1..8u32).prop_map(Op::Compute),
    ];
    leaf.prop_recursive(DEPTH as u32, 16, 3, |inner| {
        let list = || vec(inner.clone(), 0..3);
        prop_oneof![
            (any::<u8>(), list(), list())
                .prop_map(|(signal, then, otherwise)| Op::If(signal, then, otherwise)),
            (1..4u32, list()).prop_map(|(times, body)| Op::Repeat(times, body)),
            (any::<u8>(), list(), proptest::bool::weighted(0.03))
                .prop_map(|(signal, body, busy)| Op::While(signal, body, busy)),
        ]
    })
}

/// What a canceled body does: some of it is refused to it.
fn cleanup() -> impl Strategy<Value = Vec<Op>> {
    let operation = prop_oneof![
        4 => any::<u8>().prop_map(Op::Cancel),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(signal, value)| Op::Set(signal, value)),
        1 => any::<u8>().prop_map(Op::Log),
        1 => any::<u8>().prop_map(|command| Op::Fork(vec![command])),
        1 => Just(Op::Yield(1)),
        1 => Just(Op::Fail),
        1 => (1..3u32).prop_map(Op::Compute),
    ];
    prop_oneof![3 => Just(Vec::new()), 1 => vec(operation, 1..4)]
}

fn trigger() -> impl Strategy<Value = (u8, u8, u8)> {
    (any::<u8>(), any::<u8>(), any::<u8>())
}

/// A step whose names are numbers still.
#[derive(Clone, Debug)]
struct DraftStep {
    enabled: Option<bool>,
    opmode: Option<u64>,
    set: Vec<(u8, bool)>,
    cancel: Vec<u8>,
    cancel_all: bool,
    schedule: Vec<u8>,
}

fn step() -> impl Strategy<Value = DraftStep> {
    let step = (
        weighted(0.05, proptest::bool::weighted(0.7)),
        weighted(0.08, 0..3u64),
        vec((any::<u8>(), any::<bool>()), 0..2),
        prop_oneof![4 => Just(Vec::new()), 1 => vec(any::<u8>(), 1..3)],
        proptest::bool::weighted(0.02),
        prop_oneof![2 => Just(Vec::new()), 2 => vec(any::<u8>(), 1..4)],
    );
    step.prop_map(
        |(enabled, opmode, set, cancel, cancel_all, schedule)| DraftStep {
            enabled,
            opmode,
            set,
            cancel,
            cancel_all,
            schedule,
        },
    )
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
        commands: Vec<Draft>,
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

    fn command(&self, draft: Draft, made: &[Made]) -> (CommandSpec, Made) {
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
            Kind::Body(operations, cleanup) => body(self.list(operations), self.list(cleanup)),
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

    fn machine(
        &self,
        members: &[String],
        transitions: Vec<(Vec<u8>, Option<u8>, Option<u8>, bool)>,
    ) -> MachineSpec {
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

    fn list(&self, operations: Vec<Op>) -> Vec<Operation> {
        operations
            .into_iter()
            .map(|op| self.operation(op))
            .collect()
    }

    fn operation(&self, op: Op) -> Operation {
        match op {
            Op::Yield(ticks) => Operation::Yield(ticks),
            Op::Log(text) => Operation::Log(format!("text {text}")),
            Op::Fork(commands) => Operation::Fork(self.names(&commands)),
            Op::Await(command) => Operation::Await(self.name(command)),
            Op::AwaitAll(commands) => Operation::AwaitAll(self.names(&commands)),
            Op::AwaitAny(commands) => Operation::AwaitAny(self.names(&commands)),
            Op::Park => Operation::Park,
            Op::Wait(time) => Operation::Wait(time),
            Op::WaitUntil(signal, time) => Operation::WaitUntil(self.signal(signal), time),
            Op::Set(signal, value) => Operation::Set(self.signal(signal), value),
            Op::If(signal, then, otherwise) => {
                Operation::If(self.signal(signal), self.list(then), self.list(otherwise))
            }
            Op::Repeat(times, body) => Operation::Repeat(times, self.list(body)),
            Op::While(signal, body, busy) => {
                let mut body = self.list(body);
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
            Op::Compute(ticks) if self.computes => Operation::Compute(ticks),
            Op::Compute(ticks) => Operation::Yield(ticks),
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
