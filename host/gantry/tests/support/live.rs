//! Robots that run while the test looks on.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{TestRobot, count, gantry};

/// The time after which a condition that did not come true counts as one that never will: long
/// enough for a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(120);

/// A robot that runs in real time, and what it says.
pub struct Live {
    pub robot: TestRobot,
    pub child: Child,
    lines: mpsc::Receiver<String>,
}

impl Live {
    /// Starts `gantry run` with these further arguments.
    pub fn start(robot: TestRobot, arguments: &[&str]) -> Self {
        let mut child = gantry(&robot.folder)
            .args(["run", "robot.toml"])
            .args(["--log", "warn,gantry=info,gantry::reload=debug"])
            .args(["--events", "events.jsonl"])
            .args(arguments)
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
            robot,
            child,
            lines,
        }
    }

    /// Waits for a line of standard error with this text in it.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
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

    /// Gives the robot an order.
    pub fn order(&mut self, order: &str) {
        let orders = self.child.stdin.as_mut().unwrap();
        orders.write_all(format!("{order}\n").as_bytes()).unwrap();
    }

    /// Waits until the recording has this event of this command.
    #[track_caller]
    pub fn wait_for_event(&self, event: &str, command: &str) {
        let what = format!("`{command}` {event}");
        self.wait_until(&what, |events| count(events, event, command) > 0);
    }

    /// Waits until the recording is as it should be.
    #[track_caller]
    pub fn wait_until(&self, what: &str, is_there: impl Fn(&[Value]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let events = self.events();
            if is_there(&events) {
                return;
            }
            assert!(Instant::now() < deadline, "not there: {what}; {events:#?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A file in the robot's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.robot.folder.path().join(name)
    }

    /// Replaces a file all at once, since the host may look at any moment. A test that means half a
    /// file writes half a file.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let partial = self.path(&format!("{name}.partial"));
        std::fs::write(&partial, bytes).unwrap();
        std::fs::rename(partial, self.path(name)).unwrap();
    }

    /// Adds to the end of a file.
    pub fn append(&self, name: &str, bytes: &[u8]) {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.append(true).open(self.path(name)).unwrap();
        file.write_all(bytes).unwrap();
    }

    /// Stops the robot and returns what was recorded.
    pub fn quit(mut self) -> Vec<Value> {
        let mut orders = self.child.stdin.take().unwrap();
        orders.write_all(b"quit\n").unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
        self.events()
    }

    /// The events that were recorded so far; the last line may be unfinished.
    pub fn events(&self) -> Vec<Value> {
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
