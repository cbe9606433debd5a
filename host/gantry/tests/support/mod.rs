//! Robots in folders of their own, and the real binary.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A robot.toml in a folder with all test guests.
pub struct TestRobot {
    pub folder: TempDir,
}

impl TestRobot {
    pub fn new(rest: &str) -> Self {
        let robot = Self {
            folder: TempDir::new().unwrap(),
        };
        robot.write(
            "robot.toml",
            format!("robot.name = \"Test\"\n{rest}").as_bytes(),
        );
        for (name, bytes) in gantry_test_guests::ALL {
            robot.write(&format!("{name}.wasm"), bytes);
        }
        robot
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }

    /// Changes the robot.toml, which has to have the text.
    pub fn edit(&self, old: &str, new: &str) {
        let text = text(&self.read("robot.toml"));
        assert!(text.contains(old), "no `{old}` in\n{text}");
        self.write("robot.toml", text.replace(old, new).as_bytes());
    }

    /// Runs the binary in the robot's folder.
    pub fn gantry(&self, arguments: &[&str]) -> Output {
        gantry(&self.folder).args(arguments).output().unwrap()
    }

    /// Runs the binary, which has to succeed, and gives what it prints.
    #[track_caller]
    pub fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.gantry(arguments);
        assert_succeeded(&output);
        text(&output.stdout)
    }

    /// Runs the binary, which has to fail, and gives what it says.
    #[track_caller]
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.gantry(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}\n{said}");
        assert!(!said.contains("panicked"), "{said}");
        said
    }

    /// The events of an op mode in virtual time.
    pub fn sim(&self, opmode: &str, time: &str) -> Vec<Value> {
        let file = self.folder.path().join("events.jsonl");
        let output = gantry(&self.folder)
            .arg("sim")
            .arg(self.path())
            .args(["--opmode", opmode, "--for", time, "--events"])
            .arg(&file)
            .output()
            .unwrap();
        assert_succeeded(&output);
        events(&file)
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("robot.toml")
    }
}

pub fn count(events: &[Value], event: &str, command: &str) -> usize {
    events
        .iter()
        .filter(|e| e["event"] == event && e["command"] == command)
        .count()
}

pub fn guest(name: &str) -> &'static [u8] {
    let found = gantry_test_guests::ALL
        .iter()
        .find(|(guest, _)| *guest == name);
    found.unwrap_or_else(|| panic!("no test guest `{name}`")).1
}

/// The binary, with compiled plugins kept between tests.
pub fn gantry(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gantry"));
    command.current_dir(folder.path());
    // The secret of the cache is that of the tests, not that of who runs them.
    command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command
        .arg("--cache")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
    command
}

/// The events of a recording, which has to be in order.
#[track_caller]
pub fn events(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let parse = |line| serde_json::from_str(line).expect("a line of JSON");
    let events: Vec<Value> = text.lines().map(parse).collect();
    assert_in_order(&events);
    events
}

/// Ticks and times never go back down the file.
#[track_caller]
pub fn assert_in_order(events: &[Value]) {
    let stamped = events.iter().filter(|event| event["event"] != "header");
    let stamps = stamped.map(|event| {
        let tick = event["tick"].as_u64().expect("a tick");
        (tick, event["t"].as_f64().expect("a time"), event)
    });
    let mut last = (0, 0.0);
    for (tick, time, event) in stamps {
        assert!(
            tick >= last.0 && time >= last.1,
            "after {last:?} comes {event}"
        );
        last = (tick, time);
    }
}

#[track_caller]
pub fn assert_succeeded(output: &Output) {
    assert!(
        output.status.success(),
        "{}\n{}",
        output.status,
        text(&output.stderr)
    );
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
