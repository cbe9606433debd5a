//! `gantry run` with a simulated wheel that is driven with 6 V, watched from outside: through its
//! orders, its signals and its recording.

use std::io::Write as _;
use std::process::ChildStdin;

use rustix::process::{Pid, Signal, kill_process};

use super::*;

/// An order that is not understood, so that the recording says when it was read, and the stop in the
/// same breath.
pub(crate) const MARKED_STOP: &[u8] = b"mark\nestop\n";

/// A robot that runs until it is told to end, or dropped.
pub(crate) struct Driven {
    pub(crate) robot: TestRobot,
    pub(crate) child: Child,
    stdin: Option<ChildStdin>,
}

impl Driven {
    /// Starts `gantry run`, disabled, with these further arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, |command| command)
    }

    /// Starts it with a command that was changed.
    pub(crate) fn start_with(
        arguments: &[&str],
        change: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Self {
        let robot = robot();
        let mut command = run(&robot, arguments);
        let mut child = change(&mut command).spawn().unwrap();
        Self {
            robot,
            stdin: child.stdin.take(),
            child,
        }
    }

    /// Sends bytes to standard input.
    #[track_caller]
    pub(crate) fn order(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// Enables the robot and waits until its wheel is driven. A machine that is busy stalls now and
    /// then, which disables the robot as it should: it is enabled until it stays so.
    #[track_caller]
    pub(crate) fn drive(&mut self) {
        let mut looks = 0_u32;
        wait_until("the wheel is driven", || {
            if looks.is_multiple_of(100) {
                self.order(b"enable drive\n");
            }
            looks += 1;
            volts(&self.so_far())
                .last()
                .is_some_and(|last| last.1 == 6.0)
        });
    }

    /// Ends standard input.
    pub(crate) fn hang_up(&mut self) {
        drop(self.stdin.take());
    }

    pub(crate) fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// What is recorded so far; the last line may be cut.
    pub(crate) fn so_far(&self) -> Vec<Value> {
        let bytes = std::fs::read(recording(&self.robot)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let lines = whole.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("a line of JSON"))
            .collect()
    }

    /// Waits until something is recorded.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, is: impl Fn(&Value) -> bool) {
        wait_until(what, || self.so_far().iter().any(&is));
    }

    /// Waits until the emergency stop is recorded, then ends the program by a signal. Its events.
    #[track_caller]
    pub(crate) fn end_stopped(mut self) -> Vec<Value> {
        self.wait_for("the stop is recorded", |event| {
            event["mode"] == "emergency-stopped"
        });
        self.send(Signal::TERM);
        let status = end(&mut self.child);
        assert_eq!(status.code(), Some(0));
        recorded(&self.robot)
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        // Over already, unless the test has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the wheel was given: the ticks in which that changed, with the values.
pub(crate) fn volts(events: &[Value]) -> Vec<(u64, f64)> {
    let outputs = events
        .iter()
        .filter(|event| event["event"] == "output" && event["channel"] == "arm.voltage");
    let volts = outputs.map(|event| (tick(event), event["value"].as_f64().expect("a number")));
    volts.collect()
}

pub(crate) fn tick(event: &Value) -> u64 {
    event["tick"].as_u64().expect("a tick")
}

/// The wheel was driven, and is at rest for good from the tick on in which the loop takes note of the
/// emergency stop; if the stop was [marked](MARKED_STOP), that is within two ticks of its order.
#[track_caller]
pub(crate) fn assert_stopped(events: &[Value]) {
    let stop = events
        .iter()
        .find(|event| event["reason"] == "emergency-stop")
        .expect("an emergency stop");
    let stop = tick(stop);
    let mark = events.iter().find(|event| {
        let text = event["text"].as_str().unwrap_or_default();
        event["event"] == "note" && text.contains("`mark`")
    });
    if let Some(mark) = mark {
        let ordered = tick(mark);
        assert!(
            stop <= ordered + 2,
            "ordered in tick {ordered}, taken in {stop}"
        );
    }
    let volts = volts(events);
    assert!(
        volts
            .iter()
            .any(|(tick, volts)| *tick <= stop && *volts == 6.0),
        "it was never driven: {volts:?}"
    );
    let then = volts.iter().rfind(|(tick, _)| *tick <= stop).unwrap();
    assert_eq!(then.1, 0.0, "in tick {stop}, of the stop: {volts:?}");
    let after = volts
        .iter()
        .find(|(tick, volts)| *tick > stop && *volts != 0.0);
    assert_eq!(after, None, "after tick {stop}, of the stop");
    assert_eq!(modes(events).last(), Some(&"emergency-stopped"));
}

/// The wheel was driven, and is at rest for good from the tick on in which the loop takes note of the
/// end.
#[track_caller]
pub(crate) fn assert_ended_safe(events: &[Value]) {
    let ending = events.iter().find(|event| event["reason"] == "ending");
    let ending = tick(ending.expect("the end"));
    let volts = volts(events);
    assert!(volts.iter().any(|(_, volts)| *volts == 6.0), "{volts:?}");
    let then = volts.iter().rfind(|(tick, _)| *tick <= ending).unwrap();
    assert_eq!(then.1, 0.0, "in tick {ending}, of the end: {volts:?}");
    let after = volts
        .iter()
        .find(|(tick, volts)| *tick > ending && *volts != 0.0);
    assert_eq!(after, None, "after tick {ending}, of the end");
}
