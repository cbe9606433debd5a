//! Commands that are states, and what leads from one to the next.

use std::cell::Cell;

use crate::bindings::gantry::command::commands as wit;
use crate::command::made;
use crate::{Command, Error, Result, Signal};

/// A state machine under construction. Each state runs a command.
///
/// ```no_run
/// use gantry_sdk::prelude::*;
///
/// # fn body() -> Result<Command> {
/// let held = Signal::channel("feeder.ball").is_true()?;
///
/// let mut machine = StateMachine::new("cycle");
/// let fetch = machine.state("fetch", &lookup!("superstructure/intake")?);
/// let shoot = machine.state("shoot", &lookup!("superstructure/shoot")?);
/// machine.switch([fetch]).to(shoot).when(&held)?;
/// machine.switch([shoot]).to(fetch).on_completion()?;
/// machine.build(fetch)
/// # }
/// ```
#[derive(Debug)]
pub struct StateMachine {
    inner: wit::StateMachine,
    id: u32,
}

/// A state of one [`StateMachine`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    index: u32,
    machine: u32,
}

/// A transition that knows where it starts.
#[derive(Debug)]
#[must_use = "say where it leads with `to` or `to_end`"]
pub struct From<'a> {
    machine: &'a StateMachine,
    origins: Vec<State>,
}

/// A transition that knows where it starts and leads.
#[derive(Debug)]
#[must_use = "say what makes it happen with `when` or `on_completion`"]
pub struct Transition<'a> {
    machine: &'a StateMachine,
    origins: Vec<State>,
    target: Option<State>,
}

impl StateMachine {
    /// A machine of this name without states.
    pub fn new(name: &str) -> Self {
        thread_local! {
            static NEXT: Cell<u32> = const { Cell::new(0) };
        }
        Self {
            inner: wit::StateMachine::new(name),
            id: NEXT.replace(NEXT.get().wrapping_add(1)),
        }
    }

    /// Adds a state that runs a command.
    pub fn state(&mut self, name: &str, command: &Command) -> State {
        State {
            index: self.inner.add_state(name, command.handle()),
            machine: self.id,
        }
    }

    /// A transition out of any of these states; without any, out of every state added so far.
    pub fn switch(&self, origins: impl IntoIterator<Item = State>) -> From<'_> {
        From {
            machine: self,
            origins: origins.into_iter().collect(),
        }
    }

    /// A transition out of every state added so far.
    pub fn switch_from_any(&self) -> From<'_> {
        self.switch([])
    }

    /// The machine as a command that starts in this state. It requires nothing itself; the
    /// commands of its states do. If one of them fails, so does the machine.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a state of another machine.
    pub fn build(self, initial: State) -> Result<Command> {
        made(self.inner.build(self.index(initial)?))
    }

    fn index(&self, state: State) -> Result<u32> {
        if state.machine == self.id {
            Ok(state.index)
        } else {
            Err(Error::Invalid(
                "a state belongs to the state machine that added it".to_owned(),
            ))
        }
    }
}

impl<'a> From<'a> {
    /// Leads to this state.
    pub fn to(self, target: State) -> Transition<'a> {
        Transition {
            machine: self.machine,
            origins: self.origins,
            target: Some(target),
        }
    }

    /// Ends the machine.
    pub fn to_end(self) -> Transition<'a> {
        Transition {
            machine: self.machine,
            origins: self.origins,
            target: None,
        }
    }
}

impl Transition<'_> {
    /// Happens when the signal becomes true while one of the origins runs. Transitions are looked
    /// at in the order they are added.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a state of another machine.
    pub fn when(self, signal: &Signal) -> Result<()> {
        let (origins, target) = self.indices()?;
        self.machine
            .inner
            .switch_when(&origins, target, signal.handle())
            .map_err(Error::invalid)
    }

    /// Happens when the command of one of the origins has ended by itself.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a state of another machine.
    pub fn on_completion(self) -> Result<()> {
        let (origins, target) = self.indices()?;
        self.machine
            .inner
            .switch_on_completion(&origins, target, None)
            .map_err(Error::invalid)
    }

    /// Happens when the command of one of the origins has ended by itself and the signal is true
    /// then. Looked at before the unconditional ones.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a state of another machine.
    pub fn on_completion_if(self, signal: &Signal) -> Result<()> {
        let (origins, target) = self.indices()?;
        self.machine
            .inner
            .switch_on_completion(&origins, target, Some(signal.handle()))
            .map_err(Error::invalid)
    }

    fn indices(&self) -> Result<(Vec<u32>, Option<u32>)> {
        let origins = self
            .origins
            .iter()
            .map(|&state| self.machine.index(state))
            .collect::<Result<_>>()?;
        let target = self
            .target
            .map(|state| self.machine.index(state))
            .transpose()?;
        Ok((origins, target))
    }
}
