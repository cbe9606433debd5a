//! The stop always works: orders, signals, stalls and panics, each until outputs are safe.

mod cpu;
mod disk;
mod driven;
mod fuzz;
mod in_process;
mod orders;
mod signals;
mod stdio;
#[path = "../support/mod.rs"]
mod support;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{TestRobot, events, gantry};

/// Far longer than anything here takes, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A robot with a simulated wheel. Its op mode `drive` makes a file when it has started, and drives
/// the wheel until it is canceled; that of `stubborn` never ends its cleanup.
fn robot() -> TestRobot {
    let robot = TestRobot::new(
        r#"
        [plugins.maker]
        file = "uses-std.wasm"
        folder = { path = "made", write = true }
        [plugins.counter]
        file = "keeps-locals.wasm"
        [plugins.cleans-up]
        file = "cleans-up.wasm"
        mechanisms = ["arm"]
        publishes = ["*"]
        [mechanisms.arm]
        outputs.voltage = { unit = "V", range = [-12, 12], safe = 0 }
        [devices.wheel]
        model = "flywheel"
        motor = "neo"
        gearing = 4
        moment-of-inertia = "0.01 kg*m^2"
        channels = { voltage = "arm.voltage" }
        [opmodes.drive]
        mode = "teleoperated"
        schedule = ["maker/writes-a-file", "counter/yields-on", "cleans-up/writes"]
        [opmodes.stubborn]
        mode = "teleoperated"
        schedule = ["maker/writes-a-file", "cleans-up/never"]
        "#,
    );
    std::fs::create_dir(robot.folder.path().join("made")).unwrap();
    robot
}

/// `gantry run` in the robot's folder, with an event file that says what the wheel is given.
fn run(robot: &TestRobot, arguments: &[&str]) -> Command {
    let mut command = gantry(&robot.folder);
    command
        .arg("run")
        .arg(robot.path())
        .args(arguments)
        .arg("--events")
        .arg(recording(robot))
        .arg("--events-outputs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn recording(robot: &TestRobot) -> PathBuf {
    robot.folder.path().join("events.jsonl")
}

/// Waits until the op mode has started.
#[track_caller]
fn wait_until_enabled(robot: &TestRobot) {
    let made = robot.folder.path().join("made");
    wait_until("the op mode starts", || !is_empty(&made));
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits for the end of the program.
#[track_caller]
fn end(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("the program does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn modes(events: &[Value]) -> Vec<&str> {
    let of_mode = events.iter().filter(|event| event["event"] == "mode");
    of_mode
        .map(|event| event["mode"].as_str().unwrap())
        .collect()
}

/// Whether outputs were made safe for this reason.
fn made_safe(events: &[Value], reason: &str) -> bool {
    let is = |event: &Value| event["event"] == "outputs-safe" && event["reason"] == reason;
    events.iter().any(is)
}

fn recorded(robot: &TestRobot) -> Vec<Value> {
    events(&recording(robot))
}
