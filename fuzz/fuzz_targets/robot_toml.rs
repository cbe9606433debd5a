//! Any text as a robot.toml: it is read, or all that is wrong is said, with every place in it. What is
//! read is locked, put together and run for some ticks.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use gantry::config::{ConfigErrors, Mode, RobotConfig};
use gantry::lock::{Lock, differences};
use gantry::robot::{Options, Robot, RobotMode};
use gantry_fuzz::{Embedded, runtime};
use gantry_plugin::Runtime;
use libfuzzer_sys::{Corpus, fuzz_target};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| runtime(64));

/// Plugins that are loaded for one input; more tell nothing new and take long.
const MOST_PLUGINS: usize = 8;
const TICKS: u32 = 4;

fuzz_target!(|text: &str| -> Corpus {
    match RobotConfig::parse("robot.toml", text) {
        Ok(config) => {
            for warning in &config.warnings {
                warning.render(false);
            }
            if config.plugins.len() <= MOST_PLUGINS {
                lock(&config);
                run(config);
            }
        }
        Err(errors) => check(&errors),
    }
    Corpus::Keep
});

/// Every mistake has a place in the file, and can be shown.
fn check(errors: &ConfigErrors) {
    assert!(errors.error_count() > 0, "refused without a reason");
    errors.render(false);
    errors.render(true);
    for diagnostic in errors.diagnostics() {
        let (position, text) = (diagnostic.position(), diagnostic.source().text());
        let lines = text.lines().count().max(1) + 1;
        assert!((1..=lines).contains(&position.line) && position.column >= 1);
        assert!(!diagnostic.message.is_empty());
    }
}

/// A lock says what it is the lock of, and reads as it was written.
fn lock(config: &RobotConfig) {
    let robot = Path::new("robot.toml");
    match Lock::of(config, &Embedded) {
        Ok(lock) => {
            let text = lock.to_text(robot);
            let read = Lock::parse(&text, Path::new("robot.lock"), robot);
            let read = read.unwrap_or_else(|error| panic!("{error} in\n{text}"));
            assert_eq!(differences(&lock, &read), [], "of\n{text}");
            assert_eq!(read.to_text(robot), text);
        }
        Err(errors) => check(&errors),
    }
}

fn run(config: RobotConfig) {
    let period = config.period;
    let modes: Vec<Mode> = config.opmodes.iter().map(|opmode| opmode.mode).collect();
    let options = Options {
        files: &Embedded,
        seed: 7,
        real_time: false,
        locked: false,
        telemetry: gantry_telemetry::channel(1 << 12).0,
        drivers: &gantry::robot::no_drivers,
    };
    let mut robot = match Robot::assemble(config, RUNTIME.clone(), options) {
        Ok(robot) => robot,
        Err(errors) => return check(&errors),
    };
    let enabled = modes.iter().take(3).enumerate();
    let modes = [RobotMode::Disabled]
        .into_iter()
        .chain(enabled.map(|(index, _)| RobotMode::Enabled(index)))
        .chain([RobotMode::EmergencyStopped]);
    let mut number = 0;
    for mode in modes {
        robot.set_mode(mode);
        for _ in 0..TICKS {
            robot.tick(period * number, None);
            robot.maintain(None);
            number += 1;
        }
    }
    robot.shut_down();
}
