//! Any file as a plugin: it is loaded, or it is said why not and at which stage. What is loaded is run.
#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use gantry_fuzz::component::AnyComponent;
use gantry_fuzz::{Silence, source};
use gantry_hardware::ImageBuilder;
use gantry_plugin::{Budget, Limits, LoadError, Policy, Pool, Robot, Runtime, RuntimeConfig};
use gantry_scheduler::{Mechanisms, Scheduler, Tick};
use libfuzzer_sys::fuzz_target;

const PERIOD: Duration = Duration::from_millis(20);
const TICKS: u32 = 4;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Runtime::new(RuntimeConfig {
        pool: Pool::for_runs(16),
        describe_budget: Budget {
            time: Duration::from_millis(50),
            fuel: 25_000_000,
        },
        ..RuntimeConfig::deterministic()
    })
    .expect("a runtime")
});

fuzz_target!(|component: AnyComponent| {
    let mechanisms = Arc::new(Mechanisms::new(["arm"]).expect("a name"));
    let image = Arc::new(ImageBuilder::new().build());
    let robot = Robot::new(mechanisms.clone(), image, Arc::new(Silence), PERIOD, 7);
    let source = source("fuzzed", component.bytes);
    let policy = Policy {
        limits: Limits {
            memory: 32 << 20,
            ..Limits::default()
        },
        ..Policy::default()
    };
    let inspection = RUNTIME.inspect(&source, &policy);
    match RUNTIME.load(&source, &policy, &robot) {
        Ok(plugin) => {
            let inspection = inspection.expect("what is loaded can be looked at");
            assert_eq!(inspection.digest, plugin.digest());
            assert_eq!(inspection.description.as_ref(), Some(plugin.description()));
            robot.registry.insert(plugin.clone());
            let mut scheduler = Scheduler::new(mechanisms, Box::new(()));
            for definition in plugin.description().commands.iter().take(3) {
                let name = format!("fuzzed/{}", definition.name);
                if let Ok(command) = robot.registry.command(&name, Vec::new()) {
                    scheduler.schedule(&command);
                }
            }
            for number in 0..TICKS {
                let (time, number) = (PERIOD * number, u64::from(number));
                robot.clock.set(Tick { number, time });
                scheduler.tick(time);
            }
        }
        Err(error) => check(&error),
    }
    RUNTIME.maintain();
});

/// It names the plugin, the stage and what is wrong.
fn check(error: &LoadError) {
    let (text, stage) = (error.to_string(), error.stage);
    let start = format!("plugin `fuzzed` (the fuzzer) was not loaded: {stage}: ");
    let reason = text.strip_prefix(&start);
    assert!(reason.is_some_and(|reason| !reason.is_empty()), "{text}");
}
