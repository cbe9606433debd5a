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
        let shown = |value: &Option<Value>, missing: &str| match value {
            None => missing.to_owned(),
            Some(Value::Table(_)) => "there".to_owned(),
            Some(value) => value.to_string(),
        };
        let locked = shown(&self.locked, "not there");
        let now = shown(&self.now, "not there");
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
                what: name(path),
                locked: locked.cloned(),
                now: now.cloned(),
            }),
        }
        path.pop();
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
