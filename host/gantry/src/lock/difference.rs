//! What is not as it was locked.

use std::fmt;

use toml::{Table, Value};

use super::Lock;

/// One thing that is not as it was locked.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What: `plugin drivetrain: reads`.
    pub what: String,
    /// How it was locked; none: it was not there.
    pub locked: Option<Value>,
    /// How it is now; none: it is not there.
    pub now: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Value>| match value {
            None => "not there".to_owned(),
            Some(value) => in_one_line(value),
        };
        let (locked, now) = (shown(&self.locked), shown(&self.now));
        write!(f, "{}: locked {locked}, now {now}", self.what)
    }
}

/// Everything in which two locks differ, in the order of their files.
pub fn differences(locked: &Lock, now: &Lock) -> Vec<Difference> {
    // Tables with plain values always are TOML.
    let table = |lock: &Lock| Table::try_from(lock).unwrap_or_default();
    let mut found = Vec::new();
    compare(&mut Vec::new(), &table(locked), &table(now), &mut found);
    found
}

fn compare(path: &mut Vec<String>, locked: &Table, now: &Table, found: &mut Vec<Difference>) {
    let added = now.keys().filter(|key| !locked.contains_key(*key));
    for key in locked.keys().chain(added) {
        path.push(key.clone());
        match (locked.get(key), now.get(key)) {
            (Some(Value::Table(locked)), Some(Value::Table(now))) => {
                compare(path, locked, now, found);
            }
            // As they are written: a number that is none equals itself, and 0.0 is not -0.0.
            (Some(locked), Some(now)) if locked.to_string() == now.to_string() => {}
            (locked, now) => found.push(Difference {
                // Keys are texts like any other.
                what: name(path).escape_debug().to_string(),
                locked: locked.cloned(),
                now: now.cloned(),
            }),
        }
        path.pop();
    }
}

/// A value as TOML, all of it: what is new has to be seen. In one line, whatever is in its texts: none
/// can look like another difference.
fn in_one_line(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(in_one_line).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Table(entries) => {
            let entry = |(key, value): (&String, &Value)| {
                let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
                match !key.is_empty() && key.chars().all(bare) {
                    true => format!("{key} = {}", in_one_line(value)),
                    false => format!("{key:?} = {}", in_one_line(value)),
                }
            };
            let entries: Vec<_> = entries.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        plain => plain.to_string(),
    }
}

fn name(path: &[String]) -> String {
    match path {
        [section, name] if section == "sections" => format!("section [{name}] of the robot.toml"),
        [plugins, plugin] if plugins == "plugins" => format!("plugin {plugin}"),
        [plugins, plugin, rest @ ..] if plugins == "plugins" => {
            format!("plugin {plugin}: {}", rest.join("."))
        }
        path => path.join("."),
    }
}
