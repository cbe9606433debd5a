//! Any text as a robot.lock: it is read, or it is said what is wrong and in which line. What is read
//! is compared with itself and with what the demo's robot is.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use gantry::config::RobotConfig;
use gantry::lock::{Lock, LockError, differences};
use gantry_fuzz::Embedded;
use libfuzzer_sys::fuzz_target;

static NOW: LazyLock<Lock> = LazyLock::new(|| {
    let text = include_str!("../../plugins/demo/robot.toml");
    let config = RobotConfig::parse("robot.toml", text).expect("the demo's robot");
    Lock::of(&config, &Embedded).expect("the demo's plugins")
});

fuzz_target!(|text: &str| {
    let robot = Path::new("robot.toml");
    let path = Lock::path_of(robot).expect("it is not the robot");
    let lock = match Lock::parse(text, &path, robot) {
        Ok(lock) => lock,
        Err(LockError::Version { found, .. }) => return assert_ne!(found, "1"),
        Err(LockError::Malformed { message, .. }) => {
            return assert!(message.contains("at line "), "{message}");
        }
        Err(error) => panic!("{error}"),
    };
    assert_eq!(differences(&lock, &lock), []);
    let written = lock.to_text(robot);
    let again = Lock::parse(&written, &path, robot);
    let again = again.unwrap_or_else(|error| panic!("{error} in\n{written}"));
    assert_eq!(differences(&lock, &again), [], "of\n{written}");
    assert_eq!(again.digest(), lock.digest());

    let found = differences(&lock, &NOW);
    assert_eq!(found.is_empty(), lock.digest() == NOW.digest());
    assert_eq!(found.len(), differences(&NOW, &lock).len());
    let error = LockError::Differs {
        path,
        differences: found,
        robot: robot.to_owned(),
    };
    assert!(!error.to_string().is_empty());
});
