//! Plays a scenario with a real scheduler.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use gantry_invariants::Invariants;
use gantry_scheduler::{
    Command, CommandBuilder, EventKind, Limits, MechanismId, Mechanisms, Observer, RunId,
    Scheduler, Signal, StateMachine, StateObserver, Tick, parallel, race, sequence,
};
use gantry_script::Script;
use serde_json::{Value, json};

use crate::command::{CommandSpec, MachineSpec};
use crate::scenario::{Scenario, binding};
use crate::trace::{Event, TickState, Trace};

/// What the bodies of a scenario's commands are made of, and where its signals are kept.
pub trait Bodies {
    /// A command with a scripted body.
    fn command(&self, builder: CommandBuilder, name: &str, script: &Arc<Script>)
    -> Result<Command>;
    /// From now on bodies can name this command.
    fn knows(&self, name: &str, command: &Command);
    /// The condition that a signal is true.
    fn signal(&self, name: &str) -> Signal;
    /// Sets a signal, for every later reader.
    fn set_signal(&self, name: &str, value: bool);
    /// From now on it is this tick.
    fn begin_tick(&self, tick: Tick);
    /// Forgets the commands, whose bodies may hold on to what made them.
    fn forget(&self);
}

/// What bodies are made for.
pub struct Setting<'a> {
    /// What is played.
    pub scenario: &'a Scenario,
    /// The scenario's mechanisms.
    pub mechanisms: Arc<Mechanisms>,
    /// Where bodies record what they do.
    pub recorder: Recorder,
    /// How many operations a body may execute in one tick.
    pub operations_per_tick: u32,
}

/// What came of a scenario.
#[derive(Debug)]
pub struct Played {
    /// What happened.
    pub trace: Trace,
    /// Invariants that did not hold.
    pub violations: Vec<String>,
}

/// More than any scenario needs, few enough that one that goes wrong ends soon.
const LIMITS: Limits = Limits {
    depth: 64,
    preemptions: 5,
    requests: 2_000,
    requests_together: 20_000,
    scoped_bindings: 1_000,
};

/// The most events of a tick: each request starts or ends a few runs at most.
const MOST_EVENTS: usize = 10 * LIMITS.requests_together as usize;

/// Operations that a body may execute in one tick: more than a sensible one does.
const OPERATIONS: u32 = 5_000;

/// Plays a scenario. The error is what is wrong with the scenario.
pub fn play<B: Bodies>(
    scenario: &Scenario,
    bodies: impl FnOnce(Setting<'_>) -> Result<B>,
) -> Result<Played> {
    scenario.check()?;
    let mechanisms = Arc::new(Mechanisms::new(scenario.mechanisms.iter().cloned())?);
    let recorder = Recorder::default();
    let bodies = bodies(Setting {
        scenario,
        mechanisms: mechanisms.clone(),
        recorder: recorder.clone(),
        operations_per_tick: scenario.operations_per_tick.unwrap_or(OPERATIONS),
    })?;
    let world = World {
        scenario,
        mechanisms: mechanisms.clone(),
        bodies,
        recorder,
        commands: Mutex::default(),
    };
    let invariants = Invariants::new(MOST_EVENTS);
    let observer = Box::new(Watch(world.recorder.clone(), invariants.clone()));
    let scheduler = Scheduler::with_limits(mechanisms, observer, LIMITS);
    let trace = world.play(scheduler, &invariants);
    world.bodies.forget();
    Ok(Played {
        trace: trace?,
        violations: invariants.violations(),
    })
}

struct World<'a, B> {
    scenario: &'a Scenario,
    mechanisms: Arc<Mechanisms>,
    bodies: B,
    recorder: Recorder,
    commands: Mutex<BTreeMap<&'a str, Command>>,
}

impl<'a, B: Bodies> World<'a, B> {
    fn play(&self, mut scheduler: Scheduler, invariants: &Invariants) -> Result<Trace> {
        let scenario = self.scenario;
        for signal in scenario.signals() {
            self.bodies.set_signal(&signal, false);
        }
        for name in scenario.commands.keys() {
            self.build(name)
                .with_context(|| format!("command `{name}`"))?;
        }
        for (mechanism, command) in &scenario.defaults {
            let command = self.build(command.as_str().unwrap_or_default())?;
            scheduler.set_default(self.mechanism(mechanism)?, &command)?;
        }
        for trigger in &scenario.triggers {
            let command = self.build(&trigger.command)?;
            let binding = binding(&trigger.on).context("a binding")?;
            scheduler.bind(&self.bodies.signal(&trigger.signal), binding, &command);
        }
        let mut ticks = Vec::new();
        let mut opmode = 0;
        for (number, step) in scenario.ticks.iter().enumerate() {
            let time = Duration::from_millis(scenario.period_ms * (number as u64 + 1));
            self.recorder.0.tick.store(number, Relaxed);
            self.bodies.begin_tick(Tick {
                number: number as u64,
                time,
            });
            if let Some(enabled) = step.enabled {
                scheduler.set_enabled(enabled);
            }
            if let Some(next) = step.opmode.filter(|next| *next != opmode) {
                opmode = next;
                scheduler.set_opmode(opmode != 0);
            }
            for (signal, value) in &step.set {
                self.bodies.set_signal(signal, *value);
            }
            for name in &step.cancel {
                scheduler.cancel(&self.build(name)?);
            }
            if step.cancel_all {
                scheduler.cancel_all();
            }
            for name in &step.schedule {
                scheduler.schedule(&self.build(name)?);
            }
            scheduler.tick(time);
            invariants.check(&scheduler);
            ticks.push(state(&scheduler));
        }
        Ok(Trace {
            events: std::mem::take(&mut *self.recorder.events()),
            ticks,
        })
    }

    fn mechanism(&self, name: &str) -> Result<MechanismId> {
        let mechanism = self.mechanisms.find(name);
        mechanism.with_context(|| format!("no mechanism `{name}`"))
    }

    /// The command of this name, made after those it is made of.
    fn build(&self, name: &str) -> Result<Command> {
        if let Some(command) = lock(&self.commands).get(name) {
            return Ok(command.clone());
        }
        let (name, spec) = self
            .scenario
            .commands
            .get_key_value(name)
            .with_context(|| format!("no command `{name}`"))?;
        let members = |names: &[String]| -> Result<Vec<Command>> {
            names.iter().map(|name| self.build(name)).collect()
        };
        let command = match spec {
            CommandSpec::Body {
                requires,
                priority,
                runs_while_disabled,
                script,
            } => {
                let requires = requires.iter().map(|name| self.mechanism(name));
                let builder = Command::builder(name.as_str())
                    .requires(requires.collect::<Result<Vec<_>>>()?)
                    .priority(*priority)
                    .runs_while_disabled(*runs_while_disabled);
                self.bodies
                    .command(builder, name, &Arc::new(script.clone()))?
            }
            CommandSpec::Sequence(names) => sequence(&members(names)?).named(name.as_str()),
            CommandSpec::Parallel { required, optional } => {
                parallel(&members(required)?, &members(optional)?)?.named(name.as_str())
            }
            CommandSpec::Race(names) => race(&members(names)?)?.named(name.as_str()),
            CommandSpec::Machine(machine) => self.machine(name, machine)?,
        };
        lock(&self.commands).insert(name, command.clone());
        self.bodies.knows(name, &command);
        Ok(command)
    }

    fn machine(&self, name: &str, spec: &MachineSpec) -> Result<Command> {
        let mut machine = StateMachine::new(name);
        machine.observe(Arc::new(States {
            recorder: self.recorder.clone(),
            machine: Arc::from(name),
        }));
        let mut numbers = HashMap::new();
        for (state, command) in &spec.states {
            let command = self.build(command.as_str().unwrap_or_default())?;
            numbers.insert(state.as_str(), machine.add_state(state.as_str(), command));
        }
        let number = |state: &String| {
            let number = numbers.get(state.as_str()).copied();
            number.with_context(|| format!("no state `{state}`"))
        };
        for transition in &spec.transitions {
            let from: Vec<usize> = transition.from.iter().map(&number).collect::<Result<_>>()?;
            let to = transition.to.as_ref().map(&number).transpose()?;
            if let Some(signal) = &transition.when {
                machine.switch_when(&from, to, self.bodies.signal(signal))?;
            } else {
                let signal = transition.when_complete_and.as_ref();
                let signal = signal.map(|signal| self.bodies.signal(signal));
                machine.switch_on_completion(&from, to, signal)?;
            }
        }
        Ok(machine.build(number(&spec.initial)?)?)
    }
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
            state.running.push(name);
        } else {
            state.queued.push(name);
        }
    }
    state
}

/// Where everything is recorded that happens. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Record>);

#[derive(Debug, Default)]
struct Record {
    events: Mutex<Vec<Event>>,
    tick: AtomicUsize,
}

impl Recorder {
    /// Records an event of the present tick.
    pub fn record(
        &self,
        kind: impl Into<std::borrow::Cow<'static, str>>,
        command: &Arc<str>,
        extra: Option<Value>,
    ) {
        let event = Event {
            tick: self.0.tick.load(Relaxed),
            kind: kind.into(),
            command: command.clone(),
            extra,
        };
        self.events().push(event);
    }

    /// The number of the present tick.
    pub fn tick(&self) -> u64 {
        self.0.tick.load(Relaxed) as u64
    }

    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        lock(&self.0.events)
    }
}

struct States {
    recorder: Recorder,
    machine: Arc<str>,
}

impl StateObserver for States {
    fn entered(&self, state: &str) {
        let recorder = &self.recorder;
        recorder.record("state-enter", &self.machine, Some(json!(state)));
    }

    fn exited(&self, state: &str) {
        let recorder = &self.recorder;
        recorder.record("state-exit", &self.machine, Some(json!(state)));
    }
}

/// Records the scheduler's events and has its invariants checked.
struct Watch(Recorder, Invariants);

impl Observer for Watch {
    fn event(&mut self, event: &gantry_scheduler::Event<'_>) {
        self.1.event(event);
        let extra = match event.kind {
            EventKind::Interrupted(by) => Some(json!(by)),
            EventKind::Failed(failure) => Some(json!(&*failure.message)),
            EventKind::Preempted(count) => Some(json!(count)),
            _ => None,
        };
        self.0
            .record(event.kind.name(), event.command.name(), extra);
    }

    fn owner_changed(&mut self, mechanism: MechanismId, owner: Option<RunId>, released: bool) {
        self.1.owner_changed(mechanism, owner, released);
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
