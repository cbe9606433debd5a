//! A scene: an innocent robot, and beside it runs that play any sequence of host calls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use gantry_hardware::{Channel, Direction, Image, ImageBuilder, Kind, MechanismIndex, Value};
use gantry_invariants::Invariants;
use gantry_plugin::{
    Limits, LogLine, LogSink, Pattern, Plugin, Policy, QuarantineLimits, Robot, Runtime,
};
use gantry_scheduler::{
    Command, Event, EventKind, MechanismId, Mechanisms, Observer, Resource, RunId, Scheduler, Tick,
    Value as Argument,
};

use crate::{runtime, source};

/// Nominal length of a tick.
const PERIOD: Duration = Duration::from_millis(20);
/// Ticks in which runs are started and canceled.
pub const TICKS: u64 = 24;
/// Ticks after all of them were canceled, by the end of which they are gone.
const QUIET: u64 = 12;
/// How long a robot that is disabled stays so.
const DISABLED: u64 = 4;
/// Instructions of all runs in one tick: what a period is long.
const MOST_FUEL: u64 = PERIOD.as_micros() as u64 * 500;
/// More runs than this are not compared with each other.
const MOST_COMPARED: usize = 500;

/// What happens in a scene. Any bytes are one.
#[derive(Clone, Debug)]
pub struct Script {
    /// The tick from which on the robot is disabled for a while.
    pub disabled: Option<u64>,
    buttons: u32,
    starts: Vec<Start>,
    cancels: Vec<(u64, usize)>,
}

/// A run that is started.
#[derive(Clone, Debug)]
struct Start {
    tick: u64,
    command: usize,
    program: Vec<u8>,
}

/// The most runs that the host starts in a scene.
const MOST_STARTS: usize = 12;

impl<'a> Arbitrary<'a> for Script {
    /// A byte for when the robot is disabled, four for the button in each tick; then commands that
    /// are started (0 to 2, tick, command, length of the program, program) or canceled (3, tick,
    /// which one).
    fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let tick = |byte: u8| u64::from(byte) % TICKS;
        let mut script = Self {
            disabled: Some(u64::from(bytes.arbitrary::<u8>()?)),
            buttons: bytes.arbitrary()?,
            starts: Vec::new(),
            cancels: Vec::new(),
        };
        script.disabled = script.disabled.filter(|tick| *tick < TICKS);
        while !bytes.is_empty() && script.starts.len() < MOST_STARTS {
            match bytes.arbitrary::<u8>()? % 4 {
                3 => {
                    let when = tick(bytes.arbitrary()?);
                    script.cancels.push((when, bytes.arbitrary::<u8>()?.into()));
                }
                _ => {
                    let (tick, command) = (tick(bytes.arbitrary()?), bytes.arbitrary::<u8>()?);
                    let length = usize::from(bytes.arbitrary::<u8>()?).min(bytes.len());
                    script.starts.push(Start {
                        tick,
                        command: command.into(),
                        program: bytes.bytes(length)?.to_vec(),
                    });
                }
            }
        }
        Ok(script)
    }
}

/// Plays it, or the innocent robot alone, and tells what the innocent one did. Panics if anything
/// does not hold; none if a run has meddled with the innocent one's commands, as it may.
pub fn play(script: Option<&Script>, disabled: Option<u64>) -> Option<Vec<String>> {
    let mut scene = Scene::new(script.is_some());
    let image = Arc::downgrade(&scene.robot.image);
    for tick in 0..TICKS + QUIET {
        if let Some(from) = disabled {
            scene.enable(!(from..from + DISABLED).contains(&tick));
        }
        if let Some(script) = script {
            scene.act(script, tick);
        }
        scene.tick(tick);
    }
    assert!(
        scene.strangers().is_empty(),
        "{:?} run on",
        scene.strangers()
    );
    if let Some(calls) = &scene.calls {
        for resource in [Resource::Runs, Resource::Conditions, Resource::Bytes] {
            let claimed = calls.supplier().claimed(resource);
            assert_eq!(claimed, 0, "{resource:?} are claimed for ever");
        }
    }
    let Seen {
        innocent, meddled, ..
    } = std::mem::take(&mut *scene.seen());
    drop(scene);
    assert_eq!(image.strong_count(), 0, "something is kept for ever");
    (!meddled).then_some(innocent)
}

struct Scene {
    runtime: Runtime,
    robot: Robot,
    scheduler: Scheduler,
    invariants: Invariants,
    innocent: Plugin,
    calls: Option<Plugin>,
    started: Vec<Command>,
    seen: Arc<Mutex<Seen>>,
    fuel: u64,
}

/// What was seen of the innocent robot.
#[derive(Default)]
struct Seen {
    tick: u64,
    commands: Vec<Command>,
    innocent: Vec<String>,
    /// Whether somebody else has started a command of it that needs the arm.
    meddled: bool,
}

impl Scene {
    fn new(with_calls: bool) -> Self {
        let mechanisms = Arc::new(Mechanisms::new(MECHANISMS).expect("names"));
        let image = Arc::new(image());
        image.set_enabled(true);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let log = Arc::new(Log(seen.clone()));
        let robot = Robot::new(mechanisms.clone(), image.clone(), log, PERIOD, 7);
        let invariants = Invariants::new(1_000_000);
        let watch = Watch {
            invariants: invariants.clone(),
            image,
            seen: seen.clone(),
        };
        let runtime = runtime(48);
        let load = |name: &str, bytes: &[u8], policy: &Policy| {
            let plugin = runtime.load(&source(name, bytes.to_vec()), policy, &robot);
            let plugin = plugin.unwrap_or_else(|error| panic!("{error}"));
            robot.registry.insert(plugin.clone());
            plugin
        };
        let innocent = load(
            "innocent",
            gantry_test_guests::INNOCENT,
            &Policy {
                mechanisms: vec!["arm".to_owned()],
                reads: vec![Pattern::from("arm.*")],
                publishes: vec![Pattern::from("innocent.*")],
                ..Policy::default()
            },
        );
        let calls = with_calls.then(|| load("calls", gantry_test_guests::CALLS, &policy()));
        let mut scene = Self {
            scheduler: Scheduler::new(mechanisms, Box::new(watch)),
            runtime,
            invariants,
            innocent,
            calls,
            started: Vec::new(),
            seen,
            fuel: 0,
            robot,
        };
        scene.start_innocent("holds");
        scene
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }

    fn start_innocent(&mut self, name: &str) {
        let command = self
            .robot
            .registry
            .command(&format!("innocent/{name}"), Vec::new());
        let command = command.expect("a command");
        self.seen().commands.push(command.clone());
        self.scheduler.schedule(&command);
    }

    fn enable(&mut self, enabled: bool) {
        self.robot.image.set_enabled(enabled);
        self.scheduler.set_enabled(enabled);
    }

    fn act(&mut self, script: &Script, tick: u64) {
        let image = &self.robot.image;
        if let Some(button) = image.find("driver.a") {
            image.set_input_boolean(button, script.buttons >> (tick % 32) & 1 == 1);
        }
        if let Some(height) = image.find("lift.height") {
            image.set_input_number(height, (tick as f64 / 4.0).sin());
        }
        for (_, which) in script.cancels.iter().filter(|(when, _)| *when == tick) {
            let count = self.started.len().max(1);
            if let Some(command) = self.started.get(which % count) {
                self.scheduler.cancel(command);
            }
        }
        for start in script.starts.iter().filter(|start| start.tick == tick) {
            if let Some(command) = self.command(start) {
                self.scheduler.schedule(&command);
                self.started.push(command);
            }
        }
        if tick == TICKS {
            for command in &self.started {
                self.scheduler.cancel(command);
            }
        }
    }

    fn command(&self, start: &Start) -> Option<Command> {
        let commands = &self.calls.as_ref()?.description().commands;
        let name = &commands[start.command % commands.len()].name;
        let program: String = start.program.iter().map(|&byte| char::from(byte)).collect();
        let arguments = vec![("program".to_owned(), Argument::Text(program.into()))];
        let command = self
            .robot
            .registry
            .command(&format!("calls/{name}"), arguments);
        Some(command.expect("a command"))
    }

    fn tick(&mut self, number: u64) {
        self.seen().tick = number;
        if number % 10 == 3 {
            self.start_innocent("pulses");
        }
        let time = PERIOD * u32::try_from(number).expect("few ticks");
        let image = self.robot.image.clone();
        if let Some(angle) = image.find("arm.angle") {
            image.set_input_number(angle, (number as f64 / 25.0).sin());
        }
        image.begin_tick(time);
        self.robot.clock.set(Tick { number, time });
        self.scheduler.tick(time);
        image.flush();
        self.look();
        self.runtime.maintain();
    }

    fn look(&mut self) {
        if self.scheduler.run_count() <= MOST_COMPARED {
            self.invariants.check(&self.scheduler);
        }
        let violations = self.invariants.violations();
        assert!(violations.is_empty(), "{violations:#?}");

        let plugins = [Some(&self.innocent), self.calls.as_ref()];
        let fuel = plugins.iter().flatten().map(|p| p.statistics().fuel).sum();
        let used = fuel - std::mem::replace(&mut self.fuel, fuel);
        assert!(used < MOST_FUEL, "{used} instructions in one tick");

        let image = self.robot.image.clone();
        for (id, channel) in image.channels() {
            let Some(mechanism) = channel
                .mechanism
                .filter(|_| channel.direction == Direction::Output)
            else {
                continue;
            };
            let (name, value) = (&channel.name, image.flushed(id));
            let owner = self.scheduler.mechanisms();
            let owner = owner.find(image.mechanism_name(mechanism));
            let owner = owner.and_then(|mechanism| self.scheduler.owner(mechanism));
            if owner.is_none() || !self.scheduler.is_enabled() {
                assert_eq!(value, channel.safe, "`{name}`, which nobody owns");
            }
            let (least, most) = channel.range.unwrap_or((f64::MIN, f64::MAX));
            let is_within = |value: &f64| (least..=most).contains(value);
            match &value {
                Value::Boolean(_) => {}
                Value::Number(value) => assert!(is_within(value), "`{name}` is {value}"),
                Value::Array(values) => assert!(values.iter().all(is_within), "{values:?}"),
            }
            if name.starts_with("arm.") {
                self.seen().tell(&format!("{name} {value:?}"));
            }
        }
        let topic = self.robot.topics.read("innocent.angle");
        self.seen().tell(&format!("innocent.angle {topic:?}"));
    }

    /// Runs that are not the innocent robot's.
    fn strangers(&self) -> Vec<String> {
        let seen = self.seen();
        let runs = self.scheduler.runs().into_iter();
        let strangers = runs.filter(|run| !seen.is_mine(&run.command));
        strangers
            .map(|run| run.command.name().to_string())
            .collect()
    }
}

impl Seen {
    fn is_mine(&self, command: &Command) -> bool {
        self.commands.iter().any(|mine| mine.same(command))
    }

    fn tell(&mut self, what: &str) {
        self.innocent.push(format!("{} {what}", self.tick));
    }
}

struct Watch {
    invariants: Invariants,
    image: Arc<Image>,
    seen: Arc<Mutex<Seen>>,
}

impl Observer for Watch {
    fn event(&mut self, event: &Event<'_>) {
        self.invariants.event(event);
        let mut seen = lock(&self.seen);
        if !seen.is_mine(event.command) {
            let mut arm = event.command.requirements().iter();
            seen.meddled |= arm.any(|mechanism| mechanism.index() == ARM);
            return;
        }
        let text = match event.kind {
            EventKind::Completed(Some(value)) => format!("completed {value}"),
            EventKind::Failed(failure) => format!("failed {}", failure.message),
            kind => kind.name().to_owned(),
        };
        seen.tell(&format!("{} {text}", event.command.name()));
    }

    fn owner_changed(&mut self, mechanism: MechanismId, owner: Option<RunId>, released: bool) {
        self.invariants.owner_changed(mechanism, owner, released);
        let mechanism = MechanismIndex(mechanism.index() as u16);
        if released {
            self.image.release(mechanism);
        }
        let owner = owner.map_or(0, |run| run.0);
        self.image.set_owner(mechanism, owner);
    }
}

/// Keeps what the innocent plugin logs.
struct Log(Arc<Mutex<Seen>>);

impl LogSink for Log {
    fn line(&self, line: &LogLine<'_>) {
        if line.plugin == "innocent" {
            lock(&self.0).tell(&format!("{} logs {}", line.command, line.text));
        }
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Limits that a few calls can reach.
fn policy() -> Policy {
    Policy {
        mechanisms: vec!["lift".to_owned(), "claw".to_owned()],
        reads: vec![Pattern::from("lift.*"), Pattern::from("driver.*")],
        publishes: vec![Pattern::from("calls.*")],
        config: [("gain".to_owned(), Argument::Number(0.5))].into(),
        limits: Limits {
            memory: 8 << 20,
            requests_per_tick: 500,
            handles: 400,
            call_bytes: 1 << 18,
            log_lines_per_tick: 20,
            live_runs: Some(24),
            runs: 40,
            bindings: 200,
            host_memory: 1 << 20,
            forks_per_tick: 60,
            bytes_per_tick: 1 << 20,
            quarantine: QuarantineLimits {
                failures: 200,
                ..QuarantineLimits::default()
            },
            ..Limits::default()
        },
        ..Policy::default()
    }
}

const MECHANISMS: [&str; 3] = ["arm", "lift", "claw"];
/// The innocent robot's.
const ARM: usize = 0;

fn image() -> Image {
    let mut image = ImageBuilder::new();
    let [arm, lift, claw] = MECHANISMS.map(|name| image.add_mechanism(name).expect("a name"));
    for channel in [
        Channel::output("arm.voltage", Kind::Number, arm).range(-12.0, 12.0),
        Channel::output("lift.voltage", Kind::Number, lift)
            .unit("V")
            .range(-12.0, 12.0),
        Channel::output("lift.lights", Kind::Array { length: 3 }, lift).range(0.0, 1.0),
        Channel::output("claw.closed", Kind::Boolean, claw),
        Channel::output("claw.force", Kind::Number, claw)
            .range(1.0, 5.0)
            .safe(Value::Number(2.0)),
        Channel::input("arm.angle", Kind::Number).unit("rad"),
        Channel::input("lift.height", Kind::Number).unit("m"),
        Channel::input("lift.poses", Kind::Array { length: 4 }),
        Channel::input("driver.a", Kind::Boolean),
        Channel::input("secret.number", Kind::Number),
    ] {
        image.add_channel(channel).expect("a channel");
    }
    image.build()
}
