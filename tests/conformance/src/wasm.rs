//! Scripted bodies that run inside WebAssembly, in instances of one guest.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use gantry_hardware::ImageBuilder;
use gantry_plugin::{
    Budget, CacheConfig, Limits, LogLine, LogSink, Plugin, Policy, Pool, Robot, Runtime,
    RuntimeConfig, Source,
};
use gantry_scenario::{Bodies, Recorder, Setting};
use gantry_scheduler::{Command, CommandBuilder, Signal, Tick, Value};
use gantry_script::{Script, topic_of};
use tempfile::TempDir;

/// A runtime that plays scenarios. Made once, since the guest is compiled in it.
pub struct WasmRuntime {
    runtime: Runtime,
    source: Source,
    /// Where the compiled guest is kept.
    _cache: TempDir,
}

impl WasmRuntime {
    /// Sets the runtime up.
    pub fn new() -> Result<Self> {
        let cache = tempfile::tempdir().context("a folder for the compiled guest")?;
        let runtime = Runtime::new(RuntimeConfig {
            pool: Pool {
                warm: 0,
                ..Pool::for_runs(512)
            },
            cache: Some(CacheConfig {
                folder: cache.path().join("code"),
                key: cache.path().join("key"),
                only: false,
            }),
            ..RuntimeConfig::deterministic()
        })?;
        Ok(Self {
            runtime,
            source: Source {
                name: "script".to_owned(),
                origin: "tests/guests/script".to_owned(),
                bytes: gantry_test_guests::SCRIPT.to_vec(),
                signature: None,
            },
            _cache: cache,
        })
    }

    /// Bodies in WebAssembly for a scenario.
    pub fn bodies(&self, setting: Setting<'_>) -> Result<Wasm> {
        let robot = Robot::new(
            setting.mechanisms,
            Arc::new(ImageBuilder::new().build()),
            Arc::new(Record(setting.recorder)),
            Duration::from_millis(setting.scenario.period_ms),
            0,
        );
        let policy = Policy {
            mechanisms: setting.scenario.mechanisms.clone(),
            publishes: vec!["*".into()],
            commands: vec!["*".into()],
            limits: limits(setting.operations_per_tick),
            ..Policy::default()
        };
        let plugin = self.runtime.load(&self.source, &policy, &robot)?;
        Ok(Wasm {
            runtime: self.runtime.clone(),
            plugin,
            robot,
            operations_per_tick: setting.operations_per_tick,
        })
    }
}

/// More instructions than any operation takes.
const FUEL_PER_OPERATION: u64 = 60_000;

/// Limits that are never what ends a script: the scheduler's are, with both kinds of bodies.
fn limits(operations_per_tick: u32) -> Limits {
    let slice = Budget {
        // Of the time that runs share which do not yield, next to nothing.
        time: Duration::from_micros(1),
        fuel: u64::from(operations_per_tick) * FUEL_PER_OPERATION,
    };
    Limits {
        slice,
        cleanup: slice,
        time_per_tick: Some(Duration::from_secs(3600)),
        bindings: usize::MAX,
        topics: usize::MAX,
        requests_per_tick: u32::MAX,
        requests_together: u32::MAX,
        log_lines_per_tick: u32::MAX,
        log_lines_per_second: u32::MAX,
        forks_per_tick: u32::MAX,
        bytes_per_tick: usize::MAX,
        ..Limits::default()
    }
}

/// Makes bodies of the guest `script`.
pub struct Wasm {
    runtime: Runtime,
    plugin: Plugin,
    robot: Robot,
    operations_per_tick: u32,
}

impl Bodies for Wasm {
    fn command(
        &self,
        builder: CommandBuilder,
        name: &str,
        script: &Arc<Script>,
    ) -> Result<Command> {
        let operations = i64::from(self.operations_per_tick);
        let arguments = vec![
            ("name".to_owned(), Value::Text(name.into())),
            (
                "script".to_owned(),
                Value::Text(serde_json::to_string(&**script)?.into()),
            ),
            ("operations-per-tick".to_owned(), Value::Integer(operations)),
        ];
        Ok(self.plugin.command_as(builder, "play", arguments)?)
    }

    fn knows(&self, name: &str, command: &Command) {
        let name = format!("scenario/{name}");
        self.robot.registry.insert_command(&name, command.clone());
    }

    fn signal(&self, name: &str) -> Signal {
        let (topics, name) = (self.robot.topics.clone(), topic_of(name));
        Signal::new(move || topics.read(&name) == Some(Value::Boolean(true)))
    }

    fn set_signal(&self, name: &str, value: bool) {
        let value = Value::Boolean(value);
        if let Err(error) = self.robot.topics.publish(&topic_of(name), &value) {
            panic!("the signal `{name}`: {error}");
        }
    }

    fn begin_tick(&self, tick: Tick) {
        self.robot.clock.set(tick);
    }

    fn forget(&self) {
        self.runtime.maintain();
    }
}

/// Takes what the guest logs for events. Whatever else it says is an event too, so that it is seen.
struct Record(Recorder);

impl LogSink for Record {
    fn line(&self, line: &LogLine<'_>) {
        type Said = (String, String, Option<serde_json::Value>);
        match serde_json::from_str::<Said>(line.text) {
            Ok((kind, command, extra)) => self.0.record(kind, &Arc::from(command), extra),
            Err(_) => {
                let said = serde_json::Value::from(line.text);
                self.0
                    .record("guest-log", &Arc::from(line.command), Some(said));
            }
        }
    }
}
