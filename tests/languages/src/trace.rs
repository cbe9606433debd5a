//! What happened, and whether it is the same as in another language.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Behaviour;

/// The events of one simulation, in order.
#[derive(Debug)]
pub struct Trace(Vec<Value>);

/// How the same behaviour in two languages compares.
#[derive(Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same events in the same ticks.
    Equal,
    /// The same events in the same order, some of them in later ticks: somebody was pre-empted.
    Later,
    /// Every command and every topic goes through the same, but somebody was pre-empted, so that others
    /// came first.
    Apart,
    /// Something else happened: the first event that differs, on both sides.
    Different(String, String),
}

impl Trace {
    pub(crate) fn new(events: Vec<Value>) -> Self {
        Self(events)
    }

    /// All events.
    pub fn events(&self) -> &[Value] {
        &self.0
    }

    /// Those of one sort that happened to one command.
    pub fn of(&self, event: &str, command: &str) -> Vec<&Value> {
        let events = self.0.iter();
        events
            .filter(|it| it["event"] == event && it["command"] == command)
            .collect()
    }

    /// The values of those events.
    pub fn values_of(&self, event: &str, command: &str) -> Vec<Value> {
        self.of(event, command)
            .iter()
            .map(|it| it["value"].clone())
            .collect()
    }

    /// The values that a topic had.
    pub fn topic(&self, name: &str) -> Vec<Value> {
        let events = self.0.iter();
        let values = events.filter(|it| it["event"] == "topic" && it["topic"] == name);
        values.map(|it| it["value"].clone()).collect()
    }

    /// How often somebody was pre-empted.
    pub fn preemptions(&self) -> usize {
        self.0
            .iter()
            .filter(|it| it["event"] == "preempted")
            .count()
    }

    /// Each run's life in a line per event, `tick event command …`, without what is only for people.
    pub fn lines(&self) -> Vec<String> {
        let kept = self.0.iter().filter(|it| self.is_life(it));
        kept.map(|it| format!("{} {}", it["tick"], line(it, false)))
            .collect()
    }

    /// How the runs ended that did, for messages.
    pub fn ends(&self) -> String {
        let ends = [
            "completed",
            "failed",
            "interrupted",
            "canceled",
            "cleanup-overrun",
        ];
        let lines = self
            .0
            .iter()
            .filter(|it| ends.iter().any(|end| it["event"] == *end));
        let lines: Vec<String> = lines.map(|it| line(it, false)).collect();
        lines.join("; ")
    }

    /// Compares with the same behaviour in another language.
    pub fn compare(&self, other: &Self, behaviour: &Behaviour) -> Comparison {
        let lines = |trace: &Self| -> Vec<(String, String)> {
            let kept = trace.0.iter().filter(|it| trace.is_life(it));
            let own = behaviour.returns_its_own();
            kept.map(|it| (it["tick"].to_string(), line(it, own)))
                .collect()
        };
        let (ours, theirs) = (lines(self), lines(other));
        if ours == theirs {
            return Comparison::Equal;
        }
        let preempted = self.preemptions() + other.preemptions() > 0;
        let same =
            |a: &(String, String), b: &(String, String)| a.1 == b.1 && (preempted || a.0 == b.0);
        let differing = (0..ours.len().max(theirs.len())).find(|&index| {
            let (a, b) = (ours.get(index), theirs.get(index));
            !a.zip(b).is_some_and(|(a, b)| same(a, b))
        });
        match differing {
            None => Comparison::Later,
            Some(_) if preempted && self.lives(behaviour) == other.lives(behaviour) => {
                Comparison::Apart
            }
            Some(at) => Comparison::Different(
                format!("{:?}", ours.get(at)),
                format!("{:?}", theirs.get(at)),
            ),
        }
    }

    /// What each command goes through, whichever run it is, and the last value of each topic.
    fn lives(&self, behaviour: &Behaviour) -> BTreeMap<String, Vec<String>> {
        let mut lives: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in self.0.iter().filter(|it| self.is_life(it)) {
            let mut event = event.clone();
            let of = event["command"]
                .as_str()
                .or(event["topic"].as_str())
                .unwrap_or_default()
                .to_owned();
            let of = lives.entry(of).or_default();
            if event["event"] == "topic" {
                of.clear();
            }
            if let Some(fields) = event.as_object_mut() {
                fields.retain(|key, _| key != "run" && key != "parent");
            }
            of.push(line(&event, behaviour.returns_its_own()));
        }
        lives
    }

    /// Whether the event is of the life of runs and topics. Some languages log the stack of what fails, in a
    /// cleanup, too.
    fn is_life(&self, event: &Value) -> bool {
        match event["event"].as_str().unwrap_or_default() {
            "header" | "note" | "preempted" => false,
            "log" => {
                let failed = |it: &&Value| {
                    (it["event"] == "failed" || it["event"] == "canceled")
                        && it["run"] == event["run"]
                };
                !(event["level"] == "error" && self.0.iter().any(|it| failed(&it)))
            }
            _ => true,
        }
    }
}

/// An event without its time.
fn line(event: &Value, without_value: bool) -> String {
    let mut text = String::new();
    for (key, value) in event.as_object().into_iter().flatten() {
        if key == "tick" || key == "t" {
            continue;
        }
        if key == "value" && without_value {
            text.push_str(" value …");
        } else if key == "event" || key == "command" {
            text.push_str(&format!("{} ", value.as_str().unwrap_or_default()));
        } else {
            let value = value.to_string();
            let end = value.floor_char_boundary(3000);
            text.push_str(&format!("{key}={} ", &value[..end]));
        }
    }
    text.trim_end().to_owned()
}
