//! Signals: one orderly end.

use rustix::process::{Pid, Signal, kill_process};

use super::*;

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// The events of an op mode that ends with these signals, sent at once. Standard input stays open.
#[track_caller]
fn after(opmode: &str, signals: &[Signal]) -> Vec<Value> {
    let robot = robot();
    let mut child = run(&robot, &["--opmode", opmode]).spawn().unwrap();
    wait_until_enabled(&robot);
    for signal in signals {
        send(&child, *signal);
    }
    let status = end(&mut child);
    let output = child.wait_with_output().unwrap();
    assert!(status.success(), "{signals:?}: {status} {output:?}");
    let summary = support::text(&output.stdout);
    assert!(
        summary.contains("maker/writes-a-file"),
        "{signals:?}: {summary}"
    );
    let events = recorded(&robot);
    assert_eq!(modes(&events).last(), Some(&"disabled"), "{signals:?}");
    assert!(made_safe(&events, "ending"), "{signals:?}");
    events
}

#[test]
fn each_signal_that_ends_a_program_ends_it_in_an_orderly_way() {
    for signal in [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM] {
        let events = after("drive", &[signal]);
        assert_eq!(
            support::count(&events, "canceled", "counter/yields-on"),
            1,
            "{signal:?}"
        );
    }
}

#[test]
fn a_second_signal_at_once_does_not_skip_the_cleanup_and_one_that_loops_ends() {
    let events = after("stubborn", &[Signal::INT, Signal::INT]);
    assert_eq!(
        support::count(&events, "cleanup-overrun", "cleans-up/never"),
        1
    );
    assert_eq!(support::count(&events, "canceled", "cleans-up/never"), 1);
}

#[test]
fn a_program_that_was_stopped_for_a_time_goes_on_disabled() {
    let robot = robot();
    let mut child = run(&robot, &["--opmode", "drive"]).spawn().unwrap();
    wait_until_enabled(&robot);
    send(&child, Signal::STOP);
    // The time that the test is about.
    std::thread::sleep(Duration::from_secs(2));
    send(&child, Signal::CONT);
    let stderr = child.stderr.take().unwrap();
    let mut said = std::io::BufRead::lines(std::io::BufReader::new(stderr));
    assert!(said.any(|line| line.is_ok_and(|line| line.contains("the robot is disabled"))));
    send(&child, Signal::TERM);
    assert!(end(&mut child).success());

    let events = recorded(&robot);
    assert_eq!(modes(&events), ["disabled", "teleoperated", "disabled"]);
    assert!(made_safe(&events, "stalled"));
    let stalled = events
        .iter()
        .find(|event| event["reason"] == "stalled")
        .unwrap();
    assert!(stalled["by"].as_f64().unwrap() > 1.0, "{stalled}");
    let tick = stalled["tick"].as_u64().unwrap();
    let time_of = |tick: u64| {
        let ended = |event: &&Value| event["event"] == "tick-ended" && event["tick"] == tick;
        events
            .iter()
            .find(ended)
            .map(|event| event["t"].as_f64().unwrap())
    };
    let (before, after) = (time_of(tick - 1).unwrap(), time_of(tick).unwrap());
    assert!(
        after - before > 1.0,
        "times that commands see fit: {before} {after}"
    );
}

#[test]
fn a_stop_from_the_terminal_disables_and_does_not_stop_the_loop() {
    let robot = robot();
    let mut child = run(&robot, &["--opmode", "drive"]).spawn().unwrap();
    wait_until_enabled(&robot);
    for signal in [Signal::TTIN, Signal::TTOU, Signal::XFSZ, Signal::TSTP] {
        send(&child, signal);
    }
    // It only is taken by a process that is not stopped.
    send(&child, Signal::TERM);
    assert!(end(&mut child).success());
    assert_eq!(
        modes(&recorded(&robot)),
        ["disabled", "teleoperated", "disabled"]
    );
}
