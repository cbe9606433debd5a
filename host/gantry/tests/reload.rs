//! Plugins whose files change while `gantry run` runs them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A counter that runs until it is canceled.
const COUNTER: &str = r#"
    robot.name = "Test"
    [plugins.counter]
    file = "counter.wasm"
    [opmodes.count]
    mode = "test"
    schedule = ["counter/yields-on"]
"#;

#[test]
fn a_changed_plugin_takes_the_place_of_the_old_one_whose_commands_are_canceled() {
    let robot = Live::start(COUNTER, "count", &[]);
    robot.wait_for_run("counter/yields-on");
    let new = version("keeps-locals", "0.2.0");
    robot.write("counter.wasm", &new);
    let line = robot.wait_for("reloaded counter");
    let digest = sha256(&new);
    assert!(
        line.ends_with(&format!(
            "reloaded counter 0.1.0 -> 0.2.0 (sha256:{digest}), 1 running command canceled"
        )),
        "{line}"
    );
    let events = robot.quit();
    assert_eq!(count(&events, "canceled", "counter/yields-on"), 1);
    assert_eq!(
        count(&events, "scheduled", "counter/yields-on"),
        1,
        "nothing starts because it is new"
    );
    let reloaded = events.iter().find(|e| e["event"] == "reloaded").unwrap();
    assert_eq!(reloaded["plugin"], "counter");
    assert_eq!(reloaded["from"], "0.1.0");
    assert_eq!(reloaded["to"], "0.2.0");
    assert_eq!(reloaded["digest"], digest);
}

#[test]
fn bindings_and_default_commands_go_on_with_the_new_plugin() {
    let robot = Live::start(
        r#"
        robot.name = "Test"
        [mechanisms.arm.outputs]
        voltage = { unit = "V", safe = 0 }
        [plugins.greeter]
        file = "greeter.wasm"
        [plugins.cleans]
        file = "cleans-up.wasm"
        mechanisms = ["arm"]
        publishes = ["*"]
        [opmodes.all]
        mode = "test"
        bindings = [{ signal = "robot.enabled", on = "retry-while-true", command = "greeter/hello" }]
        defaults = { arm = "cleans/writes" }
        "#,
        "all",
        &[],
    );
    robot.wait_for("Hello, robot!");
    robot.wait_for_run("cleans/writes");
    robot.write(
        "greeter.wasm",
        &patched(guest("hello"), b"Hello, ", b"Howdy, "),
    );
    robot.wait_for("reloaded greeter 0.1.0 -> 0.1.0");
    robot.wait_for("Howdy, robot!");
    robot.write("cleans-up.wasm", &version("cleans-up", "0.1.1"));
    robot.wait_for("reloaded cleans 0.1.0 -> 0.1.1");
    robot.wait_for_run("cleans/writes");
    let events = robot.quit();
    let reloaded = |plugin: &str| {
        let is_it = |e: &Value| e["event"] == "reloaded" && e["plugin"] == plugin;
        events.iter().position(is_it).unwrap()
    };
    let logged = |text: &str| events.iter().rposition(|e| e["text"] == text).unwrap();
    assert!(
        logged("Hello, robot!") < reloaded("greeter"),
        "none of the old one"
    );
    assert!(
        count(&events[reloaded("cleans")..], "scheduled", "cleans/writes") >= 1,
        "the mechanism is free, so its default command starts"
    );
}

#[test]
fn running_commands_may_finish() {
    let robot = Live::start(
        r#"
        robot = { name = "Test", reload = "finish" }
        [plugins.counter]
        file = "counter.wasm"
        [opmodes.count]
        mode = "test"
        schedule = [{ name = "counter/count", arguments = { ticks = 300 } }]
        "#,
        "count",
        &["--for", "9s"],
    );
    robot.wait_for_run("counter/count");
    robot.write("counter.wasm", &version("keeps-locals", "0.2.0"));
    let line = robot.wait_for("reloaded counter 0.1.0 -> 0.2.0");
    assert!(line.ends_with(')'), "nothing is canceled: {line}");
    let events = robot.end();
    let position = |event: &str| events.iter().position(|e| e["event"] == event).unwrap();
    assert!(position("reloaded") < position("completed"));
    assert_eq!(events[position("completed")]["value"], 44850);
    assert_eq!(count(&events, "canceled", "counter/count"), 0);
}

#[test]
fn a_bad_file_leaves_the_old_plugin_running_and_says_why_once() {
    let robot = Live::start(COUNTER, "count", &[]);
    robot.wait_for_run("counter/yields-on");
    let good = version("keeps-locals", "0.2.0");

    robot.write("counter.wasm", b"this is not WebAssembly");
    robot.wait_for("counter is not reloaded, 0.1.0 goes on: parsing: it is not WebAssembly");
    // In the middle of being copied.
    let (half, rest) = good.split_at(good.len() / 2);
    robot.write("counter.wasm", half);
    robot.wait_for("counter is not reloaded, 0.1.0 goes on: parsing: it ends in the middle");
    std::fs::remove_file(robot.path("counter.wasm")).unwrap();
    robot.wait_for("counter is not reloaded, 0.1.0 goes on: No such file");
    // An empty one, and one that names its commands otherwise.
    robot.write("counter.wasm", b"");
    robot.wait_for("counter is not reloaded, 0.1.0 goes on: parsing: the file is empty");
    let renamed = patched(guest("keeps-locals"), b"yields-on", b"yields-of");
    robot.write("counter.wasm", &renamed);
    let line = robot.wait_for("counter is not reloaded, 0.1.0 goes on: ");
    assert!(
        line.contains("robot.toml:7:17: plugin `counter` has no command `yields-on`")
            && line.contains("did you mean `yields-of`?"),
        "{line}"
    );
    // What is loaded already is no news.
    robot.write("counter.wasm", guest("keeps-locals"));
    robot.write("counter.wasm", half);
    robot.wait_for("parsing: it ends in the middle");
    robot.append("counter.wasm", rest);
    robot.wait_for("reloaded counter 0.1.0 -> 0.2.0");

    let events = robot.quit();
    let refused = events.iter().filter(|e| e["event"] == "reload-refused");
    assert_eq!(refused.count(), 6, "each reason is given once");
    let reloaded = events
        .iter()
        .position(|e| e["event"] == "reloaded")
        .unwrap();
    assert_eq!(
        count(&events[..reloaded], "canceled", "counter/yields-on"),
        0
    );
}

#[test]
fn a_plugin_that_is_pinned_or_not_to_be_reloaded_stays() {
    let digest = sha256(guest("keeps-locals"));
    let robot = Live::start(
        &format!(
            r#"
            robot.name = "Test"
            [plugins.off]
            file = "off.wasm"
            reload = "off"
            [plugins.pinned]
            file = "pinned.wasm"
            digest = "sha256:{digest}"
            [plugins.counter]
            file = "counter.wasm"
            [opmodes.count]
            mode = "test"
            schedule = ["off/yields-on", "pinned/yields-on", "counter/yields-on"]
            "#
        ),
        "count",
        &[],
    );
    let new = version("keeps-locals", "0.2.0");
    robot.wait_for_run("counter/yields-on");
    robot.write("off.wasm", &new);
    robot.write("pinned.wasm", &new);
    let line = robot.wait_for("its digest is sha256:");
    assert!(
        line.contains(&sha256(&new)) && line.contains(&digest),
        "{line}"
    );
    robot.write("counter.wasm", &new);
    robot.wait_for("reloaded counter");
    let events = robot.quit();
    let reloaded = events.iter().filter(|e| e["event"] == "reloaded");
    assert_eq!(reloaded.count(), 1);
}

/// What the process holds: memory in KiB, threads, open files.
#[cfg(target_os = "linux")]
fn holdings(process: u32) -> (u64, u64, usize) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let number = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key)).unwrap();
        let number = line.split_whitespace().nth(1).unwrap();
        number.parse().unwrap()
    };
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    (number("VmRSS:"), number("Threads:"), files.count())
}

#[test]
#[cfg(target_os = "linux")]
fn two_hundred_swaps_leave_nothing_behind() {
    let robot = Live::start(COUNTER, "count", &[]);
    let versions = [
        version("keeps-locals", "0.2.0"),
        version("keeps-locals", "0.3.0"),
    ];
    robot.wait_for_run("counter/yields-on");
    let mut before = None;
    for swap in 0..200 {
        if swap == 50 {
            before = Some(holdings(robot.child.id()));
        }
        robot.write("counter.wasm", &versions[swap % 2]);
        robot.wait_for(&format!("-> 0.{}.0", 2 + swap % 2));
    }
    let (before, after) = (before.unwrap(), holdings(robot.child.id()));
    let grown = after.0.saturating_sub(before.0);
    assert!(grown < 4096, "{grown} KiB more after 150 swaps");
    assert_eq!(after.1, before.1, "threads");
    assert!(
        after.2 <= before.2 + 2,
        "open files: {} and {}",
        before.2,
        after.2
    );
    robot.quit();
}

/// A robot that runs, and what it says.
struct Live {
    folder: TempDir,
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Live {
    /// Starts a robot in a folder with the test guests that it may name.
    fn start(robot: &str, opmode: &str, more: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        };
        write("robot.toml", robot.as_bytes());
        for name in ["counter", "off", "pinned"] {
            write(&format!("{name}.wasm"), guest("keeps-locals"));
        }
        write("greeter.wasm", guest("hello"));
        write("cleans-up.wasm", guest("cleans-up"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_gantry"))
            .current_dir(folder.path())
            .args(["run", "robot.toml", "--opmode", opmode])
            .args(["--log", "warn,gantry=info", "--events", "events.jsonl"])
            .args(more)
            .arg("--cache")
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("reload-cache"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            folder,
            child,
            lines,
        }
    }

    /// The next line with this text in it.
    fn wait_for(&self, text: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut seen = Vec::new();
        loop {
            let rest = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(rest) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => seen.push(line),
                Err(error) => panic!("no `{text}` ({error}) in\n{}", seen.join("\n")),
            }
        }
    }

    /// Waits until a command runs, as its events say.
    fn wait_for_run(&self, command: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while count(&self.events(), "scheduled", command) == 0 {
            assert!(Instant::now() < deadline, "`{command}` does not start");
            std::thread::yield_now();
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// All at once: what a test says about half a file, it writes as half a file. The host may look
    /// at any moment.
    fn write(&self, name: &str, bytes: &[u8]) {
        let partial = self.path(&format!("{name}.partial"));
        std::fs::write(&partial, bytes).unwrap();
        std::fs::rename(partial, self.path(name)).unwrap();
    }

    fn append(&self, name: &str, bytes: &[u8]) {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.append(true).open(self.path(name)).unwrap();
        file.write_all(bytes).unwrap();
    }

    /// Stops the robot; what happened.
    fn quit(mut self) -> Vec<Value> {
        let mut orders = self.child.stdin.take().unwrap();
        orders.write_all(b"quit\n").unwrap();
        self.end()
    }

    /// Waits for the robot's end; what happened.
    fn end(mut self) -> Vec<Value> {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
        self.events()
    }

    /// What was written so far; the last line may be unfinished.
    fn events(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path("events.jsonl")).unwrap_or_default();
        let lines = text.lines();
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // Over already, unless the test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn count(events: &[Value], event: &str, command: &str) -> usize {
    let happened = |e: &&Value| e["event"] == event && e["command"] == command;
    events.iter().filter(happened).count()
}

/// A test guest.
fn guest(name: &str) -> &'static [u8] {
    let mut all = gantry_test_guests::ALL.iter();
    all.find(|(guest, _)| *guest == name).unwrap().1
}

/// A test guest as another version of itself.
fn version(name: &str, version: &str) -> Vec<u8> {
    patched(guest(name), b"0.1.0", version.as_bytes())
}

/// A component with another text of the same length in its data. What follows an `@` is a part of
/// an interface's name.
fn patched(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = (1..bytes.len() - old.len())
        .filter(|at| bytes[*at..].starts_with(old) && bytes[at - 1] != b'@')
        .collect();
    assert!(!places.is_empty(), "{old:?} is not in it");
    for at in places {
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    let source = gantry_plugin::Source {
        name: String::new(),
        origin: String::new(),
        bytes: bytes.to_vec(),
        signature: None,
    };
    source.digest()
}
