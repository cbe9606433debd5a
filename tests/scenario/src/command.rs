//! Command objects as data.

use gantry_script::{Operation, Script};
use serde::{Deserialize, Serialize};

use crate::scenario::OrderedMap;

/// One command object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub enum CommandSpec {
    /// A scripted body.
    Body {
        /// Names of mechanisms.
        requires: Vec<String>,
        /// The highest wins.
        priority: i32,
        /// Whether it may run while the robot is disabled.
        runs_while_disabled: bool,
        /// What it does.
        script: Script,
    },
    /// Members awaited in turn.
    Sequence(Vec<String>),
    /// Required members awaited together, beside optional ones.
    Parallel {
        /// Names of commands.
        required: Vec<String>,
        /// Names of commands.
        optional: Vec<String>,
    },
    /// Members of which the first ends it.
    Race(Vec<String>),
    /// A state machine.
    Machine(MachineSpec),
}

/// A state machine's description.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineSpec {
    /// Name of the first state.
    pub initial: String,
    /// State to command, in the order in which they are added.
    pub states: OrderedMap,
    /// In the order in which they are added.
    pub transitions: Vec<TransitionSpec>,
}

/// A transition of a state machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionSpec {
    /// Names of states; none means any.
    pub from: Vec<String>,
    /// Name of a state, or the end of the machine.
    pub to: Option<String>,
    /// Fires when this signal rises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Fires on completion if this signal is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when_complete_and: Option<String>,
}

/// The forms of a command in one, so that what is wrong can be named.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    requires: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Vec<Operation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cleanup: Option<Vec<Operation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runs_while_disabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    race: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    machine: Option<MachineSpec>,
}

impl TryFrom<Fields> for CommandSpec {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        match fields {
            Fields {
                requires,
                priority,
                body: Some(body),
                cleanup,
                runs_while_disabled,
                sequence: None,
                required: None,
                parallel: None,
                race: None,
                machine: None,
            } => Ok(CommandSpec::Body {
                requires: requires.unwrap_or_default(),
                priority: priority.unwrap_or(0),
                runs_while_disabled: runs_while_disabled.unwrap_or(false),
                script: Script {
                    body,
                    cleanup: cleanup.unwrap_or_default(),
                },
            }),
            Fields {
                requires: None,
                priority: None,
                body: None,
                cleanup: None,
                runs_while_disabled: None,
                sequence,
                required,
                parallel,
                race,
                machine,
            } => match (sequence, required, parallel, race, machine) {
                (Some(members), None, None, None, None) => Ok(CommandSpec::Sequence(members)),
                (None, None, Some(required), None, None) => Ok(CommandSpec::Parallel {
                    required,
                    optional: Vec::new(),
                }),
                (None, Some(required), Some(optional), None, None) => {
                    Ok(CommandSpec::Parallel { required, optional })
                }
                (None, None, None, Some(members), None) => Ok(CommandSpec::Race(members)),
                (None, None, None, None, Some(machine)) => Ok(CommandSpec::Machine(machine)),
                _ => Err(FORMS),
            },
            _ => Err(FORMS),
        }
    }
}

const FORMS: &str = "a command is one of `body` (with `requires` and `priority`), `sequence`, \
    `parallel` (with `required`: the optional members), `race` and `machine`";

impl From<CommandSpec> for Fields {
    fn from(command: CommandSpec) -> Self {
        let none = Fields::default();
        match command {
            CommandSpec::Body {
                requires,
                priority,
                runs_while_disabled,
                script: Script { body, cleanup },
            } => Fields {
                requires: Some(requires),
                priority: Some(priority),
                body: Some(body),
                cleanup: (!cleanup.is_empty()).then_some(cleanup),
                runs_while_disabled: runs_while_disabled.then_some(true),
                ..none
            },
            CommandSpec::Sequence(members) => Fields {
                sequence: Some(members),
                ..none
            },
            CommandSpec::Parallel { required, optional } if optional.is_empty() => Fields {
                parallel: Some(required),
                ..none
            },
            CommandSpec::Parallel { required, optional } => Fields {
                required: Some(required),
                parallel: Some(optional),
                ..none
            },
            CommandSpec::Race(members) => Fields {
                race: Some(members),
                ..none
            },
            CommandSpec::Machine(machine) => Fields {
                machine: Some(machine),
                ..none
            },
        }
    }
}
