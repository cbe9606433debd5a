//! Robots in folders of their own, and the real binary.
#![allow(dead_code, missing_docs, unreachable_pub)]

pub mod live;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A robot.toml in a folder with all test guests.
pub struct TestRobot {
    pub folder: TempDir,
}

impl TestRobot {
    /// A robot whose file gives it a name and has this text besides.
    pub fn new(rest: &str) -> Self {
        Self::from_text(&format!("robot.name = \"Test\"\n{rest}"))
    }

    /// A robot whose file has this text.
    pub fn from_text(text: &str) -> Self {
        let robot = Self {
            folder: TempDir::new().unwrap(),
        };
        robot.write("robot.toml", text.as_bytes());
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

    /// Runs the binary, which is killed if it uses more processor time than this. Unlike the time
    /// on the clock, that does not depend on what else the machine does.
    pub fn gantry_within(&self, seconds: u32, arguments: &[&str]) -> Output {
        self.gantry_under(&format!("ulimit -t {seconds}"), arguments)
    }

    /// Runs the binary in a shell that has done this before.
    pub fn gantry_under(&self, shell: &str, arguments: &[&str]) -> Output {
        let mut gantry = gantry(&self.folder);
        gantry.args(arguments);
        let script = format!("{shell}; exec \"$0\" \"$@\"");
        through_shell(&gantry, &script).output().unwrap()
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
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    command.env("XDG_CACHE_HOME", cache);
    command
}

/// A shell with a script that executes a command, which is its `"$0" "$@"`, in the same place.
pub fn through_shell(command: &Command, script: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]);
    shell.arg(command.get_program()).args(command.get_args());
    let variables = command.get_envs();
    shell.envs(variables.filter_map(|(key, value)| Some((key, value?))));
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
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

/// A component that takes a second and more to compile for every dozen: it has so many functions of
/// 100 kB that compute, none of which is ever called.
pub fn large(functions: usize) -> Vec<u8> {
    /// `local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 31)) (local.get 1))`
    const STEP: [u8; 10] = [0x20, 0, 0x41, 31, 0x6c, 0x20, 1, 0x6a, 0x21, 0];
    let section = |id: u8, contents: &[u8]| {
        let mut section = vec![id];
        leb(contents.len(), &mut section);
        section.extend_from_slice(contents);
        section
    };
    let counted = |count: usize, each: &[u8]| {
        let mut vector = Vec::new();
        leb(count, &mut vector);
        vector.extend(each.repeat(count));
        vector
    };
    let mut body = vec![0];
    body.extend(STEP.repeat(10_000));
    body.push(0x0b);
    let mut function = Vec::new();
    leb(body.len(), &mut function);
    function.extend(body);
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 2, 0x7f, 0x7f, 0]),
        section(3, &counted(functions, &[0])),
        section(10, &counted(functions, &function)),
    ]
    .concat();
    let mut component = guest("hello").to_vec();
    component.extend(section(1, &module));
    component
}

fn leb(mut value: usize, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}
