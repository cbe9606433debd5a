//! Orders on standard input: whatever comes before it, a stop stops.

use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use super::driven::{Driven, assert_stopped, tick, volts};
use super::*;

/// What happens when a robot that is driven is sent these bytes, with a stop in them.
#[track_caller]
fn stopped_by(bytes: &[u8]) -> Vec<Value> {
    let mut driven = Driven::start(&[]);
    driven.drive();
    driven.order(bytes);
    driven.hang_up();
    let events = driven.end_stopped();
    assert_stopped(&events);
    events
}

#[test]
fn a_stop_works_after_bytes_that_are_no_text_and_a_line_without_end() {
    let mut bytes = b"caf\xe9\n\xff\nhello\n".to_vec();
    bytes.resize(bytes.len() + 600_000, b'x');
    bytes.extend(b"\nfly\n\xfe E-Stop");
    stopped_by(&bytes);
}

#[test]
fn a_stop_works_in_a_line_without_end() {
    let mut bytes = vec![b'x'; 600_000];
    bytes.extend(b" stop");
    stopped_by(&bytes);
}

#[test]
fn a_stop_is_not_held_up_by_a_flood_of_other_orders() {
    let mut bytes = b"enable gret\nenable drive\n".repeat(100_000);
    bytes.extend(b"ESTOP\nenable drive\n");
    let events = stopped_by(&bytes);
    let notes = events.iter().filter(|event| event["event"] == "note");
    assert!((1..1000).contains(&notes.count()), "told, and not each");
}

#[test]
fn quitting_and_disabling_are_never_left_out() {
    let mut driven = Driven::start(&[]);
    driven.drive();
    let mut bytes = b"enable drive\n".repeat(10_000);
    bytes.extend(b"disable\nquit");
    driven.order(&bytes);
    driven.hang_up();
    assert!(end(&mut driven.child).success());
    let events = recorded(&driven.robot);
    assert_eq!(modes(&events).last(), Some(&"disabled"));
    assert_eq!(volts(&events).last().unwrap().1, 0.0);
}

#[test]
fn the_end_of_the_operators_input_disables_the_robot() {
    let mut driven = Driven::start(&[]);
    driven.drive();
    driven.hang_up();
    driven.wait_for("the end of the input is told", |event| {
        let text = event["text"].as_str().unwrap_or_default();
        text.contains("input has ended")
    });
    driven.wait_for("a later tick", |event| event["event"] == "tick-ended");
    driven.send(rustix::process::Signal::TERM);
    assert!(end(&mut driven.child).success());
    let events = recorded(&driven.robot);
    let told = events.iter().find(|event| {
        let text = event["text"].as_str().unwrap_or_default();
        text.contains("input has ended")
    });
    let told = tick(told.unwrap());
    let then = volts(&events).into_iter().rfind(|volts| volts.0 <= told);
    assert_eq!(then.unwrap().1, 0.0, "in the tick in which it is told");
    assert_eq!(modes(&events).last(), Some(&"disabled"));
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
fn a_heartbeat_that_no_operator_can_keep_up_is_refused() {
    let robot = robot();
    let held = ["run", "robot.toml", "--for", "100ms", "--hold-to-run"];
    for heartbeat in ["1 ms", "39.9ms"] {
        let said = robot.fails(&[&held[..], &["--heartbeat", heartbeat]].concat());
        assert!(
            said.contains("two periods of the robot or more, 40ms"),
            "{said}"
        );
        assert!(said.contains("give --heartbeat 40ms or more"), "{said}");
    }
    robot.succeeds(&[&held[..], &["--heartbeat", "40ms"]].concat());
    // That of the default is too short for a robot that is slow.
    robot.edit(
        "robot.name = \"Test\"",
        "robot.name = \"Test\"\nrobot.period = \"200 ms\"",
    );
    let said = robot.fails(&held);
    assert!(said.contains("give --heartbeat 400ms or more"), "{said}");
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
    let events = recorded(&robot);
    assert_eq!(modes(&events), ["disabled", "teleoperated", "disabled"]);
    assert_eq!(volts(&events).last().unwrap().1, 0.0);
}

/// Ticks for which the robot has to stay enabled: two and a half of its heartbeats.
const TICKS: u64 = 125;

#[test]
fn a_robot_that_is_held_to_run_stays_enabled_as_long_as_signs_of_life_come() {
    let heartbeat = Duration::from_secs(1);
    // A machine that is busy may keep this test from sending in time, or stall the robot.
    for _ in 0..20 {
        let mut driven = Driven::start(&["--hold-to-run", "--heartbeat", "1s"]);
        driven.drive();
        let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
        let driven_since = volts(&driven.so_far()).last().unwrap().0;
        let mut looks = 0_u32;
        wait_until("enough ticks are recorded", || {
            driven.order(b"alive\n");
            longest = longest.max(last.elapsed());
            last = Instant::now();
            looks += 1;
            // Reading all of it each time would be the slowest part.
            looks.is_multiple_of(20)
                && driven
                    .so_far()
                    .iter()
                    .any(|event| tick_of(event) > driven_since + TICKS)
        });
        driven.order(b"quit\n");
        assert!(end(&mut driven.child).success());
        let events = recorded(&driven.robot);
        let starved = longest > heartbeat / 2 || made_safe(&events, "stalled");
        if starved {
            println!("again: {longest:?} between two signs of life");
            continue;
        }
        assert_eq!(modes(&events), ["disabled", "teleoperated", "disabled"]);
        let disabled = events.iter().rfind(|event| event["event"] == "mode");
        let disabled = tick(disabled.unwrap());
        assert!(disabled > driven_since + TICKS, "{driven_since} {disabled}");
        return;
    }
    println!("not tested: this machine is too busy to send a line in half a second");
}

fn tick_of(event: &Value) -> u64 {
    event["tick"].as_u64().unwrap_or_default()
}
