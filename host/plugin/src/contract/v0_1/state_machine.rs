//! The resource `state-machine` of the interface `commands`.

use gantry_scheduler::{self as plain, Command, Signal};
use wasmtime::component::Resource;
use wasmtime::{Result, bail};

use super::bindings::gantry::command::commands::HostStateMachine;
use super::commands::readable;
use crate::run::RunState;

/// A machine under construction; none once it is built.
#[allow(unreachable_pub)]
pub struct StateMachine(Option<plain::StateMachine>);

impl StateMachine {
    fn open(&mut self) -> std::result::Result<&mut plain::StateMachine, String> {
        self.0.as_mut().ok_or_else(built)
    }
}

fn built() -> String {
    "the state machine is built already; make a new one".to_owned()
}

/// The most states and transitions that one call may name.
const MAX_ORIGINS: usize = 1000;

impl HostStateMachine for RunState {
    fn new(&mut self, name: String) -> Result<Resource<StateMachine>> {
        self.keep(StateMachine(Some(plain::StateMachine::new(readable(
            &name,
        )))))
    }

    fn add_state(
        &mut self,
        this: Resource<StateMachine>,
        name: String,
        command: Resource<Command>,
    ) -> Result<u32> {
        let command = self.table.get(&command)?.clone();
        match self.table.get_mut(&this)?.open() {
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
        let machine = self.table.get_mut(&this)?;
        let switched = indices(&origins).and_then(|origins| {
            machine
                .open()?
                .switch_when(&origins, target.map(index), signal)
                .map_err(|e| e.to_string())
        });
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
        let machine = self.table.get_mut(&this)?;
        let switched = indices(&origins).and_then(|origins| {
            let target = target.map(index);
            machine
                .open()?
                .switch_on_completion(&origins, target, signal)
                .map_err(|e| e.to_string())
        });
        Ok(switched.map(drop))
    }

    fn build(
        &mut self,
        this: Resource<StateMachine>,
        initial: u32,
    ) -> Result<std::result::Result<Resource<Command>, String>> {
        let Some(machine) = self.table.get_mut(&this)?.0.take() else {
            return Ok(Err(built()));
        };
        Ok(self.made(machine.build(index(initial))))
    }

    fn drop(&mut self, this: Resource<StateMachine>) -> Result<()> {
        self.table.delete(this)?;
        Ok(())
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
