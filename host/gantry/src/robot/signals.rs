//! Conditions of robot.toml as signals.

use std::collections::HashMap;
use std::sync::Arc;

use gantry_hardware::{ChannelId, Image};
use gantry_plugin::Topics;
use gantry_scheduler::{Edge, Signal, Value};

use crate::config::{DebounceEdge, SignalExpr, SignalKind, SignalSource};

/// Makes signals of what the file says, on this robot's channels and topics.
pub(super) struct Signals {
    image: Arc<Image>,
    topics: Arc<Topics>,
    named: HashMap<String, Signal>,
}

impl Signals {
    pub(super) fn new(image: Arc<Image>, topics: Arc<Topics>) -> Self {
        Self {
            image,
            topics,
            named: HashMap::new(),
        }
    }

    /// Gives a signal a name. The file was checked to name only what comes before.
    pub(super) fn define(&mut self, name: &str, expression: &SignalExpr) {
        let signal = self.make(expression);
        self.named.insert(name.to_owned(), signal);
    }

    pub(super) fn make(&self, expression: &SignalExpr) -> Signal {
        match &expression.kind {
            SignalKind::IsTrue(source) => self.on(source, |number| number != 0.0),
            SignalKind::Above(source, threshold) => {
                let threshold = *threshold;
                self.on(source, move |number| number > threshold)
            }
            SignalKind::Below(source, threshold) => {
                let threshold = *threshold;
                self.on(source, move |number| number < threshold)
            }
            SignalKind::Named(name) => self.named.get(name).cloned().unwrap_or_else(never),
            SignalKind::All(parts) => self.fold(parts, Signal::both),
            SignalKind::Any(parts) => self.fold(parts, Signal::either),
            SignalKind::Not(signal) => self.make(signal).negate(),
            SignalKind::Debounce { signal, time, edge } => {
                let edge = match edge {
                    DebounceEdge::Rising => Edge::Rising,
                    DebounceEdge::Falling => Edge::Falling,
                    DebounceEdge::Both => Edge::Both,
                };
                self.make(signal).debounce(*time, edge)
            }
            SignalKind::Edge {
                signal,
                rising: true,
            } => self.make(signal).rising_edge(),
            SignalKind::Edge {
                signal,
                rising: false,
            } => self.make(signal).falling_edge(),
            SignalKind::MultiPress {
                signal,
                count,
                window,
            } => self.make(signal).multi_press(*count, *window),
        }
    }

    fn fold(&self, parts: &[SignalExpr], join: impl Fn(&Signal, &Signal) -> Signal) -> Signal {
        let signals = parts.iter().map(|part| self.make(part));
        signals
            .reduce(|all, next| join(&all, &next))
            .unwrap_or_else(never)
    }

    /// A signal that looks at a source as a number; true is 1.
    fn on(
        &self,
        source: &SignalSource,
        holds: impl Fn(f64) -> bool + Send + Sync + 'static,
    ) -> Signal {
        match source {
            SignalSource::Channel(name) => {
                let image = self.image.clone();
                match image.find(name) {
                    Some(id) => Signal::new(move || holds(channel_as_number(&image, id))),
                    // Only possible if the file was not checked against this image.
                    None => never(),
                }
            }
            SignalSource::Topic(name) => {
                let (topics, name) = (self.topics.clone(), name.clone());
                Signal::new(move || {
                    let id = topics.find(&name);
                    id.and_then(|id| topics.with(id, value_as_number))
                        .is_some_and(&holds)
                })
            }
        }
    }
}

fn channel_as_number(image: &Image, id: ChannelId) -> f64 {
    match image.channel(id).kind {
        gantry_hardware::Kind::Boolean => f64::from(u8::from(image.boolean(id))),
        _ => image.number(id),
    }
}

fn value_as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Boolean(value) => Some(f64::from(u8::from(*value))),
        Value::Integer(value) => Some(*value as f64),
        Value::Number(value) => Some(*value),
        Value::Text(_) | Value::Numbers(_) => None,
    }
}

fn never() -> Signal {
    Signal::new(|| false)
}
