//! What is in the file while the robot runs, and after it was killed.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{TestRobot, assert_in_order, gantry};

const COUNTS: &str = r#"
    [plugins.counter]
    file = "keeps-locals.wasm"
    [opmodes.count]
    mode = "test"
    schedule = [{ name = "counter/count", arguments = { ticks = 100000 } }]
"#;

/// A robot that runs until it is killed.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(robot: &TestRobot) -> Self {
        let mut command = gantry(&robot.folder);
        command.args(["run", "robot.toml", "--events", "e.jsonl"]);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }

    pub(crate) fn order(&mut self, order: &str) {
        let stdin = self.0.stdin.as_mut().unwrap();
        stdin.write_all(format!("{order}\n").as_bytes()).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The whole lines of a file.
pub(crate) fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole
        .lines()
        .map(|line| serde_json::from_str(line).expect("only the last line may be cut"))
        .collect()
}

/// Waits until a line of the file is one of these; for so long that only a fault makes it fail.
#[track_caller]
pub(crate) fn wait_for(file: &Path, wanted: impl Fn(&Value) -> bool) {
    let since = Instant::now();
    while !lines(file).iter().any(&wanted) {
        let waited = since.elapsed();
        assert!(waited < Duration::from_secs(60), "{:?}", lines(file).last());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_recording_can_be_read_while_it_is_made_and_after_the_process_was_killed() {
    let robot = TestRobot::new(COUNTS);
    let file = robot.folder.path().join("e.jsonl");
    let mut running = Running::start(&robot);
    // The header comes before anything has happened, and each mode when it begins: a few lines, which
    // no buffer is full of.
    wait_for(&file, |line| line["event"] == "header");
    wait_for(&file, |line| line["mode"] == "disabled");
    running.order("enable count");
    wait_for(&file, |line| line["opmode"] == "count");
    wait_for(&file, |line| line["event"] == "scheduled");
    let seen = lines(&file).len();
    wait_for(&file, |line| {
        line["event"] == "tick-ended" && line["tick"].as_u64() > Some(50)
    });
    running.0.kill().unwrap();
    running.0.wait().unwrap();
    let events = lines(&file);
    assert!(events.len() > seen);
    assert_in_order(&events);
}

#[test]
fn a_full_disk_does_not_stop_the_robot_and_what_was_left_out_is_counted() {
    let robot = TestRobot::new(crate::HOSTILE);
    robot.edit(
        "mechanisms = [\"lift\"]",
        "mechanisms = [\"lift\"]\nlimits.recorded-bytes-per-second = \"1 GiB\"",
    );
    let run = ["run", "robot.toml", "--opmode", "flood", "--for", "2s"];
    // So that nothing else is written under the limit.
    robot.succeeds(&["run", "robot.toml", "--for", "50ms"]);
    // A limit on the size of files is a full disk that everybody can have. It is a signal, too.
    let binary = gantry(&robot.folder);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -f 8192; exec \"$@\"", "sh"]);
    limited.arg(binary.get_program()).args(binary.get_args());
    let environment = binary.get_envs();
    limited.envs(environment.filter_map(|(name, value)| Some((name, value?))));
    limited.current_dir(robot.folder.path());
    limited.args(run).args(["--events", "e.jsonl"]);
    let output = limited.stdin(Stdio::null()).output().unwrap();
    let (out, err) = (crate::text(&output.stdout), crate::text(&output.stderr));
    assert!(output.status.success(), "{}\n{err}", output.status);
    assert_eq!(err.matches("cannot record to").count(), 1, "{err}");
    for line in ["counter/count", "e.jsonl is cut", "events are missing"] {
        assert!(out.contains(line), "{out}");
    }
    assert_in_order(&lines(&robot.folder.path().join("e.jsonl")));
}

#[test]
fn a_socket_is_refused_by_name() {
    let robot = TestRobot::new(COUNTS);
    let socket = robot.folder.path().join("sock");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let said = robot.fails(&["run", "robot.toml", "--for", "100ms", "--events", "sock"]);
    assert!(
        said.contains("cannot record to sock: it is a socket"),
        "{said}"
    );
    assert!(!said.contains("nobody reads"), "{said}");
}

#[test]
fn a_pipe_that_nobody_reads_is_waited_for_and_then_has_everything() {
    let robot = TestRobot::new(COUNTS);
    let pipe = robot.folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let mut command = gantry(&robot.folder);
    command.args(["run", "robot.toml", "--for", "100ms", "--events", "pipe"]);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let said = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut said = std::io::BufRead::lines(said);
    let told = said.any(|line| line.is_ok_and(|line| line.contains("nobody reads the pipe")));
    assert!(told, "it does not say what it waits for");
    // To its end, which is that of the robot.
    let events = lines(&pipe);
    assert!(child.wait().unwrap().success());
    assert_eq!(events[0]["event"], "header");
    assert_in_order(&events);
    let ticks = events.iter().filter(|event| event["event"] == "tick-ended");
    assert!(ticks.count() >= 2);
}
