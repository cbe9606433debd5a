//! What runs return, how they end, and why they may not start.

use std::fmt;
use std::sync::Arc;

/// A value that a command returns or takes. Clones of a long one share it.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number, in a unit that is known from where it stands.
    Number(f64),
    /// Text.
    Text(Arc<str>),
    /// Numbers in a row.
    Numbers(Arc<[f64]>),
}

impl Value {
    /// Bytes that its clones share.
    pub fn shared_bytes(&self) -> usize {
        match self {
            Value::Boolean(_) | Value::Integer(_) | Value::Number(_) => 0,
            Value::Text(text) => text.len(),
            Value::Numbers(numbers) => size_of_val(&**numbers),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Boolean(value) => write!(f, "{value}"),
            Value::Integer(value) => write!(f, "{value}"),
            Value::Number(value) => write!(f, "{value}"),
            Value::Text(value) => write!(f, "{value:?}"),
            Value::Numbers(values) => write!(f, "{values:?}"),
        }
    }
}

/// What went wrong in a run that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Name of the command whose own body failed; not one that the failure climbed through.
    pub command: Arc<str>,
    /// What its body said, or how it trapped.
    pub message: Arc<str>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` failed: {}", self.command, self.message)
    }
}

/// How an awaited command ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// Its body returned, with or without a value.
    Completed(Option<Value>),
    /// Its body failed, or that of a descendant that nobody was waiting for.
    Failed(Failure),
    /// Somebody canceled it.
    Canceled,
    /// It lost a mechanism to the command of this name, or a fork of its was refused because of
    /// that command.
    Interrupted(Arc<str>),
}

impl Outcome {
    /// Bytes that its clones share: of the value, or of the message of the failure.
    pub fn shared_bytes(&self) -> usize {
        match self {
            Outcome::Completed(Some(value)) => value.shared_bytes(),
            Outcome::Failed(failure) => failure.message.len(),
            Outcome::Completed(None) | Outcome::Canceled | Outcome::Interrupted(_) => 0,
        }
    }
}

/// Whether a command was allowed to start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Admission {
    /// It is queued, or was started.
    Scheduled,
    /// It was queued or running already, which is a success that does nothing.
    AlreadyRunning,
    /// It was refused.
    Refused(Refusal),
}

impl Admission {
    /// Whether the command is queued or running (or has run to its end) now.
    pub fn is_success(&self) -> bool {
        !matches!(self, Admission::Refused(_))
    }
}

/// Why a command was not allowed to start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The command that was to start.
    pub command: Arc<str>,
    /// What stands in the way.
    pub blocker: Blocker,
}

/// What stands in the way of a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Blocker {
    /// A running command of higher effective priority holds a mechanism of it.
    LowerPriorityThanRunning(Arc<str>),
    /// A queued command of higher effective priority wants a mechanism of it.
    LowerPriorityThanQueued(Arc<str>),
    /// The robot is disabled and the command does not run while it is.
    Disabled,
    /// The caller is nested as deeply as a run may be.
    Depth(usize),
    /// Its supplier has as many runs as it may.
    Runs(usize),
    /// Who supplies the command has withdrawn it, for this reason.
    Withdrawn(Arc<str>),
}

impl Blocker {
    /// What kind of thing stands in the way, as telemetry shows it.
    pub fn reason(&self) -> &'static str {
        match self {
            Blocker::LowerPriorityThanRunning(_) => "lower-priority-than-running",
            Blocker::LowerPriorityThanQueued(_) => "lower-priority-than-queued",
            Blocker::Disabled => "disabled",
            Blocker::Depth(_) => "depth-limit",
            Blocker::Runs(_) => "runs-limit",
            Blocker::Withdrawn(_) => "withdrawn",
        }
    }

    /// The command that stands in the way, if it is one.
    pub fn by(&self) -> Option<&Arc<str>> {
        match self {
            Blocker::LowerPriorityThanRunning(name) | Blocker::LowerPriorityThanQueued(name) => {
                Some(name)
            }
            Blocker::Disabled | Blocker::Depth(_) | Blocker::Runs(_) | Blocker::Withdrawn(_) => {
                None
            }
        }
    }

    /// The name of the command that stands in the way, or of the limit.
    pub fn name(&self) -> &str {
        match self {
            Blocker::LowerPriorityThanRunning(name) | Blocker::LowerPriorityThanQueued(name) => {
                name
            }
            Blocker::Disabled => "robot disabled",
            Blocker::Depth(_) => "depth limit",
            Blocker::Runs(_) => "runs limit",
            Blocker::Withdrawn(_) => "withdrawn",
        }
    }
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Blocker::LowerPriorityThanRunning(name) => {
                write!(
                    f,
                    "`{name}` is running with a higher priority and shares a mechanism"
                )
            }
            Blocker::LowerPriorityThanQueued(name) => {
                write!(
                    f,
                    "`{name}` is queued with a higher priority and shares a mechanism"
                )
            }
            Blocker::Disabled => write!(f, "the robot is disabled"),
            Blocker::Depth(limit) => write!(f, "runs may be nested {limit} deep at most"),
            Blocker::Runs(limit) => write!(
                f,
                "whoever starts it has {limit} runs already, which is the most"
            ),
            Blocker::Withdrawn(reason) => f.write_str(reason),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` may not start: {}", self.command, self.blocker)
    }
}

/// What a fork that could not start everything did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForkFailure {
    /// What was started all the same, in the order given.
    pub forked: Vec<Arc<str>>,
    /// What was refused. Never empty.
    pub refused: Vec<Refusal>,
}

impl fmt::Display for ForkFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, refusal) in self.refused.iter().enumerate() {
            if index > 0 {
                write!(f, "; ")?;
            }
            write!(f, "{refusal}")?;
        }
        Ok(())
    }
}
