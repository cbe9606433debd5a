//! Plugins whose files change while `gantry run` runs them.

mod support;

#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use serde_json::Value;
use support::live::Live;
use support::{TestRobot, count, guest};
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
    let robot = start(COUNTER, "count");
    robot.wait_for_event("scheduled", "counter/yields-on");
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
    let robot = start(
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
    );
    robot.wait_for("Hello, robot!");
    robot.wait_for_event("scheduled", "cleans/writes");
    robot.write(
        "greeter.wasm",
        &patched(guest("hello"), b"Hello, ", b"Howdy, "),
    );
    robot.wait_for("reloaded greeter 0.1.0 -> 0.1.0");
    robot.wait_for("Howdy, robot!");
    robot.write("cleans-up.wasm", &version("cleans-up", "0.1.1"));
    robot.wait_for("reloaded cleans 0.1.0 -> 0.1.1");
    robot.wait_for_event("scheduled", "cleans/writes");
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
    let robot = start(
        r#"
        robot = { name = "Test", reload = "finish" }
        [plugins.counter]
        file = "counter.wasm"
        [opmodes.count]
        mode = "test"
        schedule = [{ name = "counter/count", arguments = { ticks = 300 } }]
        "#,
        "count",
    );
    robot.wait_for_event("scheduled", "counter/count");
    robot.write("counter.wasm", &version("keeps-locals", "0.2.0"));
    let line = robot.wait_for("reloaded counter 0.1.0 -> 0.2.0");
    assert!(line.ends_with(')'), "nothing is canceled: {line}");
    robot.wait_for_event("completed", "counter/count");
    let events = robot.quit();
    let position = |event: &str| events.iter().position(|e| e["event"] == event).unwrap();
    assert!(position("reloaded") < position("completed"));
    assert_eq!(events[position("completed")]["value"], 44850);
    assert_eq!(count(&events, "canceled", "counter/count"), 0);
}

#[test]
fn a_bad_file_leaves_the_old_plugin_running_and_says_why_once() {
    let robot = start(COUNTER, "count");
    robot.wait_for_event("scheduled", "counter/yields-on");
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
    let robot = start(
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
    );
    let new = version("keeps-locals", "0.2.0");
    robot.wait_for_event("scheduled", "counter/yields-on");
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

/// Somebody who signs plugins.
struct Signer(TempDir);

impl Signer {
    fn new() -> Self {
        let signer = Self(TempDir::new().unwrap());
        signer.gantry(&["keygen", "alice"]);
        signer
    }

    /// A robot that trusts nobody else.
    fn robot(&self, rest: &str) -> String {
        let public = std::fs::read_to_string(self.0.path().join("alice.pub")).unwrap();
        let key = public.lines().nth(1).unwrap();
        format!("{rest}\n[signatures]\nrequired = true\ntrusted.alice = \"{key}\"\n")
    }

    fn sign(&self, plugin: &[u8]) -> String {
        std::fs::write(self.0.path().join("plugin.wasm"), plugin).unwrap();
        self.gantry(&["sign", "plugin.wasm", "--key", "alice.key"]);
        std::fs::read_to_string(self.0.path().join("plugin.wasm.minisig")).unwrap()
    }

    fn gantry(&self, arguments: &[&str]) {
        let output = support::gantry(&self.0).args(arguments).output().unwrap();
        support::assert_succeeded(&output);
    }
}

#[test]
fn a_signature_that_comes_after_its_component_is_looked_at() {
    let signer = Signer::new();
    let signature = signer.sign(guest("keeps-locals"));
    let robot = start_with(
        &signer.robot(COUNTER),
        "count",
        &[("counter.wasm.minisig", &signature)],
    );
    robot.wait_for_event("scheduled", "counter/yields-on");
    let new = version("keeps-locals", "0.2.0");
    let refused =
        "counter is not reloaded, 0.1.0 goes on: checking the signature: the signature of";
    robot.write("counter.wasm", &new);
    robot.wait_for(refused);
    // Somebody who copies it once more wants to know once more.
    robot.write("counter.wasm", &new);
    robot.wait_for(refused);
    robot.write("counter.wasm.minisig", signer.sign(&new).as_bytes());
    robot.wait_for("reloaded counter 0.1.0 -> 0.2.0");

    // What is wrong with a signature is not told of the component.
    std::fs::remove_file(robot.path("counter.wasm.minisig")).unwrap();
    std::fs::create_dir(robot.path("counter.wasm.minisig")).unwrap();
    let line = robot.wait_for("counter is not reloaded, 0.2.0 goes on: its signature ");
    assert!(
        line.contains("counter.wasm.minisig cannot be read: it is not a file"),
        "{line}"
    );
    robot.quit();
}

#[test]
fn a_plugin_does_not_wait_for_another_that_takes_long_to_compile() {
    let robot = start(
        &format!("{COUNTER}\n[plugins.greeter]\nfile = \"greeter.wasm\"\n"),
        "count",
    );
    robot.wait_for_event("scheduled", "counter/yields-on");
    robot.write("greeter.wasm", &support::large(200));
    robot.wait_for("loading greeter");
    robot.write("counter.wasm", &version("keeps-locals", "0.2.0"));
    robot.wait_for("reloaded counter 0.1.0 -> 0.2.0");
    // Whoever copies the right file does not have to wait for the wrong one.
    robot.write("greeter.wasm", &version("hello", "0.3.0"));
    robot.wait_for("reloaded greeter 0.1.0 -> 0.3.0");
    // And no robot waits for what is compiled when it ends.
    robot.write("greeter.wasm", &support::large(200));
    robot.wait_for("loading greeter");
    #[cfg(target_os = "linux")]
    let compiler = child_of(robot.child.id());
    let events = robot.quit();
    let reloaded: Vec<_> = events.iter().filter(|e| e["event"] == "reloaded").collect();
    let plugins: Vec<_> = reloaded.iter().map(|e| e["plugin"].as_str()).collect();
    assert_eq!(plugins, [Some("counter"), Some("greeter")]);
    #[cfg(target_os = "linux")]
    {
        let deadline = Instant::now() + Duration::from_secs(60);
        while is_there(compiler) {
            assert!(Instant::now() < deadline, "the compiler goes on");
            std::thread::yield_now();
        }
    }
}

/// The number of the process that this one has started, once it has.
#[cfg(target_os = "linux")]
fn child_of(parent: u32) -> u32 {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        for entry in std::fs::read_dir(format!("/proc/{parent}/task")).unwrap() {
            let children = entry.unwrap().path().join("children");
            let children = std::fs::read_to_string(children).unwrap_or_default();
            if let Some(child) = children.split_whitespace().next() {
                return child.parse().unwrap();
            }
        }
        assert!(Instant::now() < deadline, "nothing is compiled");
        std::thread::yield_now();
    }
}

/// Whether a process runs, rather than waiting for somebody to take note of its end.
#[cfg(target_os = "linux")]
fn is_there(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
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
    let robot = start(COUNTER, "count");
    let versions = [
        version("keeps-locals", "0.2.0"),
        version("keeps-locals", "0.3.0"),
    ];
    robot.wait_for_event("scheduled", "counter/yields-on");
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

/// A robot in a folder with copies of the test guests that it may name, of which one op mode is
/// enabled.
#[cfg(unix)]
#[test]
fn a_link_that_is_turned_to_another_version_is_a_change() {
    let robot = TestRobot::from_text(&COUNTER.replace("counter.wasm", "current/counter.wasm"));
    let folder = robot.folder.path().to_owned();
    for (name, number) in [("v1", "0.1.0"), ("v2", "0.2.0")] {
        std::fs::create_dir(folder.join(name)).unwrap();
        robot.write(
            &format!("{name}/counter.wasm"),
            &version("keeps-locals", number),
        );
    }
    std::os::unix::fs::symlink("v1", folder.join("current")).unwrap();
    let live = Live::start(robot, &["--opmode", "count"]);
    live.wait_for_event("scheduled", "counter/yields-on");
    std::os::unix::fs::symlink("v2", folder.join("next")).unwrap();
    std::fs::rename(folder.join("next"), folder.join("current")).unwrap();
    live.wait_for("reloaded counter 0.1.0 -> 0.2.0");
    live.quit();
}

#[test]
fn compiled_code_that_is_overwritten_meanwhile_harms_nobody() {
    let robot = TestRobot::from_text(COUNTER);
    robot.write("counter.wasm", &version("keeps-locals", "0.1.0"));
    let folder = robot.folder.path().to_owned();
    let mut live = Live::start(robot, &["--cache", "own", "--opmode", "count"]);
    live.wait_for_event("scheduled", "counter/yields-on");
    live.write("counter.wasm", &version("keeps-locals", "0.2.0"));
    live.wait_for("reloaded counter 0.1.0 -> 0.2.0");
    let entries = std::fs::read_dir(folder.join("own")).unwrap();
    let mut overwritten = 0;
    for entry in entries.map(|entry| entry.unwrap().path()) {
        if entry.is_file() {
            std::fs::write(entry, "overwritten").unwrap();
            overwritten += 1;
        }
    }
    assert!(overwritten >= 2, "{overwritten}");
    live.order("disable");
    live.order("enable count");
    // Its code is in memory; that of the first version is compiled anew.
    live.write("counter.wasm", &version("keeps-locals", "0.1.0"));
    live.wait_for("reloaded counter 0.2.0 -> 0.1.0");
    let events = live.quit();
    assert_eq!(count(&events, "scheduled", "counter/yields-on"), 2);
    assert_eq!(count(&events, "failed", "counter/yields-on"), 0);
}

fn start(robot: &str, opmode: &str) -> Live {
    start_with(robot, opmode, &[])
}

/// The same with more files.
fn start_with(robot: &str, opmode: &str, files: &[(&str, &str)]) -> Live {
    let robot = TestRobot::from_text(robot);
    for name in ["counter", "off", "pinned"] {
        robot.write(&format!("{name}.wasm"), guest("keeps-locals"));
    }
    robot.write("greeter.wasm", guest("hello"));
    for (name, text) in files {
        robot.write(name, text.as_bytes());
    }
    Live::start(robot, &["--opmode", opmode])
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
