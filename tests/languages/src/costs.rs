//! What each language costs: measured through the plugin runtime, as the benches do.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use gantry_hardware::{Channel, ImageBuilder, Kind};
use gantry_plugin::{
    CacheConfig, LogLine, LogSink, Pattern, Policy, Pool, Preemption, Robot, Runtime,
    RuntimeConfig, Source,
};
use gantry_scheduler::{Command, Mechanisms, Scheduler, Tick, Value};
use tempfile::TempDir;

use crate::Language;

/// Runs that are alive at a time when memory is measured.
const LIVE_RUNS: u32 = 50;
/// How often a start is measured.
const STARTS: usize = 50;
/// How many yields are measured.
const YIELDS: usize = 2_000;
/// How often a load from the cache is measured.
const LOADS: usize = 10;

/// What one language costs. Times are medians, except those that are measured once: build and compile.
#[derive(Debug)]
pub struct Costs {
    /// Which.
    pub language: Language,
    /// Bytes of the component.
    pub component: usize,
    /// The SDK's build command, with its tools and the language's libraries in place.
    pub build: Duration,
    /// Loading a component that was never loaded: mostly compiling.
    pub compile: Duration,
    /// Loading one whose code is in the cache.
    pub load: Duration,
    /// From a command that is scheduled to its first wait, with an instance that was kept ready.
    pub warm_start: Duration,
    /// The same, with an instance that is made first.
    pub cold_start: Duration,
    /// One tick of one run that yields.
    pub round_trip: Duration,
    /// Bytes of its own per run that waits.
    pub memory: usize,
}

impl Costs {
    /// Builds and measures.
    ///
    /// # Errors
    ///
    /// When a tool is missing, or the component cannot be loaded.
    pub fn measure(language: Language) -> Result<Self> {
        let folder = TempDir::new()?;
        let file = folder.path().join("component.wasm");
        // Tools keep what they have made of the language's libraries: the second build is what people wait for.
        language.build(&file)?;
        let (build, made) = timed(|| language.build(&file));
        made?;
        let bytes = fs::read(&file)?;
        let component = bytes.len();
        let source = Source {
            name: "lang".to_owned(),
            origin: language.plugin(),
            bytes,
            signature: None,
        };
        let mut bench = Bench::new(&folder)?;
        let (compile, loaded) = timed(|| bench.load(&source));
        loaded.context("it cannot be loaded")?;
        let mut loads = Vec::new();
        for _ in 0..LOADS {
            let (load, loaded) = timed(|| bench.load(&source));
            loaded?;
            loads.push(load);
        }
        // Before the others: slots of the pool stay resident once they were used.
        let memory = bench.memory()?;
        Ok(Self {
            language,
            component,
            build,
            compile,
            load: median(loads),
            warm_start: bench.start(true)?,
            cold_start: bench.start(false)?,
            round_trip: bench.round_trip()?,
            memory,
        })
    }

    /// A row of the table.
    pub fn row(&self) -> String {
        let Self {
            language,
            component,
            build,
            compile,
            load,
            warm_start,
            cold_start,
            round_trip,
            memory,
        } = self;
        format!(
            "| {language} | {} | {} | {} | {} | {} | {} | {} | {} |",
            bytes(*component),
            time(*build),
            time(*compile),
            time(*load),
            time(*warm_start),
            time(*cold_start),
            time(*round_trip),
            bytes(*memory),
        )
    }
}

/// The head of the table.
pub const HEAD: &str = "\
| Language | Component | Build | Compile | Load from cache | Start, instance kept ready | Start, new instance | Yield round trip | Memory per live run |
|---|---|---|---|---|---|---|---|---|";

struct Silence;

impl LogSink for Silence {
    fn line(&self, _: &LogLine<'_>) {}
}

/// A robot with an arm, and a runtime with a cache of its own.
struct Bench {
    runtime: Runtime,
    robot: Robot,
    scheduler: Scheduler,
    tick: Tick,
}

impl Bench {
    fn new(folder: &TempDir) -> Result<Self> {
        let mechanisms = Arc::new(Mechanisms::new(["arm"])?);
        let mut image = ImageBuilder::new();
        image.add_mechanism("arm")?;
        for name in ["arm.angle", "base.pose", "robot.enabled"] {
            image.add_channel(Channel::input(name, Kind::Boolean))?;
        }
        let period = Duration::from_millis(20);
        let robot = Robot::new(
            mechanisms.clone(),
            Arc::new(image.build()),
            Arc::new(Silence),
            period,
            0,
        );
        let runtime = Runtime::new(RuntimeConfig {
            preemption: Preemption::real_time(),
            pool: Pool::for_runs(8 * LIVE_RUNS),
            cache: Some(CacheConfig {
                folder: folder.path().join("code"),
                key: folder.path().join("key"),
                only: false,
            }),
            ..RuntimeConfig::default()
        })?;
        let scheduler = Scheduler::new(mechanisms, Box::new(()));
        Ok(Self {
            runtime,
            robot,
            scheduler,
            tick: Tick::default(),
        })
    }

    fn load(&self, source: &Source) -> Result<()> {
        let policy = Policy {
            mechanisms: vec!["arm".to_owned()],
            reads: vec![Pattern::from("*")],
            publishes: vec![Pattern::from("*")],
            ..Policy::default()
        };
        let plugin = self.runtime.load(source, &policy, &self.robot)?;
        self.robot.registry.insert(plugin);
        Ok(())
    }

    fn command(&self, name: &str, arguments: Vec<(String, Value)>) -> Result<Command> {
        let command = self.robot.registry.command(name, arguments);
        command.map_err(|error| anyhow::anyhow!("{error}"))
    }

    fn tick(&mut self) {
        self.tick.number += 1;
        self.tick.time += self.robot.clock.period();
        self.robot.clock.set(self.tick);
        self.scheduler.tick(self.tick.time);
    }

    fn start(&mut self, warm: bool) -> Result<Duration> {
        let mut starts = Vec::new();
        for _ in 0..2 * STARTS {
            // Instances are made ready in the slack after a tick; without it, they are used up.
            if warm {
                self.runtime.maintain();
            }
            let command = self.command("lang/parks", Vec::new())?;
            self.scheduler.schedule(&command);
            let (start, ()) = timed(|| self.tick());
            starts.push(start);
            anyhow::ensure!(command.is_running(), "a run has not come to its wait");
            self.scheduler.cancel(&command);
            self.tick();
        }
        Ok(median(starts.split_off(STARTS)))
    }

    fn round_trip(&mut self) -> Result<Duration> {
        let n = i64::from(u32::MAX);
        let command = self.command("lang/yields", vec![("n".to_owned(), Value::Integer(n))])?;
        self.scheduler.schedule(&command);
        for _ in 0..100 {
            self.tick();
        }
        let mut trips = Vec::new();
        for _ in 0..YIELDS {
            let (trip, ()) = timed(|| self.tick());
            trips.push(trip);
        }
        anyhow::ensure!(command.is_running(), "the yielding run has ended");
        self.scheduler.cancel(&command);
        self.tick();
        Ok(median(trips))
    }

    fn memory(&mut self) -> Result<usize> {
        self.runtime.maintain();
        let before = resident();
        let mut commands = Vec::new();
        for _ in 0..LIVE_RUNS {
            let command = self.command("lang/parks", Vec::new())?;
            self.scheduler.schedule(&command);
            self.tick();
            // Each has ticks of its own to come to its wait.
            self.tick();
            self.runtime.maintain();
            commands.push(command);
        }
        let live = commands
            .iter()
            .filter(|command| command.is_running())
            .count();
        anyhow::ensure!(live == LIVE_RUNS as usize, "only {live} runs are alive");
        Ok(resident().saturating_sub(before) / live)
    }
}

fn timed<T>(what: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let made = what();
    (start.elapsed(), made)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Bytes that belong to this process alone, where that can be told: pages of a component that no run has
/// written to are shared by all of its runs.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
    kilobytes.unwrap_or(0) << 10
}

/// Two digits that count, with a unit.
fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let (number, unit) = match seconds {
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s => (s * 1e6, "µs"),
    };
    format!("{} {unit}", digits(number))
}

fn bytes(bytes: usize) -> String {
    let number = bytes as f64;
    let (number, unit) = match number {
        n if n >= 1e6 => (n / 1e6, "MB"),
        n => (n / 1e3, "kB"),
    };
    format!("{} {unit}", digits(number))
}

fn digits(number: f64) -> String {
    match number {
        n if n >= 10.0 => format!("{n:.0}"),
        n if n >= 1.0 => format!("{n:.1}"),
        n => format!("{n:.2}"),
    }
}
