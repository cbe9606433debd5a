//! A small robot, a scheduler with a virtual clock, and recorders of what happens.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gantry_hardware::{Channel, Image, ImageBuilder, Kind};
use gantry_plugin::{
    Level, LoadError, LogLine, LogSink, Pattern, Plugin, Policy, Pool, Robot, Runtime,
    RuntimeConfig, Source,
};
use gantry_scheduler::{
    Command, Event, EventKind, MechanismId, Mechanisms, Observer, RunId, Scheduler, Value,
};

/// Nominal length of a tick.
pub const PERIOD: Duration = Duration::from_millis(20);

/// What plugins log, as `level plugin/command text`.
#[derive(Default)]
pub struct Log(Mutex<Vec<String>>);

impl LogSink for Log {
    fn line(&self, line: &LogLine<'_>) {
        let level = match line.level {
            Level::Trace => "trace",
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        let owner = if line.command.is_empty() {
            line.plugin
        } else {
            line.command
        };
        self.0
            .lock()
            .unwrap()
            .push(format!("{level} {owner} {}", line.text));
    }
}

impl Log {
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// The lines since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// What the scheduler says, as `command event`.
#[derive(Clone, Default)]
pub struct Trace {
    events: Arc<Mutex<Vec<String>>>,
    image: Option<Arc<Image>>,
}

impl Observer for Trace {
    fn event(&mut self, event: &Event<'_>) {
        let name = event.command.name();
        let text = match event.kind {
            EventKind::Mounted | EventKind::Yielded => return,
            EventKind::Completed(Some(value)) => format!("{name} completed {value}"),
            EventKind::Failed(failure) => format!("{name} failed {}", failure.message),
            kind => format!("{name} {}", kind.name()),
        };
        self.events.lock().unwrap().push(text);
    }

    fn owner_changed(&mut self, mechanism: MechanismId, owner: Option<RunId>, released: bool) {
        if let Some(image) = &self.image {
            let mechanism = gantry_hardware::MechanismIndex(mechanism.index() as u16);
            if released {
                image.release(mechanism);
            }
            image.set_owner(mechanism, owner.map_or(0, |run| run.0));
        }
    }
}

/// A robot with an arm and a lift, a scheduler and a runtime.
pub struct Bench {
    pub runtime: Runtime,
    pub robot: Robot,
    pub scheduler: Scheduler,
    pub log: Arc<Log>,
    trace: Trace,
    number: u64,
}

impl Bench {
    /// One whose runs do the same every time.
    pub fn new() -> Self {
        let mut config = RuntimeConfig::deterministic();
        config.pool = Pool::for_runs(64);
        Self::with(config)
    }

    /// One in real time.
    pub fn real_time() -> Self {
        Self::with(RuntimeConfig {
            pool: Pool::for_runs(64),
            ..RuntimeConfig::default()
        })
    }

    pub fn with(config: RuntimeConfig) -> Self {
        let mechanisms = Arc::new(Mechanisms::new(["arm", "lift"]).unwrap());
        let image = Arc::new(image());
        image.set_enabled(true);
        let log = Arc::new(Log::default());
        let trace = Trace {
            image: Some(image.clone()),
            ..Trace::default()
        };
        Self {
            runtime: Runtime::new(config).unwrap(),
            scheduler: Scheduler::new(mechanisms.clone(), Box::new(trace.clone())),
            robot: Robot::new(mechanisms, image, log.clone(), PERIOD, 7),
            log,
            trace,
            number: 0,
        }
    }

    /// Loads and registers a plugin that is granted everything there is.
    pub fn load(&self, name: &str, bytes: &[u8]) -> Plugin {
        self.load_with(name, bytes, &trusting())
            .unwrap_or_else(|error| panic!("{error}"))
    }

    pub fn load_with(
        &self,
        name: &str,
        bytes: &[u8],
        policy: &Policy,
    ) -> Result<Plugin, LoadError> {
        let plugin = self
            .runtime
            .load(&source(name, bytes), policy, &self.robot)?;
        self.robot.registry.insert(plugin.clone());
        Ok(plugin)
    }

    pub fn command(&self, name: &str) -> Command {
        self.robot.registry.command(name, Vec::new()).unwrap()
    }

    /// Makes a command and queues it.
    pub fn schedule(&mut self, name: &str) -> Command {
        let command = self.command(name);
        assert!(self.scheduler.schedule(&command).is_success());
        command
    }

    pub fn tick(&mut self) {
        let time = self.now();
        self.robot.image.begin_tick(time);
        self.robot.clock.set(gantry_scheduler::Tick {
            number: self.number,
            time,
        });
        self.scheduler.tick(time);
        self.robot.image.flush();
        self.number += 1;
    }

    /// The time of the tick to come.
    pub fn now(&self) -> Duration {
        PERIOD * u32::try_from(self.number).unwrap()
    }

    /// How many events begin like this.
    pub fn count(&self, start: &str) -> usize {
        let events = self.events();
        events
            .iter()
            .filter(|event| event.starts_with(start))
            .count()
    }

    pub fn ticks(&mut self, count: usize) {
        for _ in 0..count {
            self.tick();
        }
    }

    /// Ticks until the command is over, and says how it ended.
    pub fn finish(&mut self, name: &str) -> String {
        let command = self.schedule(name);
        for _ in 0..1000 {
            self.tick();
            if !command.is_running() {
                return self
                    .ended(name)
                    .unwrap_or_else(|| panic!("{name} left no event"));
            }
        }
        panic!("{name} runs on after 1000 ticks");
    }

    /// How the last run of a command ended.
    pub fn ended(&self, name: &str) -> Option<String> {
        let ends = ["completed", "failed", "canceled"];
        let mine = |event: &String| {
            let text = event.strip_prefix(name)?.strip_prefix(' ')?.to_owned();
            ends.iter().any(|end| text.starts_with(end)).then_some(text)
        };
        self.events().iter().rev().find_map(mine)
    }

    pub fn events(&self) -> Vec<String> {
        self.trace.events.lock().unwrap().clone()
    }

    /// The events since the last call.
    pub fn take_events(&self) -> Vec<String> {
        std::mem::take(&mut self.trace.events.lock().unwrap())
    }

    pub fn topic(&self, name: &str) -> Option<Value> {
        self.robot.topics.read(name)
    }

    pub fn input(&self, channel: &str, value: f64) {
        let id = self.robot.image.find(channel).unwrap();
        self.robot.image.set_input_number(id, value);
    }

    pub fn button(&self, channel: &str, pressed: bool) {
        let id = self.robot.image.find(channel).unwrap();
        self.robot.image.set_input_boolean(id, pressed);
    }

    /// What was flushed to a number output.
    pub fn output(&self, channel: &str) -> f64 {
        self.robot
            .image
            .flushed_number(self.robot.image.find(channel).unwrap())
    }
}

pub fn source(name: &str, bytes: &[u8]) -> Source {
    Source {
        name: name.to_owned(),
        origin: format!("plugins/{name}.wasm"),
        bytes: bytes.to_vec(),
        signature: None,
    }
}

/// Everything but the channels that are called secret.
pub fn trusting() -> Policy {
    Policy {
        mechanisms: ["arm", "lift"].map(str::to_owned).to_vec(),
        reads: vec![Pattern::from("arm.*"), Pattern::from("driver.*")],
        publishes: vec![Pattern::from("*")],
        commands: vec![Pattern::from("*")],
        ..Policy::default()
    }
}

/// A policy that grants nothing and has these entries in its table.
pub fn configured(entries: &[(&str, &str)]) -> Policy {
    let entries = entries.iter();
    Policy {
        config: entries
            .map(|(key, value)| ((*key).to_owned(), Value::Text((*value).into())))
            .collect(),
        ..Policy::default()
    }
}

fn image() -> Image {
    let mut image = ImageBuilder::new();
    let arm = image.add_mechanism("arm").unwrap();
    let lift = image.add_mechanism("lift").unwrap();
    for channel in [
        Channel::output("arm.voltage", Kind::Number, arm)
            .unit("V")
            .range(-12.0, 12.0),
        Channel::output("arm.lights", Kind::Array { length: 3 }, arm).range(0.0, 1.0),
        Channel::output("lift.voltage", Kind::Number, lift)
            .unit("V")
            .range(-12.0, 12.0),
        Channel::input("arm.angle", Kind::Number).unit("rad"),
        Channel::input("driver.a", Kind::Boolean),
        Channel::input("secret.number", Kind::Number),
        Channel::input("secret.flag", Kind::Boolean),
    ] {
        image.add_channel(channel).unwrap();
    }
    image.build()
}
