//! The interface `commands`: command objects. State machines have a file of their own.

use gantry_scheduler::{Command, GroupError, Request, Signal, delay, parallel, race, sequence};
use gantry_scheduler::{MechanismSet, Value, condition};
use wasmtime::component::Resource;
use wasmtime::{Error, Result};

use super::bindings::gantry::command::commands::{Host, HostCommand};
use super::bindings::gantry::command::types::{Argument, SchedulingError};
use super::convert;
use super::coroutine::answered;
use crate::run::{Cost, RunState, size};

/// What the guest gets: its own result within one that ends the run.
type Made = Result<std::result::Result<Resource<Command>, String>>;

/// Bytes of a name that a guest makes up.
const MAX_NAME: usize = 256;

impl Host for RunState {}

impl HostCommand for RunState {
    fn lookup(&mut self, name: String, arguments: Vec<Argument>) -> Made {
        let Some(registry) = self.context.registry.upgrade() else {
            return Ok(Err(format!(
                "`{name}` cannot be looked up while a plugin describes itself"
            )));
        };
        let arguments: Vec<(String, Value)> = arguments
            .into_iter()
            .map(|a| (a.name, a.value.into()))
            .collect();
        let bytes = arguments
            .iter()
            .map(|(name, value)| name.len() + size::of_value(value));
        let bytes = name.len() + bytes.sum::<usize>();
        self.hand_over(bytes)?;
        let claim = match self.claim(size::COMMAND + bytes) {
            Ok(claim) => claim,
            Err(message) => return Ok(Err(message)),
        };
        let context = &self.context;
        let found = context
            .grants
            .command(&registry, &context.name, &name, arguments, claim);
        if found.is_err() {
            self.control.charge(Cost::Names(registry.name_count()));
        }
        Ok(found.and_then(|command| self.try_keep(command)))
    }

    fn sequence(&mut self, members: Vec<Resource<Command>>) -> Result<Resource<Command>> {
        let members = self.members(&members)?;
        let bytes = members.len() * size::COMMAND;
        self.keep_own(&sequence(&members), bytes)
    }

    fn parallel(
        &mut self,
        required: Vec<Resource<Command>>,
        optional: Vec<Resource<Command>>,
    ) -> Made {
        let (required, optional) = (self.members(&required)?, self.members(&optional)?);
        let bytes = (required.len() + optional.len()) * size::COMMAND;
        Ok(self.made(parallel(&required, &optional), bytes))
    }

    fn race(&mut self, members: Vec<Resource<Command>>) -> Made {
        let members = self.members(&members)?;
        let bytes = members.len() * size::COMMAND;
        Ok(self.made(race(&members), bytes))
    }

    fn delay(&mut self, seconds: f64) -> Made {
        Ok(convert::wait(seconds).and_then(|time| self.try_keep_own(&delay(time), 0)))
    }

    fn condition(&mut self, signal: Resource<Signal>) -> Result<Resource<Command>> {
        let signal = self.table.get(&signal)?.clone();
        self.keep_own(&condition(&signal), size::of_signal(&signal))
    }

    fn named(&mut self, this: Resource<Command>, name: String) -> Result<Resource<Command>> {
        let name = self.label(&name);
        let command = self.table.get(&this)?.named(name);
        self.keep_renamed(&command)
    }

    fn with_priority(
        &mut self,
        this: Resource<Command>,
        priority: i32,
    ) -> Result<Resource<Command>> {
        let command = self.table.get(&this)?.with_priority(priority);
        self.keep_renamed(&command)
    }

    fn with_timeout(&mut self, this: Resource<Command>, seconds: f64) -> Made {
        let command = self.table.get(&this)?.clone();
        Ok(convert::wait(seconds)
            .and_then(|time| self.try_keep_own(&command.with_timeout(time), 2 * size::COMMAND)))
    }

    fn until(
        &mut self,
        this: Resource<Command>,
        signal: Resource<Signal>,
    ) -> Result<Resource<Command>> {
        let signal = self.table.get(&signal)?.clone();
        let command = self.table.get(&this)?.until(&signal);
        self.keep_own(&command, 2 * size::COMMAND + size::of_signal(&signal))
    }

    fn name(&mut self, this: Resource<Command>) -> Result<String> {
        let name = self.table.get(&this)?.name().to_string();
        self.control.charge(Cost::Bytes(name.len()));
        Ok(name)
    }

    fn requirements(&mut self, this: Resource<Command>) -> Result<Vec<String>> {
        let required: MechanismSet = *self.table.get(&this)?.requirements();
        let mechanisms = &self.context.mechanisms;
        Ok(required
            .iter()
            .map(|id| mechanisms.name(id).to_owned())
            .inspect(|name| self.control.charge(Cost::Bytes(name.len())))
            .collect())
    }

    fn priority(&mut self, this: Resource<Command>) -> Result<i32> {
        Ok(self.table.get(&this)?.priority())
    }

    fn is_running(&mut self, this: Resource<Command>) -> Result<bool> {
        Ok(self.table.get(&this)?.is_running())
    }

    async fn cancel(
        &mut self,
        this: Resource<Command>,
    ) -> Result<std::result::Result<(), SchedulingError>> {
        let command = self.table.get(&this)?.clone();
        answered(self.ask_done("cancel", Request::Cancel(command)).await)
    }

    fn drop(&mut self, this: Resource<Command>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl RunState {
    fn members(&self, handles: &[Resource<Command>]) -> Result<Vec<Command>> {
        self.control.charge(Cost::Parts(handles.len()));
        handles
            .iter()
            .map(|handle| Ok(self.table.get(handle)?.clone()))
            .collect()
    }

    fn made(
        &mut self,
        command: std::result::Result<Command, GroupError>,
        bytes: usize,
    ) -> std::result::Result<Resource<Command>, String> {
        let command = command.map_err(|error| error.to_string())?;
        self.try_keep_own(&command, bytes)
    }

    /// Keeps a command that is made here, of so many bytes besides itself.
    fn try_keep_own(
        &mut self,
        command: &Command,
        bytes: usize,
    ) -> std::result::Result<Resource<Command>, String> {
        let command = self.own(command, bytes)?;
        self.try_keep(command)
    }

    /// The same where the contract has no way to say that there is too much of it.
    fn keep_own(&mut self, command: &Command, bytes: usize) -> Result<Resource<Command>> {
        self.try_keep_own(command, bytes).map_err(Error::msg)
    }

    /// Keeps a command that does the same as another one, whose claim it shares.
    fn keep_renamed(&mut self, command: &Command) -> Result<Resource<Command>> {
        let claim = self.claim(size::COMMAND).map_err(Error::msg)?;
        self.keep(command.claiming_for_itself(claim))
    }

    /// The name of a command that a guest made up, which must not look like one of another plugin.
    pub(super) fn label(&self, name: &str) -> String {
        let (name, own) = (self.readable(name), &self.context.name);
        match name.split_once('/') {
            Some((plugin, _)) if plugin != &**own => format!("{own}/{name}"),
            _ => name,
        }
    }

    /// A name that a guest made up, as it may be shown.
    pub(super) fn readable(&self, name: &str) -> String {
        self.control.charge(Cost::Bytes(name.len()));
        let end = name.floor_char_boundary(MAX_NAME);
        let mut visible = crate::log::visible(&name.as_bytes()[..end]);
        visible.truncate(visible.floor_char_boundary(MAX_NAME));
        visible
    }
}
