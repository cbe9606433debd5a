//! Plays a scenario with our scheduler.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gantry_scheduler::{
    Command, EventKind, MechanismId, Mechanisms, Observer, Scheduler, Signal, StateMachine,
    StateObserver, parallel, race, sequence,
};
use serde_json::{Value, json};

use crate::body;
use crate::vector::{CommandSpec, Event, MachineSpec, Scenario, TickState, Trace};

/// Plays a scenario with native bodies.
pub fn play(scenario: &Scenario) -> Result<Trace> {
    let mechanisms = Arc::new(Mechanisms::new(scenario.mechanisms.iter().cloned())?);
    let world = Arc::new(World::new(mechanisms.clone()));
    for name in scenario.commands.keys() {
        world
            .build(scenario, name)
            .with_context(|| format!("command `{name}`"))?;
    }
    let mut scheduler = Scheduler::new(mechanisms, Box::new(Recorder(world.clone())));
    for (mechanism, command) in &scenario.defaults {
        let command = world.command(command.as_str().context("a default's command")?);
        scheduler.set_default(world.mechanism(mechanism), &command)?;
    }
    for trigger in &scenario.triggers {
        let command = world.command(&trigger.command);
        scheduler.bind(
            &world.signal(&trigger.signal),
            body::binding(&trigger.on),
            &command,
        );
    }

    let mut ticks = Vec::new();
    let mut opmode = 0;
    for (number, step) in scenario.ticks.iter().enumerate() {
        world.tick.store(number, Ordering::Relaxed);
        if let Some(next) = step.opmode
            && next != opmode
        {
            opmode = next;
            scheduler.set_opmode(opmode != 0);
        }
        for (signal, value) in &step.set {
            world.set(signal, *value);
        }
        for name in &step.cancel {
            scheduler.cancel(&world.command(name));
        }
        if step.cancel_all {
            scheduler.cancel_all();
        }
        for name in &step.schedule {
            scheduler.schedule(&world.command(name));
        }
        scheduler.tick(Duration::from_millis(
            scenario.period_ms * (number as u64 + 1),
        ));
        ticks.push(state(&scheduler));
    }
    Ok(Trace {
        events: std::mem::take(&mut *world.events()),
        ticks,
    })
}

fn state(scheduler: &Scheduler) -> TickState {
    let runs = scheduler.runs();
    let names: HashMap<_, _> = runs
        .iter()
        .map(|run| (run.id, run.command.name().to_string()))
        .collect();
    let mut state = TickState::default();
    for run in &runs {
        let name = names[&run.id].clone();
        if let Some(parent) = run.parent.and_then(|parent| names.get(&parent)) {
            state.parents.insert(name.clone(), parent.clone());
        }
        if run.running {
            state.running.push(name)
        } else {
            state.queued.push(name)
        }
    }
    state
}

/// What the bodies of a scenario share.
pub(crate) struct World {
    mechanisms: Arc<Mechanisms>,
    commands: Mutex<BTreeMap<String, Command>>,
    signals: Mutex<BTreeMap<String, Arc<AtomicBool>>>,
    cancels_on_fork_failure: Mutex<BTreeMap<Arc<str>, bool>>,
    events: Mutex<Vec<Event>>,
    tick: AtomicUsize,
}

impl World {
    fn new(mechanisms: Arc<Mechanisms>) -> Self {
        Self {
            mechanisms,
            commands: Mutex::default(),
            signals: Mutex::default(),
            cancels_on_fork_failure: Mutex::default(),
            events: Mutex::default(),
            tick: AtomicUsize::new(0),
        }
    }

    pub(crate) fn record(&self, kind: &str, command: &str, extra: Option<Value>) {
        let mut event = vec![
            json!(self.tick.load(Ordering::Relaxed)),
            json!(kind),
            json!(command),
        ];
        event.extend(extra);
        self.events().push(Event(event));
    }

    /// The command of this name. The vectors name none that they do not have.
    pub(crate) fn command(&self, name: &str) -> Command {
        lock(&self.commands)
            .get(name)
            .unwrap_or_else(|| panic!("no command `{name}`"))
            .clone()
    }

    pub(crate) fn mechanism(&self, name: &str) -> MechanismId {
        self.mechanisms
            .find(name)
            .unwrap_or_else(|| panic!("no mechanism `{name}`"))
    }

    pub(crate) fn signal(&self, name: &str) -> Signal {
        let flag = self.flag(name);
        Signal::new(move || flag.load(Ordering::Relaxed))
    }

    pub(crate) fn set(&self, name: &str, value: bool) {
        self.flag(name).store(value, Ordering::Relaxed);
    }

    pub(crate) fn get(&self, name: &str) -> bool {
        self.flag(name).load(Ordering::Relaxed)
    }

    pub(crate) fn cancels_on_fork_failure(&self, command: &str) -> bool {
        lock(&self.cancels_on_fork_failure)
            .get(command)
            .copied()
            .unwrap_or(true)
    }

    pub(crate) fn set_cancels_on_fork_failure(&self, command: &Arc<str>, on: bool) {
        lock(&self.cancels_on_fork_failure).insert(command.clone(), on);
    }

    fn flag(&self, name: &str) -> Arc<AtomicBool> {
        lock(&self.signals)
            .entry(name.to_owned())
            .or_default()
            .clone()
    }

    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        lock(&self.events)
    }

    /// Makes a command after those it is made of.
    fn build(self: &Arc<Self>, scenario: &Scenario, name: &str) -> Result<Command> {
        if let Some(command) = lock(&self.commands).get(name) {
            return Ok(command.clone());
        }
        let spec = scenario
            .commands
            .get(name)
            .with_context(|| format!("no command `{name}`"))?;
        let members = |names: &[String]| -> Result<Vec<Command>> {
            names
                .iter()
                .map(|name| self.build(scenario, name))
                .collect()
        };
        let command = match spec {
            CommandSpec::Body {
                requires,
                priority,
                body,
            } => self.scripted(name, requires, *priority, body),
            CommandSpec::Sequence { sequence: names } => sequence(&members(names)?).named(name),
            CommandSpec::Parallel { parallel: names } => {
                parallel(&members(names)?, &[])?.named(name)
            }
            CommandSpec::Deadline {
                required,
                parallel: optional,
            } => parallel(&members(required)?, &members(optional)?)?.named(name),
            CommandSpec::Race { race: names } => race(&members(names)?)?.named(name),
            CommandSpec::Machine { machine } => self.machine(scenario, name, machine)?,
        };
        lock(&self.commands).insert(name.to_owned(), command.clone());
        Ok(command)
    }

    fn scripted(
        self: &Arc<Self>,
        name: &str,
        requires: &[String],
        priority: i32,
        body: &[Value],
    ) -> Command {
        let world = self.clone();
        let body = Arc::new(body.to_vec());
        let name: Arc<str> = Arc::from(name);
        Command::builder(name.clone())
            .requires(requires.iter().map(|mechanism| self.mechanism(mechanism)))
            .priority(priority)
            .build_async(move |co| {
                world.set_cancels_on_fork_failure(&name, true);
                body::run(co, world.clone(), name.clone(), body.clone())
            })
    }

    fn machine(
        self: &Arc<Self>,
        scenario: &Scenario,
        name: &str,
        spec: &MachineSpec,
    ) -> Result<Command> {
        let mut machine = StateMachine::new(name);
        machine.observe(Arc::new(States {
            world: self.clone(),
            machine: name.to_owned(),
        }));
        let mut numbers = HashMap::new();
        for (state, command) in &spec.states {
            let command = self.build(scenario, command.as_str().context("a state's command")?)?;
            numbers.insert(state.as_str(), machine.add_state(state.as_str(), command));
        }
        let number = |state: &String| {
            numbers
                .get(state.as_str())
                .copied()
                .with_context(|| format!("no state `{state}`"))
        };
        for transition in &spec.transitions {
            let from: Vec<usize> = transition.from.iter().map(&number).collect::<Result<_>>()?;
            let to = transition.to.as_ref().map(&number).transpose()?;
            match (&transition.when, &transition.when_complete_and) {
                (Some(signal), None) => machine.switch_when(&from, to, self.signal(signal))?,
                (None, signal) => {
                    let signal = signal.as_ref().map(|signal| self.signal(signal));
                    machine.switch_on_completion(&from, to, signal)?;
                }
                (Some(_), Some(_)) => bail!("a transition with two conditions"),
            }
        }
        Ok(machine.build(number(&spec.initial)?)?)
    }
}

struct States {
    world: Arc<World>,
    machine: String,
}

impl StateObserver for States {
    fn entered(&self, state: &str) {
        self.world
            .record("state-enter", &self.machine, Some(json!(state)));
    }

    fn exited(&self, state: &str) {
        self.world
            .record("state-exit", &self.machine, Some(json!(state)));
    }
}

/// Records the scheduler's events, except those that are not in the vectors.
struct Recorder(Arc<World>);

impl Observer for Recorder {
    fn event(&mut self, event: &gantry_scheduler::Event<'_>) {
        let extra = match event.kind {
            EventKind::Scheduled | EventKind::Completed(_) | EventKind::Canceled => None,
            EventKind::Interrupted(by) => Some(json!(by)),
            EventKind::Failed(failure) => Some(json!(&*failure.message)),
            EventKind::Mounted
            | EventKind::Yielded
            | EventKind::Preempted(_)
            | EventKind::CleanupOverrun => return,
        };
        self.0
            .record(event.kind.name(), event.command.name(), extra);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
