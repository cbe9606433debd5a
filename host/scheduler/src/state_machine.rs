//! State machines: one command per state, and transitions between them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::groups::{check_nesting, nesting};
use crate::{
    BodyError, Co, Command, Condition, GroupError, MAX_SIGNAL_PARTS, Signal, Tick, Value,
    WaitResult,
};

/// A state machine that is being made.
///
/// While a state's command runs, its transitions are checked once per tick in the order in which
/// they were added; the first whose signal has risen since it was last looked at wins: the command
/// is canceled and the target's is started in the same tick. When the command ends by itself, the
/// completion transitions are looked up once; without one the machine ends. A state whose command
/// ended at once costs a tick, so that a ring of such states cannot hang the robot.
///
/// The machine itself requires nothing; the commands of its states do.
///
/// ```
/// use gantry_scheduler::{Signal, StateMachine, delay};
/// use std::time::Duration;
///
/// let mut machine = StateMachine::new("shooter");
/// let spin_up = machine.add_state("spin up", delay(Duration::from_secs(1)));
/// let shoot = machine.add_state("shoot", delay(Duration::from_secs(1)));
/// machine.switch_on_completion(&[spin_up], Some(shoot), None)?;
/// machine.switch_when(&[], None, Signal::new(|| false))?;
/// let command = machine.build(spin_up)?;
/// # Ok::<(), gantry_scheduler::GroupError>(())
/// ```
pub struct StateMachine {
    name: String,
    states: Vec<State>,
    transitions: Vec<Transition>,
    /// Of how many parts the signals of all transitions are made.
    parts: u32,
    observer: Option<Arc<dyn StateObserver>>,
}

/// Told when a state machine goes from one state to another.
pub trait StateObserver: Send + Sync {
    /// The state's command has just been started.
    fn entered(&self, state: &str);
    /// The machine goes on from this state: its command has ended, or is about to be canceled
    /// because a transition fires. A machine that is canceled does not say so.
    fn exited(&self, state: &str);
}

struct State {
    name: Arc<str>,
    command: Command,
    /// Index into the machine's transitions, and the target.
    transitions: Vec<(usize, Option<usize>)>,
    completions: Vec<(Signal, Option<usize>)>,
    next: Option<usize>,
}

impl StateMachine {
    /// A machine without states.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            states: Vec::new(),
            transitions: Vec::new(),
            parts: 0,
            observer: None,
        }
    }

    /// Tells somebody about every state that is entered and left.
    pub fn observe(&mut self, observer: Arc<dyn StateObserver>) {
        self.observer = Some(observer);
    }

    /// Adds a state and returns its number, counted from zero.
    pub fn add_state(&mut self, name: impl Into<Arc<str>>, command: Command) -> usize {
        self.states.push(State {
            name: name.into(),
            command,
            transitions: Vec::new(),
            completions: Vec::new(),
            next: None,
        });
        self.states.len() - 1
    }

    /// Goes to the target (none: ends the machine) on a rising edge of the signal while one of the
    /// origins runs. No origins means every state added so far.
    pub fn switch_when(
        &mut self,
        origins: &[usize],
        target: Option<usize>,
        signal: Signal,
    ) -> Result<(), GroupError> {
        let origins = self.check(origins, target)?;
        self.count_parts(&signal)?;
        self.transitions.push(Transition {
            signal,
            before: AtomicBool::new(false),
        });
        let index = self.transitions.len() - 1;
        for origin in origins {
            self.states[origin].transitions.push((index, target));
        }
        Ok(())
    }

    /// Goes to the target (none: ends the machine) when the command of one of the origins has
    /// ended by itself and the signal, if there is one, is true then. Of the unconditional ones
    /// the last added counts. No origins means every state added so far.
    pub fn switch_on_completion(
        &mut self,
        origins: &[usize],
        target: Option<usize>,
        signal: Option<Signal>,
    ) -> Result<(), GroupError> {
        let origins = self.check(origins, target)?;
        if let Some(signal) = &signal {
            self.count_parts(signal)?;
        }
        for origin in origins {
            let state = &mut self.states[origin];
            match &signal {
                Some(signal) => state.completions.push((signal.clone(), target)),
                None => state.next = target,
            }
        }
        Ok(())
    }

    /// How many states it has.
    pub fn state_count(&self) -> usize {
        self.states.len()
    }

    /// The machine as a command that starts in the given state.
    pub fn build(self, initial: usize) -> Result<Command, GroupError> {
        self.check(&[initial], None)?;
        let commands: Vec<Command> = self
            .states
            .iter()
            .map(|state| state.command.clone())
            .collect();
        check_nesting(&self.name, &commands)?;
        let builder = Command::builder(self.name.as_str())
            .runs_while_disabled(commands.iter().all(Command::runs_while_disabled))
            .nesting(nesting(&commands));
        let machine = Arc::new(self);
        Ok(builder.build_async(move |co| {
            let machine = machine.clone();
            async move { machine.run(&co, initial).await }
        }))
    }

    fn check(&self, origins: &[usize], target: Option<usize>) -> Result<Vec<usize>, GroupError> {
        let count = self.states.len();
        if let Some(state) = origins
            .iter()
            .copied()
            .chain(target)
            .find(|state| *state >= count)
        {
            return Err(GroupError::NoState {
                machine: self.name.clone(),
                state,
                count,
            });
        }
        // One that is named twice is looked at once.
        let mut named = vec![origins.is_empty(); count];
        for origin in origins {
            named[*origin] = true;
        }
        Ok((0..count).filter(|state| named[*state]).collect())
    }

    /// Counts what has to be looked at in a tick, within the bounds of one signal.
    fn count_parts(&mut self, signal: &Signal) -> Result<(), GroupError> {
        self.parts = self.parts.saturating_add(signal.parts());
        if self.parts > MAX_SIGNAL_PARTS {
            return Err(GroupError::TooLarge(Arc::from(self.name.as_str())));
        }
        Ok(())
    }

    async fn run(self: &Arc<Self>, co: &Co, initial: usize) -> Result<Option<Value>, BodyError> {
        let mut next = Some(initial);
        while let Some(index) = next {
            next = self.run_state(co, index).await?;
        }
        Ok(None)
    }

    /// Runs a state to its end and returns the next one.
    async fn run_state(
        self: &Arc<Self>,
        co: &Co,
        index: usize,
    ) -> Result<Option<usize>, BodyError> {
        let state = &self.states[index];
        co.fork(std::slice::from_ref(&state.command)).await?;
        if let Some(observer) = &self.observer {
            observer.entered(&state.name);
        }
        let one_shot = !state.command.is_running();
        let left = Arc::new(Mutex::new(None));
        co.wait_until(&self.leaving(index, left.clone())).await?;

        let transition = *left.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        self.tell_exited(index);
        if let Some(target) = transition {
            co.cancel(&state.command).await?;
            return Ok(target);
        }
        // The machine is not waiting for a tick, so conditions are read through a wait that is
        // over at once.
        let mut next = state.next;
        for (signal, target) in &state.completions {
            let now = co.wait_until_timeout(signal, Some(Duration::ZERO)).await?;
            if now == WaitResult::Met {
                next = *target;
                break;
            }
        }
        if one_shot && next.is_some() {
            co.yield_now().await?;
        }
        Ok(next)
    }

    /// True when a state's command has ended or, with its target left behind, when one of its
    /// transitions fires.
    fn leaving(self: &Arc<Self>, index: usize, left: Arc<Mutex<Option<Option<usize>>>>) -> Signal {
        let machine = self.clone();
        let transitions = self.states[index].transitions.iter();
        let signals: Vec<&Signal> = transitions
            .map(|(transition, _)| &self.transitions[*transition].signal)
            .collect();
        Signal::looking_at(
            &signals,
            Leaving {
                machine,
                index,
                left,
            },
        )
    }

    fn tell_exited(&self, index: usize) {
        if let Some(observer) = &self.observer {
            observer.exited(&self.states[index].name);
        }
    }
}

struct Leaving {
    machine: Arc<StateMachine>,
    index: usize,
    left: Arc<Mutex<Option<Option<usize>>>>,
}

impl Condition for Leaving {
    fn sample(&self, tick: Tick) -> bool {
        let state = &self.machine.states[self.index];
        if !state.command.is_running() {
            return true;
        }
        for (transition, target) in &state.transitions {
            if self.machine.transitions[*transition].rises(tick) {
                *self
                    .left
                    .lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(*target);
                return true;
            }
        }
        false
    }
}

/// A transition's signal and its value when it was last looked at, by whichever state and in
/// whichever run: a signal that is still true when the machine starts anew has not risen.
struct Transition {
    signal: Signal,
    before: AtomicBool,
}

impl Transition {
    fn rises(&self, tick: Tick) -> bool {
        let now = self.signal.sample(tick);
        !self.before.swap(now, Ordering::Relaxed) && now
    }
}
