//! Orders on standard input: whatever comes before it, a stop stops.

use std::io::{BufRead as _, Write as _};

use super::*;

/// Enables the robot, sends these bytes, and ends its input or not. What has happened in the end.
#[track_caller]
fn after(arguments: &[&str], bytes: &[u8]) -> (TestRobot, Vec<Value>) {
    let robot = robot();
    let mut child = run(&robot, arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"enable drive\n").unwrap();
    wait_until_enabled(&robot);
    stdin.write_all(bytes).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let events = recorded(&robot);
    (robot, events)
}

#[test]
fn a_stop_works_after_bytes_that_are_no_text_and_a_line_without_end() {
    let mut bytes = b"caf\xe9\n\xff\nhello\n".to_vec();
    bytes.resize(bytes.len() + 600_000, b'x');
    bytes.extend(b"\nfly\n\xfe E-Stop");
    let (_robot, events) = after(&["--for", "1s"], &bytes);
    assert_eq!(
        modes(&events),
        ["disabled", "teleoperated", "emergency-stopped"]
    );
    assert!(made_safe(&events, "emergency-stop"));
}

#[test]
fn a_stop_is_not_held_up_by_a_flood_of_other_orders() {
    let mut bytes = b"enable gret\nenable drive\n".repeat(100_000);
    bytes.extend(b"ESTOP\nenable drive\nquit\n");
    let (_robot, events) = after(&[], &bytes);
    assert_eq!(modes(&events).last(), Some(&"emergency-stopped"));
    let safe = position(&events, |event| event["reason"] == "emergency-stop");
    let stopped = position(&events, |event| event["mode"] == "emergency-stopped");
    let ticks = |index: usize| events[index]["tick"].as_u64().unwrap();
    assert!(
        ticks(safe).abs_diff(ticks(stopped)) <= 1,
        "{safe} {stopped}"
    );
    let notes = events.iter().filter(|event| event["event"] == "note");
    assert!((1..1000).contains(&notes.count()), "told, and not each");
}

fn position(events: &[Value], is: impl Fn(&Value) -> bool) -> usize {
    events.iter().position(is).expect("it has happened")
}

#[test]
fn quitting_and_disabling_are_never_left_out() {
    let mut bytes = b"enable drive\n".repeat(10_000);
    bytes.extend(b"disable\nquit");
    let (_robot, events) = after(&[], &bytes);
    assert_eq!(modes(&events).last(), Some(&"disabled"));
}

#[test]
fn the_end_of_the_operators_input_disables_the_robot() {
    let (_robot, events) = after(&["--for", "2s"], b"");
    assert_eq!(modes(&events), ["disabled", "teleoperated", "disabled"]);
    let note = events.iter().find(|event| event["event"] == "note");
    let text = note.expect("a note")["text"].as_str().unwrap();
    assert!(text.contains("input has ended"), "{text}");
}

#[test]
fn a_robot_that_is_meant_to_run_unattended_goes_on_without_input() {
    let robot = robot();
    let mut command = run(&robot, &["--opmode", "drive", "--for", "1s"]);
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    assert!(end(&mut child).success());
    let events = recorded(&robot);
    let disabled = events.iter().rfind(|event| event["event"] == "mode");
    if !made_safe(&events, "stalled") {
        let time = disabled.unwrap()["t"].as_f64().unwrap();
        assert!(time >= 0.98, "disabled at {time} s");
    }
}

#[test]
fn a_robot_that_is_held_to_run_is_disabled_without_a_sign_of_life() {
    let robot = robot();
    let arguments = ["--hold-to-run", "--heartbeat", "1s"];
    let mut child = run(&robot, &arguments).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"enable drive\n").unwrap();
    wait_until_enabled(&robot);
    let mut said = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
    let line = said.find_map(|line| line.ok().filter(|line| line.contains("no line")));
    assert!(line.is_some(), "it does not say why");
    stdin.write_all(b"quit\n").unwrap();
    assert!(end(&mut child).success());
    assert_eq!(
        modes(&recorded(&robot)),
        ["disabled", "teleoperated", "disabled"]
    );
}
