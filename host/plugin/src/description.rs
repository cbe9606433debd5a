//! What a plugin says about itself, in plain types that belong to no version of the contract.

use std::fmt;

use gantry_scheduler::Value;
use serde::Serialize;

/// What a parameter takes, a command returns, a topic carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Text.
    Text,
    /// Numbers in a row.
    Numbers,
}

impl Kind {
    /// What a value is.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Boolean(_) => Kind::Boolean,
            Value::Integer(_) => Kind::Integer,
            Value::Number(_) => Kind::Number,
            Value::Text(_) => Kind::Text,
            Value::Numbers(_) => Kind::Numbers,
        }
    }

    /// The value as one of this kind: itself, or a whole number as a number. `Err` hands it back.
    pub fn accept(self, value: Value) -> Result<Value, Value> {
        match (self, value) {
            // Whole numbers up to 2^53 are exact; larger ones lose what a measurement never has.
            (Kind::Number, Value::Integer(whole)) => Ok(Value::Number(whole as f64)),
            (kind, value) if kind == Kind::of(&value) => Ok(value),
            (_, value) => Err(value),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Text => "text",
            Kind::Numbers => "numbers",
        })
    }
}

/// One parameter of a command.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Parameter {
    /// In lower-case words joined by `-`.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
    /// The unit of its number; empty for none.
    pub unit: String,
    /// The value when the argument is left out; none: it must be given.
    #[serde(serialize_with = "plain_option")]
    pub default: Option<Value>,
    /// A sentence for people.
    pub summary: String,
}

/// One command that a plugin offers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Definition {
    /// In lower-case words joined by `-`; unique in the plugin.
    pub name: String,
    /// A sentence for people.
    pub summary: String,
    /// In the order in which the body gets them.
    pub parameters: Vec<Parameter>,
    /// What it returns, if anything.
    pub returns: Option<Kind>,
    /// Names of the mechanisms that a run owns.
    pub requirements: Vec<String>,
    /// 0 is usual; the highest wins.
    pub priority: i32,
    /// Whether it may run while the robot is disabled.
    pub runs_while_disabled: bool,
}

/// What a plugin is.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Description {
    /// In lower-case words joined by `-`. What the plugin is called in a robot is up to its file.
    pub name: String,
    /// A semantic version.
    pub version: String,
    /// A sentence for people.
    pub summary: String,
    /// What it offers.
    pub commands: Vec<Definition>,
    /// Input channels that it opens. A name may end in `*`.
    pub reads: Vec<String>,
    /// Topics that it publishes. A name may end in `*`.
    pub publishes: Vec<String>,
}

impl Description {
    /// The command of this name.
    pub fn command(&self, name: &str) -> Option<&Definition> {
        self.commands
            .iter()
            .find(|definition| definition.name == name)
    }
}

/// A value as plain JSON: the case is told by the parameter's kind.
fn plain_option<S: serde::Serializer>(
    value: &Option<Value>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        None => serializer.serialize_none(),
        Some(Value::Boolean(value)) => serializer.serialize_some(value),
        Some(Value::Integer(value)) => serializer.serialize_some(value),
        Some(Value::Number(value)) => serializer.serialize_some(value),
        Some(Value::Text(value)) => serializer.serialize_some(&**value),
        Some(Value::Numbers(value)) => serializer.serialize_some(&**value),
    }
}
