//! What happened in a scenario.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// In order.
    pub events: Vec<Event>,
    /// At the end of each tick.
    pub ticks: Vec<TickState>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Value>", into = "Vec<Value>")]
pub struct Event {
    /// The tick in which it happened, or that was about to run.
    pub tick: usize,
    /// What happened.
    pub kind: Cow<'static, str>,
    /// The name of the command it happened to.
    pub command: Arc<str>,
    /// More about it.
    pub extra: Option<Value>,
}

impl Event {
    /// Whether the reference's recorder would have recorded it. The others are compared between
    /// our own two kinds of bodies only.
    pub fn is_in_vectors(&self) -> bool {
        !matches!(
            &*self.kind,
            "mounted" | "yielded" | "preempted" | "cleanup-overrun" | "refused" | "outcome"
        )
    }
}

impl TryFrom<Vec<Value>> for Event {
    type Error = String;

    fn try_from(parts: Vec<Value>) -> Result<Self, String> {
        let wrong = || format!("{} is not [tick, kind, command, extra?]", json!(parts));
        let (first, extra) = match parts.as_slice() {
            [tick, kind, command] => ([tick, kind, command], None),
            [tick, kind, command, extra] => ([tick, kind, command], Some(extra.clone())),
            _ => return Err(wrong()),
        };
        let [Some(tick), _, _] = first.map(Value::as_u64) else {
            return Err(wrong());
        };
        let [_, Some(kind), Some(command)] = first.map(Value::as_str) else {
            return Err(wrong());
        };
        Ok(Self {
            tick: usize::try_from(tick).map_err(|_| wrong())?,
            kind: Cow::Owned(kind.to_owned()),
            command: Arc::from(command),
            extra,
        })
    }
}

impl From<Event> for Vec<Value> {
    fn from(event: Event) -> Self {
        let mut parts = vec![json!(event.tick), json!(event.kind), json!(&*event.command)];
        parts.extend(event.extra);
        parts
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.command)?;
        match &self.extra {
            None => Ok(()),
            Some(Value::String(text)) => write!(f, " {text}"),
            Some(extra) => write!(f, " {extra}"),
        }
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
