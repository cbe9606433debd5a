//! The interface `signals`: conditions that the host evaluates.

use gantry_scheduler::{self as plain, MAX_SIGNAL_PARTS, Signal, Value};
use wasmtime::component::Resource;
use wasmtime::{Result, bail};

use super::bindings::gantry::command::signals::{Edge, Host, HostSignal, Source};
use super::convert;
use crate::capabilities::{BooleanInput, NumberInput, Topic};
use crate::run::{Cost, RunState};

/// What the guest gets: its own result within one that ends the run.
type Made = Result<std::result::Result<Resource<Signal>, String>>;

/// The most presses that a multi-press may count.
const MAX_PRESSES: u32 = 100;

impl Host for RunState {}

impl HostSignal for RunState {
    fn is_true(&mut self, of: Source, name: String) -> Made {
        let context = &self.context;
        let signal = match of {
            Source::Channel => BooleanInput::open(&context.image, &context.grants, &name)
                .map(|channel| channel.signal(&context.image)),
            Source::Topic => Topic::open(&context.grants, &name).map(|topic| {
                topic.signal(&context.topics, |value| {
                    matches!(value, Value::Boolean(true))
                })
            }),
        };
        self.charge_channel(&name, &signal);
        Ok(signal.and_then(|signal| self.try_kept(signal)))
    }

    fn above(&mut self, of: Source, name: String, threshold: f64) -> Made {
        self.compared(of, &name, threshold, |value, threshold| value > threshold)
    }

    fn below(&mut self, of: Source, name: String, threshold: f64) -> Made {
        self.compared(of, &name, threshold, |value, threshold| value < threshold)
    }

    fn both(
        &mut self,
        this: Resource<Signal>,
        other: Resource<Signal>,
    ) -> Result<Resource<Signal>> {
        let signal = self.table.get(&this)?.both(self.table.get(&other)?);
        self.kept(signal)
    }

    fn either(
        &mut self,
        this: Resource<Signal>,
        other: Resource<Signal>,
    ) -> Result<Resource<Signal>> {
        let signal = self.table.get(&this)?.either(self.table.get(&other)?);
        self.kept(signal)
    }

    fn negate(&mut self, this: Resource<Signal>) -> Result<Resource<Signal>> {
        let signal = self.table.get(&this)?.negate();
        self.kept(signal)
    }

    fn debounce(&mut self, this: Resource<Signal>, seconds: f64, on: Edge) -> Made {
        let edge = match on {
            Edge::Rising => plain::Edge::Rising,
            Edge::Falling => plain::Edge::Falling,
            Edge::Both => plain::Edge::Both,
        };
        let signal = self.table.get(&this)?.clone();
        Ok(convert::span(seconds).and_then(|time| self.try_kept(signal.debounce(time, edge))))
    }

    fn rising_edge(&mut self, this: Resource<Signal>) -> Result<Resource<Signal>> {
        let signal = self.table.get(&this)?.rising_edge();
        self.kept(signal)
    }

    fn falling_edge(&mut self, this: Resource<Signal>) -> Result<Resource<Signal>> {
        let signal = self.table.get(&this)?.falling_edge();
        self.kept(signal)
    }

    fn multi_press(&mut self, this: Resource<Signal>, count: u32, seconds: f64) -> Made {
        let signal = self.table.get(&this)?.clone();
        if !(1..=MAX_PRESSES).contains(&count) {
            return Ok(Err(format!(
                "a count of {count} presses; give 1 to {MAX_PRESSES}"
            )));
        }
        Ok(convert::span(seconds).and_then(|time| self.try_kept(signal.multi_press(count, time))))
    }

    fn get(&mut self, this: Resource<Signal>) -> Result<bool> {
        let signal = self.table.get(&this)?;
        self.control.charge(Cost::Parts(signal.parts() as usize));
        Ok(signal.sample(self.moment()))
    }

    fn drop(&mut self, this: Resource<Signal>) -> Result<()> {
        self.drop_signal(this)
    }
}

impl RunState {
    /// Keeps a signal, or ends the run if it has become too large to be looked at every tick.
    fn kept(&mut self, signal: Signal) -> Result<Resource<Signal>> {
        match self.try_kept(signal) {
            Ok(handle) => Ok(handle),
            Err(message) => bail!("{message}"),
        }
    }

    fn try_kept(&mut self, signal: Signal) -> std::result::Result<Resource<Signal>, String> {
        if signal.parts() > MAX_SIGNAL_PARTS {
            return Err(format!(
                "a signal made of more than {MAX_SIGNAL_PARTS} others"
            ));
        }
        self.try_keep_signal(signal)
    }

    fn compared(
        &mut self,
        of: Source,
        name: &str,
        threshold: f64,
        holds: fn(f64, f64) -> bool,
    ) -> Made {
        if threshold.is_nan() {
            return Ok(Err(
                "a threshold that is not a number; nothing compares to it".to_owned(),
            ));
        }
        let context = &self.context;
        let signal = match of {
            Source::Channel => {
                NumberInput::open(&context.image, &context.grants, name).map(|channel| {
                    channel.signal(&context.image, move |value| holds(value, threshold))
                })
            }
            Source::Topic => Topic::open(&context.grants, name).map(|topic| {
                topic.signal(&context.topics, move |value| match value {
                    Value::Number(value) => holds(*value, threshold),
                    Value::Integer(value) => holds(*value as f64, threshold),
                    _ => false,
                })
            }),
        };
        self.charge_channel(name, &signal);
        Ok(signal.and_then(|signal| self.try_kept(signal)))
    }
}
