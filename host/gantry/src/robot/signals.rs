//! Conditions of robot.toml as signals.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use gantry_hardware::{ChannelId, Image};
use gantry_plugin::{TickClock, Topics};
use gantry_scheduler::{Edge, MAX_SIGNAL_PARTS, Signal, Value};

use super::commands::Wrong;
use crate::config::{
    DebounceEdge, NamedSignal, SignalExpr, SignalKind, SignalSource, SourceName, Span,
};

/// Makes signals of what the file says, on this robot's channels and topics.
pub(super) struct Signals {
    image: Arc<Image>,
    topics: Arc<Topics>,
    clock: Arc<TickClock>,
    named: HashMap<String, Signal>,
}

impl Signals {
    pub(super) fn new(image: Arc<Image>, topics: Arc<Topics>, clock: Arc<TickClock>) -> Self {
        Self {
            image,
            topics,
            clock,
            named: HashMap::new(),
        }
    }

    /// Gives a signal its name. The file was checked to name only what comes before.
    pub(super) fn define(&mut self, named: &NamedSignal) -> Result<(), Wrong> {
        let what = format!("the signal `{}`", named.name);
        let signal = self.make(&named.signal);
        let checked = self.check_size(&signal, &named.signal, &what, named.span);
        self.named.insert(named.name.clone(), signal);
        checked
    }

    /// A signal that has no name.
    pub(super) fn of(&self, expression: &SignalExpr) -> Result<Signal, Wrong> {
        let signal = self.make(expression);
        self.check_size(&signal, expression, "this signal", expression.span)?;
        Ok(signal)
    }

    /// Refuses what the scheduler would let be false for ever. One that is too large because another
    /// one is has been reported with that.
    fn check_size(
        &self,
        signal: &Signal,
        expression: &SignalExpr,
        what: &str,
        span: Span,
    ) -> Result<(), Wrong> {
        let too_large = |signal: &Signal| signal.parts() > MAX_SIGNAL_PARTS;
        let mut reported = false;
        expression.each_reference(&mut |name, _| {
            reported |= self.named.get(name).is_some_and(too_large);
        });
        if reported || !too_large(signal) {
            return Ok(());
        }
        Err(Wrong {
            span,
            message: format!(
                "{what} is made of more than {MAX_SIGNAL_PARTS} parts, and would never be true"
            ),
            help: Some(
                "every condition, every `!` and all that joins or follows others is a part, and those \
                 of a named signal count wherever it is named; let a command look at some of them \
                 and publish a topic"
                    .to_owned(),
            ),
        })
    }

    fn make(&self, expression: &SignalExpr) -> Signal {
        match &expression.kind {
            SignalKind::IsTrue(source) => self.on(source, Some(false), |number| number != 0.0),
            SignalKind::Above(source, threshold) => {
                let threshold = *threshold;
                self.on(source, None, move |number| number > threshold)
            }
            SignalKind::Below(source, threshold) => {
                let threshold = *threshold;
                self.on(source, None, move |number| number < threshold)
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

    /// A signal that looks at a source as a number; true is 1. It is unknown while an input has not
    /// answered, or not within the age that it may have; `unpublished` is its value while a topic has none.
    fn on(
        &self,
        source: &SignalSource,
        unpublished: Option<bool>,
        holds: impl Fn(f64) -> bool + Send + Sync + 'static,
    ) -> Signal {
        match &source.of {
            SourceName::Channel(name) => {
                let image = self.image.clone();
                // Only possible if the file was not checked against this image.
                let Some(id) = image.find(name) else {
                    return never();
                };
                let max_age = source.max_age.unwrap_or(Duration::MAX);
                Signal::measured(move || {
                    let age = image.age(id);
                    let counts = age <= max_age && age != Duration::MAX;
                    counts.then(|| holds(channel_as_number(&image, id)))
                })
            }
            SourceName::Topic(name) => {
                let (topics, clock) = (self.topics.clone(), self.clock.clone());
                let (name, max_age) = (name.clone(), source.max_age.unwrap_or(Duration::MAX));
                Signal::measured(move || {
                    let id = topics.find(&name).filter(|id| {
                        let age = topics.age(*id, clock.tick().time);
                        age.is_some_and(|age| age <= max_age)
                    });
                    let number = id.and_then(|id| topics.with(id, value_as_number).flatten());
                    number.map(&holds).or(unpublished)
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
