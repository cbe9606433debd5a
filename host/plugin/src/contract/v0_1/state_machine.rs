//! The resource `state-machine` of the interface `commands`.

use gantry_scheduler::{self as plain, Claim, Command, GroupError, Signal};
use wasmtime::component::Resource;
use wasmtime::{Error, Result, bail};

use super::bindings::gantry::command::commands::HostStateMachine;
use crate::run::{Cost, RunState, size, too_much_kept};

/// A machine under construction with what is kept for it; none once it is built.
#[allow(unreachable_pub)]
pub struct StateMachine(Option<(plain::StateMachine, Claim)>);

fn built() -> String {
    "the state machine is built already; make a new one".to_owned()
}

/// The most states that a machine may have.
const MAX_STATES: usize = 1000;

/// The most states that one call may name.
const MAX_ORIGINS: usize = 1000;

impl HostStateMachine for RunState {
    fn new(&mut self, name: String) -> Result<Resource<StateMachine>> {
        let machine = plain::StateMachine::new(self.label(&name));
        let claim = self.claim(size::COMMAND).map_err(Error::msg)?;
        self.keep(StateMachine(Some((machine, claim))))
    }

    fn add_state(
        &mut self,
        this: Resource<StateMachine>,
        name: String,
        command: Resource<Command>,
    ) -> Result<u32> {
        let command = self.table.get(&command)?.clone();
        self.grow(&this, size::COMMAND)?.map_err(Error::msg)?;
        let name = self.readable(&name);
        match &mut self.table.get_mut(&this)?.0 {
            Some((machine, _)) if machine.state_count() >= MAX_STATES => {
                bail!("a state machine has {MAX_STATES} states at most")
            }
            Some((machine, _)) => Ok(u32::try_from(machine.add_state(name, command))?),
            None => bail!("{}", built()),
        }
    }

    fn switch_when(
        &mut self,
        this: Resource<StateMachine>,
        origins: Vec<u32>,
        target: Option<u32>,
        signal: Resource<Signal>,
    ) -> Result<std::result::Result<(), String>> {
        let signal = self.table.get(&signal)?.clone();
        self.switch(&this, &origins, Some(&signal), |machine, origins| {
            machine.switch_when(origins, target.map(index), signal.clone())
        })
    }

    fn switch_on_completion(
        &mut self,
        this: Resource<StateMachine>,
        origins: Vec<u32>,
        target: Option<u32>,
        signal: Option<Resource<Signal>>,
    ) -> Result<std::result::Result<(), String>> {
        let signal = match signal {
            Some(signal) => Some(self.table.get(&signal)?.clone()),
            None => None,
        };
        self.switch(&this, &origins, signal.as_ref(), |machine, origins| {
            machine.switch_on_completion(origins, target.map(index), signal.clone())
        })
    }

    fn build(
        &mut self,
        this: Resource<StateMachine>,
        initial: u32,
    ) -> Result<std::result::Result<Resource<Command>, String>> {
        let Some((machine, claim)) = self.table.get_mut(&this)?.0.take() else {
            return Ok(Err(built()));
        };
        let command = match machine.build(index(initial)) {
            Ok(command) => command.supplied_by(&self.context.supplier),
            Err(error) => return Ok(Err(error.to_string())),
        };
        Ok(self.try_keep(command.claiming(claim)))
    }

    fn drop(&mut self, this: Resource<StateMachine>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl RunState {
    /// More is kept for a machine under construction.
    fn grow(
        &mut self,
        this: &Resource<StateMachine>,
        bytes: usize,
    ) -> Result<std::result::Result<(), String>> {
        let grown = match &mut self.table.get_mut(this)?.0 {
            Some((_, claim)) => claim.grow(bytes),
            None => return Ok(Err(built())),
        };
        Ok(grown.map_err(|most| too_much_kept(bytes, most)))
    }

    /// Adds a transition of a machine under construction, and counts what is kept for it.
    fn switch(
        &mut self,
        this: &Resource<StateMachine>,
        origins: &[u32],
        signal: Option<&Signal>,
        add: impl FnOnce(&mut plain::StateMachine, &[usize]) -> std::result::Result<(), GroupError>,
    ) -> Result<std::result::Result<(), String>> {
        let bytes = self.transition(this, origins, signal)?;
        let states = match &self.table.get(this)?.0 {
            Some((machine, _)) if origins.is_empty() => machine.state_count(),
            _ => origins.len(),
        };
        self.control.charge(Cost::Parts(states));
        if let Err(message) = self.grow(this, bytes)? {
            return Ok(Err(message));
        }
        let Some((machine, claim)) = &mut self.table.get_mut(this)?.0 else {
            return Ok(Err(built()));
        };
        let added = indices(origins)
            .and_then(|origins| add(machine, &origins).map_err(|error| error.to_string()));
        if added.is_err() {
            claim.shrink(bytes);
        }
        Ok(added)
    }

    /// Bytes of a transition: each of its origins has it in a list, and all states if none is named.
    fn transition(
        &self,
        this: &Resource<StateMachine>,
        origins: &[u32],
        signal: Option<&Signal>,
    ) -> Result<usize> {
        let states = match &self.table.get(this)?.0 {
            Some((machine, _)) => machine.state_count(),
            None => 0,
        };
        let origins = match origins.len() {
            0 => states,
            named => named.min(states),
        };
        let entry = size_of::<(Signal, Option<usize>)>();
        Ok(signal.map_or(0, |signal| origins * entry + size::of_signal(signal)))
    }
}

fn indices(states: &[u32]) -> std::result::Result<Vec<usize>, String> {
    match states.len() {
        0..=MAX_ORIGINS => Ok(states.iter().copied().map(index).collect()),
        many => Err(format!(
            "{many} states in one call; {MAX_ORIGINS} is the most"
        )),
    }
}

fn index(state: u32) -> usize {
    state as usize
}
