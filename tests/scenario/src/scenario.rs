//! A scenario: commands, and the steps before each tick.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use gantry_scheduler::Binding;
use gantry_script::{Operation, Script};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::command::{CommandSpec, MachineSpec};

/// A map that keeps the order of the file.
pub type OrderedMap = serde_json::Map<String, Value>;

/// What is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Time between two ticks.
    pub period_ms: u64,
    /// How many operations a body executes in one tick before it is pre-empted; if it is
    /// left out, more than any sensible one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operations_per_tick: Option<u32>,
    /// Names of the mechanisms.
    pub mechanisms: Vec<String>,
    /// One command object each.
    pub commands: BTreeMap<String, CommandSpec>,
    /// Mechanism to command, in the order in which they are set.
    #[serde(default, skip_serializing_if = "OrderedMap::is_empty")]
    pub defaults: OrderedMap,
    /// Bound in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<TriggerSpec>,
    /// What is done before each tick.
    pub ticks: Vec<Step>,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// Enables or disables the robot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Goes to an op mode; 0 is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opmode: Option<u64>,
    /// Sets signals.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, bool>,
    /// Cancels commands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cancel: Vec<String>,
    /// Cancels all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cancel_all: bool,
    /// Schedules commands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<String>,
}

/// A binding by its name in scenarios.
pub fn binding(name: &str) -> Option<Binding> {
    Some(match name {
        "on-true" => Binding::OnTrue,
        "on-false" => Binding::OnFalse,
        "while-true" => Binding::WhileTrue,
        "while-false" => Binding::WhileFalse,
        "retry-while-true" => Binding::RetryWhileTrue,
        "retry-while-false" => Binding::RetryWhileFalse,
        "toggle-on-true" => Binding::ToggleOnTrue,
        "toggle-on-false" => Binding::ToggleOnFalse,
        _ => return None,
    })
}

impl Scenario {
    /// Checks that everything that is named is there, and that no group contains itself.
    pub fn check(&self) -> Result<()> {
        let mut checked = BTreeSet::new();
        for (name, command) in &self.commands {
            self.check_command(command)
                .with_context(|| format!("command `{name}`"))?;
            self.check_nesting(name, &mut Vec::new(), &mut checked)?;
        }
        for (mechanism, command) in &self.defaults {
            let of = || format!("the default command of `{mechanism}`");
            self.check_mechanism(mechanism).with_context(of)?;
            self.check_value(command).with_context(of)?;
        }
        for trigger in &self.triggers {
            let of = || format!("the trigger of `{}`", trigger.signal);
            check_binding(&trigger.on).with_context(of)?;
            self.check_name(&trigger.command).with_context(of)?;
        }
        for (number, step) in self.ticks.iter().enumerate() {
            for command in step.cancel.iter().chain(&step.schedule) {
                self.check_name(command)
                    .with_context(|| format!("the step before tick {number}"))?;
            }
        }
        Ok(())
    }

    /// The signals that are named anywhere.
    pub fn signals(&self) -> BTreeSet<String> {
        let mut signals: BTreeSet<String> =
            self.triggers.iter().map(|t| t.signal.clone()).collect();
        signals.extend(self.ticks.iter().flat_map(|step| step.set.keys().cloned()));
        for command in self.commands.values() {
            match command {
                CommandSpec::Body { script, .. } => {
                    let mut see = |operation: &Operation| signals.extend(signal_of(operation));
                    each(script, &mut see);
                }
                CommandSpec::Machine(machine) => {
                    for transition in &machine.transitions {
                        signals.extend(transition.when.clone());
                        signals.extend(transition.when_complete_and.clone());
                    }
                }
                _ => {}
            }
        }
        signals
    }

    fn check_command(&self, command: &CommandSpec) -> Result<()> {
        match command {
            CommandSpec::Body {
                requires, script, ..
            } => {
                for mechanism in requires {
                    self.check_mechanism(mechanism)?;
                }
                let mut result = Ok(());
                each(script, &mut |operation| {
                    if result.is_ok() {
                        result = self.check_operation(operation);
                    }
                });
                result
            }
            CommandSpec::Machine(machine) => self.check_machine(machine),
            group => {
                for member in members(group) {
                    self.check_name(member)?;
                }
                Ok(())
            }
        }
    }

    fn check_operation(&self, operation: &Operation) -> Result<()> {
        use Operation as Op;
        let within = || {
            let text = serde_json::to_string(operation).unwrap_or_default();
            format!("operation {text}")
        };
        match operation {
            Op::Fork(commands) | Op::AwaitAll(commands) | Op::AwaitAny(commands) => commands
                .iter()
                .try_for_each(|command| self.check_name(command)),
            Op::Await(command) | Op::Schedule(command) | Op::Cancel(command) => {
                self.check_name(command)
            }
            Op::SetDefault(mechanism, command) => self
                .check_mechanism(mechanism)
                .and_then(|()| self.check_name(command)),
            Op::Trigger(_, on, command) => {
                check_binding(on).and_then(|()| self.check_name(command))
            }
            _ => Ok(()),
        }
        .with_context(within)
    }

    fn check_machine(&self, machine: &MachineSpec) -> Result<()> {
        let state = |name: &String| {
            ensure!(
                machine.states.contains_key(name),
                "there is no state `{name}`"
            );
            Ok(())
        };
        state(&machine.initial)?;
        for command in machine.states.values() {
            self.check_value(command)?;
        }
        for transition in &machine.transitions {
            transition
                .from
                .iter()
                .chain(&transition.to)
                .try_for_each(state)?;
            ensure!(
                transition.when.is_none() || transition.when_complete_and.is_none(),
                "a transition has `when` or `when_complete_and`, not both"
            );
        }
        Ok(())
    }

    /// Whether what a command is made of is not made of it; `checked` are those that are known to be
    /// right.
    fn check_nesting<'a>(
        &'a self,
        name: &'a str,
        path: &mut Vec<&'a str>,
        checked: &mut BTreeSet<&'a str>,
    ) -> Result<()> {
        if checked.contains(name) {
            return Ok(());
        }
        if path.contains(&name) {
            bail!("the group `{name}` contains itself: {}", path.join(", "));
        }
        path.push(name);
        if let Some(command) = self.commands.get(name) {
            for member in members(command) {
                self.check_nesting(member, path, checked)?;
            }
        }
        path.pop();
        checked.insert(name);
        Ok(())
    }

    fn check_name(&self, command: &str) -> Result<()> {
        ensure!(
            self.commands.contains_key(command),
            "there is no command `{command}`"
        );
        Ok(())
    }

    fn check_value(&self, command: &Value) -> Result<()> {
        let command = command.as_str();
        self.check_name(command.with_context(|| "the name of a command is a text")?)
    }

    fn check_mechanism(&self, mechanism: &str) -> Result<()> {
        ensure!(
            self.mechanisms.iter().any(|name| name == mechanism),
            "there is no mechanism `{mechanism}`"
        );
        Ok(())
    }
}

fn check_binding(on: &str) -> Result<()> {
    ensure!(
        binding(on).is_some(),
        "there is no binding `{on}`; there are on-, while-, retry-while- and toggle-on-, each with \
         true and false"
    );
    Ok(())
}

/// What a group or a state machine is made of.
fn members(command: &CommandSpec) -> Vec<&str> {
    match command {
        CommandSpec::Body { .. } => Vec::new(),
        CommandSpec::Sequence(members) | CommandSpec::Race(members) => {
            members.iter().map(String::as_str).collect()
        }
        CommandSpec::Parallel { required, optional } => required
            .iter()
            .chain(optional)
            .map(String::as_str)
            .collect(),
        CommandSpec::Machine(machine) => {
            machine.states.values().filter_map(Value::as_str).collect()
        }
    }
}

/// Calls `see` with every operation of a script, however deeply it is nested.
fn each(script: &Script, see: &mut impl FnMut(&Operation)) {
    fn within(operations: &[Operation], see: &mut impl FnMut(&Operation)) {
        for operation in operations {
            see(operation);
            match operation {
                Operation::If(_, then, otherwise) => {
                    within(then, see);
                    within(otherwise, see);
                }
                Operation::Repeat(_, body) | Operation::While(_, body) => within(body, see),
                _ => {}
            }
        }
    }
    within(&script.body, see);
    within(&script.cleanup, see);
}

fn signal_of(operation: &Operation) -> Option<String> {
    use Operation as Op;
    match operation {
        Op::WaitUntil(signal, _)
        | Op::Set(signal, _)
        | Op::If(signal, ..)
        | Op::While(signal, _)
        | Op::Trigger(signal, ..) => Some(signal.clone()),
        _ => None,
    }
}
