//! The operations, and their form in JSON.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a body does, and what it does when it is canceled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Executed until the end, or until the run is canceled.
    pub body: Vec<Operation>,
    /// Executed after a cancellation. Operations that wait or start something end it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleanup: Vec<Operation>,
}

/// One operation. Commands, signals and mechanisms are named; times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Value>", into = "Vec<Value>")]
pub enum Operation {
    /// Waits for so many ticks.
    Yield(u32),
    /// Records a text.
    Log(String),
    /// Starts children.
    Fork(Vec<String>),
    /// Forks one and waits for it.
    Await(String),
    /// Forks all and waits for all.
    AwaitAll(Vec<String>),
    /// Forks all and waits for the first.
    AwaitAny(Vec<String>),
    /// Waits until canceled.
    Park,
    /// Waits for a time.
    Wait(u64),
    /// Waits until a signal is true, or for a time. Records which of the two it was.
    WaitUntil(String, Option<u64>),
    /// Sets a signal, for every later reader.
    Set(String, bool),
    /// One list if the signal is true, the other if not.
    If(String, Vec<Operation>, Vec<Operation>),
    /// A list, so many times.
    Repeat(u32, Vec<Operation>),
    /// A list, as long as the signal is true.
    While(String, Vec<Operation>),
    /// Starts a child, whatever becomes of it.
    Schedule(String),
    /// Cancels a command.
    Cancel(String),
    /// Ends the body with an error.
    Fail(String),
    /// What a refused fork does to this run.
    CancelOnForkFailure(bool),
    /// Sets a mechanism's default command.
    SetDefault(String, String),
    /// Binds a command to a signal: the signal, the kind of binding, the command.
    Trigger(String, String, String),
    /// Ends the body.
    Return,
    /// Computes without asking for anything until so many ticks have begun. Not in the vectors of
    /// the reference, which would never come back.
    Compute(u32),
}

/// An operation that is not written as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidOperation(String);

impl fmt::Display for InvalidOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidOperation {}

/// How each operation is written, for the error's text.
const FORMS: [(&str, &str); 21] = [
    ("yield", r#"["yield"] or ["yield", ticks]"#),
    ("log", r#"["log", text]"#),
    ("fork", r#"["fork", command...]"#),
    ("await", r#"["await", command]"#),
    ("await-all", r#"["await-all", command...]"#),
    ("await-any", r#"["await-any", command...]"#),
    ("park", r#"["park"]"#),
    ("wait-ms", r#"["wait-ms", milliseconds]"#),
    (
        "wait-until",
        r#"["wait-until", signal] or ["wait-until", signal, milliseconds]"#,
    ),
    ("set", r#"["set", signal, true or false]"#),
    ("if", r#"["if", signal, [operations], [operations]]"#),
    ("repeat", r#"["repeat", times, [operations]]"#),
    ("while", r#"["while", signal, [operations]]"#),
    ("schedule", r#"["schedule", command]"#),
    ("cancel", r#"["cancel", command]"#),
    ("fail", r#"["fail", text]"#),
    (
        "cancel-on-fork-failure",
        r#"["cancel-on-fork-failure", true or false]"#,
    ),
    ("set-default", r#"["set-default", mechanism, command]"#),
    ("trigger", r#"["trigger", signal, binding, command]"#),
    ("return", r#"["return"]"#),
    ("compute", r#"["compute", ticks]"#),
];

impl TryFrom<Vec<Value>> for Operation {
    type Error = InvalidOperation;

    fn try_from(parts: Vec<Value>) -> Result<Self, InvalidOperation> {
        let Some(kind) = parts.first().and_then(Value::as_str) else {
            return Err(InvalidOperation(format!(
                "{} is not an operation, which begins with its name",
                Value::from(parts)
            )));
        };
        let Some((_, form)) = FORMS.iter().find(|(name, _)| *name == kind) else {
            let names: Vec<&str> = FORMS.iter().map(|(name, _)| *name).collect();
            return Err(InvalidOperation(format!(
                "there is no operation `{kind}`; there are {}",
                names.join(", ")
            )));
        };
        match read(kind, &parts[1..]) {
            Ok(Some(operation)) => Ok(operation),
            Ok(None) => Err(InvalidOperation(format!(
                "{} is not written as {form}",
                Value::from(parts)
            ))),
            // It is one of the operations within this one that is wrong.
            Err(inner) => Err(inner),
        }
    }
}

/// An operation by its name and what follows; none if that does not fit.
fn read(kind: &str, rest: &[Value]) -> Result<Option<Operation>, InvalidOperation> {
    use Operation as Op;
    Ok(match (kind, rest) {
        ("yield", []) => Some(Op::Yield(1)),
        ("yield", [ticks]) => count(ticks).map(Op::Yield),
        ("log", [said]) => text(said).map(Op::Log),
        ("fork", commands) => texts(commands).map(Op::Fork),
        ("await", [command]) => text(command).map(Op::Await),
        ("await-all", commands) => texts(commands).map(Op::AwaitAll),
        ("await-any", commands) => texts(commands).map(Op::AwaitAny),
        ("park", []) => Some(Op::Park),
        ("wait-ms", [time]) => time.as_u64().map(Op::Wait),
        ("wait-until", [signal]) => text(signal).map(|signal| Op::WaitUntil(signal, None)),
        ("wait-until", [signal, time]) => text(signal)
            .zip(time.as_u64())
            .map(|(signal, time)| Op::WaitUntil(signal, Some(time))),
        ("set", [signal, Value::Bool(value)]) => text(signal).map(|signal| Op::Set(signal, *value)),
        ("if", [signal, Value::Array(then)]) => {
            let then = list(then)?;
            text(signal).map(|signal| Op::If(signal, then, Vec::new()))
        }
        ("if", [signal, Value::Array(then), Value::Array(otherwise)]) => {
            let (then, otherwise) = (list(then)?, list(otherwise)?);
            text(signal).map(|signal| Op::If(signal, then, otherwise))
        }
        ("repeat", [times, Value::Array(body)]) => {
            let body = list(body)?;
            count(times).map(|times| Op::Repeat(times, body))
        }
        ("while", [signal, Value::Array(body)]) => {
            let body = list(body)?;
            text(signal).map(|signal| Op::While(signal, body))
        }
        ("schedule", [command]) => text(command).map(Op::Schedule),
        ("cancel", [command]) => text(command).map(Op::Cancel),
        ("fail", [message]) => text(message).map(Op::Fail),
        ("cancel-on-fork-failure", [Value::Bool(on)]) => Some(Op::CancelOnForkFailure(*on)),
        ("set-default", [mechanism, command]) => text(mechanism)
            .zip(text(command))
            .map(|(mechanism, command)| Op::SetDefault(mechanism, command)),
        ("trigger", [signal, on, command]) => match (text(signal), text(on), text(command)) {
            (Some(signal), Some(on), Some(command)) => Some(Op::Trigger(signal, on, command)),
            _ => None,
        },
        ("return", []) => Some(Op::Return),
        ("compute", [ticks]) => count(ticks).map(Op::Compute),
        _ => None,
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(values: &[Value]) -> Option<Vec<String>> {
    values.iter().map(text).collect()
}

fn count(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|count| u32::try_from(count).ok())
}

fn list(values: &[Value]) -> Result<Vec<Operation>, InvalidOperation> {
    let operation = |value: &Value| match value {
        Value::Array(parts) => Operation::try_from(parts.clone()),
        other => Err(InvalidOperation(format!(
            "{other} is not an operation, which is a list"
        ))),
    };
    values.iter().map(operation).collect()
}

impl From<Operation> for Vec<Value> {
    fn from(operation: Operation) -> Self {
        use Operation as Op;
        let named = |kind: &str, names: Vec<String>| {
            let names = names.into_iter().map(Value::from);
            std::iter::once(json!(kind)).chain(names).collect()
        };
        match operation {
            Op::Yield(1) => vec![json!("yield")],
            Op::Yield(ticks) => vec![json!("yield"), json!(ticks)],
            Op::Log(text) => named("log", vec![text]),
            Op::Fork(commands) => named("fork", commands),
            Op::Await(command) => named("await", vec![command]),
            Op::AwaitAll(commands) => named("await-all", commands),
            Op::AwaitAny(commands) => named("await-any", commands),
            Op::Park => vec![json!("park")],
            Op::Wait(time) => vec![json!("wait-ms"), json!(time)],
            Op::WaitUntil(signal, None) => named("wait-until", vec![signal]),
            Op::WaitUntil(signal, Some(time)) => {
                vec![json!("wait-until"), json!(signal), json!(time)]
            }
            Op::Set(signal, value) => vec![json!("set"), json!(signal), json!(value)],
            Op::If(signal, then, otherwise) => {
                vec![json!("if"), json!(signal), json!(then), json!(otherwise)]
            }
            Op::Repeat(times, body) => vec![json!("repeat"), json!(times), json!(body)],
            Op::While(signal, body) => vec![json!("while"), json!(signal), json!(body)],
            Op::Schedule(command) => named("schedule", vec![command]),
            Op::Cancel(command) => named("cancel", vec![command]),
            Op::Fail(message) => named("fail", vec![message]),
            Op::CancelOnForkFailure(on) => vec![json!("cancel-on-fork-failure"), json!(on)],
            Op::SetDefault(mechanism, command) => named("set-default", vec![mechanism, command]),
            Op::Trigger(signal, on, command) => named("trigger", vec![signal, on, command]),
            Op::Return => vec![json!("return")],
            Op::Compute(ticks) => vec![json!("compute"), json!(ticks)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_written_as_they_were_read() {
        let text = r#"[["yield"],["yield",3],["log","a"],["fork","a","b"],["await","a"],
            ["await-all","a"],["await-any","a","b"],["park"],["wait-ms",40],["wait-until","s"],
            ["wait-until","s",60],["set","s",true],["if","s",[["park"]],[]],
            ["repeat",2,[["yield"]]],["while","s",[["yield"]]],["schedule","a"],["cancel","a"],
            ["fail","no"],["cancel-on-fork-failure",false],["set-default","arm","a"],
            ["trigger","s","on-true","a"],["return"],["compute",2]]"#;
        let given: Value = serde_json::from_str(text).unwrap();
        let operations: Vec<Operation> = serde_json::from_value(given.clone()).unwrap();
        assert_eq!(serde_json::to_value(operations).unwrap(), given);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_form() {
        let error = |text: &str| {
            serde_json::from_str::<Operation>(text)
                .unwrap_err()
                .to_string()
        };
        assert!(error(r#"["wait", 3]"#).contains("there is no operation `wait`; there are yield,"));
        assert_eq!(
            error(r#"["repeat", 2, [["await"]]]"#),
            r#"["await"] is not written as ["await", command]"#
        );
        assert!(error("[]").contains("begins with its name"));
        assert!(error(r#"["while", "s", [3]]"#).contains("3 is not an operation"));
    }
}
