//! The interfaces that only hand out values: `types`, `log`, `clock` and `config`.

use wasmtime::Result;

use super::bindings::gantry::command::log::Level;
use super::bindings::gantry::command::{clock, config, log, types};
use crate::log as plain;
use crate::run::{Cost, RunState, size};

impl types::Host for RunState {}

impl log::Host for RunState {
    fn log(&mut self, level: Level, message: String) -> Result<()> {
        self.hand_over(message.len())?;
        let level = match level {
            Level::Trace => plain::Level::Trace,
            Level::Debug => plain::Level::Debug,
            Level::Info => plain::Level::Info,
            Level::Warn => plain::Level::Warn,
            Level::Error => plain::Level::Error,
        };
        let tick = self.moment().number;
        self.run_log().entry(tick, level, &message);
        Ok(())
    }
}

impl clock::Host for RunState {
    fn now(&mut self) -> Result<f64> {
        Ok(self.moment().time.as_secs_f64())
    }

    fn period(&mut self) -> Result<f64> {
        Ok(self.context.clock.period().as_secs_f64())
    }

    fn tick(&mut self) -> Result<u64> {
        Ok(self.moment().number)
    }
}

impl config::Host for RunState {
    fn get(&mut self, key: String) -> Result<Option<types::Value>> {
        let value = self.context.config.get(&key);
        let bytes = key.len() + value.map_or(0, size::of_value);
        self.control.charge(Cost::Bytes(bytes));
        Ok(value.cloned().map(Into::into))
    }

    fn keys(&mut self) -> Result<Vec<String>> {
        let keys: Vec<String> = self.context.config.keys().cloned().collect();
        self.control.charge(Cost::Parts(keys.len()));
        let bytes = keys.iter().map(String::len).sum();
        self.control.charge(Cost::Bytes(bytes));
        Ok(keys)
    }
}
