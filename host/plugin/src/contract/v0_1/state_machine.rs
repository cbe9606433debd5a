//! The resource `state-machine` of the interface `commands`.

use gantry_scheduler::{self as plain, Claim, Command, Signal};
use wasmtime::component::Resource;
use wasmtime::{Error, Result, bail};

use super::bindings::gantry::command::commands::HostStateMachine;
use super::commands::readable;
use crate::run::{RunState, size};

/// A machine under construction with what is kept for it; none once it is built.
#[allow(unreachable_pub)]
pub struct StateMachine(Option<(plain::StateMachine, Claim)>);

impl StateMachine {
    fn open(&mut self) -> std::result::Result<&mut plain::StateMachine, String> {
        self.0
            .as_mut()
            .map(|(machine, _)| machine)
            .ok_or_else(built)
    }
}

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
        match self.table.get_mut(&this)?.open() {
            Ok(machine) if machine.state_count() >= MAX_STATES => {
                bail!("a state machine has {MAX_STATES} states at most")
            }
            Ok(machine) => Ok(u32::try_from(machine.add_state(readable(&name), command))?),
            Err(message) => bail!("{message}"),
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
        let bytes = self.transition(&this, &origins, Some(&signal))?;
        if let Err(message) = self.grow(&this, bytes)? {
            return Ok(Err(message));
        }
        let machine = self.table.get_mut(&this)?;
        let switched = indices(&origins).and_then(|origins| {
            machine
                .open()?
                .switch_when(&origins, target.map(index), signal)
                .map_err(|e| e.to_string())
        });
        if switched.is_err() {
            self.shrink(&this, bytes)?;
        }
        Ok(switched.map(drop))
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
        let bytes = self.transition(&this, &origins, signal.as_ref())?;
        if let Err(message) = self.grow(&this, bytes)? {
            return Ok(Err(message));
        }
        let machine = self.table.get_mut(&this)?;
        let switched = indices(&origins).and_then(|origins| {
            let target = target.map(index);
            machine
                .open()?
                .switch_on_completion(&origins, target, signal)
                .map_err(|e| e.to_string())
        });
        if switched.is_err() {
            self.shrink(&this, bytes)?;
        }
        Ok(switched.map(drop))
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
        Ok(grown.map_err(|most| self.too_much_kept(bytes, most)))
    }

    /// What was kept for it is not, after all.
    fn shrink(&mut self, this: &Resource<StateMachine>, bytes: usize) -> Result<()> {
        if let Some((_, claim)) = &mut self.table.get_mut(this)?.0 {
            claim.shrink(bytes);
        }
        Ok(())
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
