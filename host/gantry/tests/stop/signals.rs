//! Signals: one orderly end.

use std::io::Write as _;

use rustix::process::{Pid, Signal, kill_process};

use super::driven::{Driven, MARKED_STOP, assert_ended_safe, assert_stopped, volts};
use super::*;

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

#[test]
fn each_signal_that_ends_a_program_ends_it_in_an_orderly_way() {
    let signals = [
        Signal::HUP,
        Signal::INT,
        Signal::QUIT,
        Signal::TERM,
        Signal::XCPU,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::VTALARM,
        Signal::PROF,
        Signal::IO,
        #[cfg(target_os = "linux")]
        Signal::POWER,
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        Signal::STKFLT,
    ];
    let mut numbers = signals.map(Signal::as_raw).to_vec();
    // Real-time signals, the first and the last.
    #[cfg(target_os = "linux")]
    numbers.extend([35, 64]);
    for signal in numbers {
        let mut driven = Driven::start(&[]);
        driven.drive();
        let pid = driven.child.id();
        let kill = format!("kill -{signal} {pid}");
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(sent.unwrap().success(), "{kill}");
        assert_eq!(end(&mut driven.child).code(), Some(0), "{signal}");
        let mut summary = String::new();
        let mut stdout = driven.child.stdout.take().unwrap();
        std::io::Read::read_to_string(&mut stdout, &mut summary).unwrap();
        assert!(summary.contains("cleans-up/writes"), "{signal}: {summary}");
        let events = recorded(&driven.robot);
        assert_ended_safe(&events);
        assert_eq!(modes(&events).last(), Some(&"disabled"), "{signal}");
        for command in ["counter/yields-on", "cleans-up/writes"] {
            let canceled = support::count(&events, "canceled", command);
            let scheduled = support::count(&events, "scheduled", command);
            assert_eq!(canceled, scheduled, "{signal}: {command}");
        }
    }
}

#[test]
fn a_second_signal_at_once_does_not_skip_the_cleanup_and_one_that_loops_ends() {
    let robot = robot();
    let mut child = run(&robot, &["--opmode", "stubborn"]).spawn().unwrap();
    wait_until_enabled(&robot);
    send(&child, Signal::INT);
    send(&child, Signal::INT);
    assert_eq!(end(&mut child).code(), Some(0));
    let events = recorded(&robot);
    assert_eq!(modes(&events).last(), Some(&"disabled"));
    assert!(made_safe(&events, "ending"));
    assert_eq!(
        support::count(&events, "cleanup-overrun", "cleans-up/never"),
        1
    );
    assert_eq!(support::count(&events, "canceled", "cleans-up/never"), 1);
}

/// Sends a signal again and again until the program ends.
#[track_caller]
pub(crate) fn signal_until_it_ends(child: &mut Child, signal: Signal) -> ExitStatus {
    let mut status = None;
    wait_until("the program ends", || {
        status = child.try_wait().unwrap();
        if status.is_none() {
            send(child, signal);
        }
        status.is_some()
    });
    status.unwrap()
}

#[test]
fn a_second_signal_forces_the_end_with_outputs_safe() {
    for (first, second) in [
        (Signal::TERM, Signal::INT),
        (Signal::INT, Signal::TERM),
        (Signal::HUP, Signal::HUP),
    ] {
        // Nobody reads the summary, which keeps the end waiting for two seconds.
        let (reader, mut full) = std::io::pipe().unwrap();
        full.write_all(&[b'.'; 65_536]).unwrap();
        let mut driven = Driven::start_with(&[], |command| command.stdout(full));
        driven.drive();
        driven.send(first);
        driven.wait_for("the orderly end begins", |event| {
            event["reason"] == "ending"
        });
        let status = signal_until_it_ends(&mut driven.child, second);
        assert_eq!(status.code(), Some(3), "{first:?}, {second:?}");
        let mut stderr = driven.child.stderr.take().unwrap();
        let mut said = String::new();
        std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
        assert!(said.contains("a second signal came"), "{said}");
        // All but perhaps the end of the recording is there.
        let events = driven.so_far();
        assert_ended_safe(&events);
        drop(reader);
    }
}

#[test]
fn a_program_that_was_stopped_for_a_time_goes_on_disabled() {
    let mut driven = Driven::start(&[]);
    driven.drive();
    driven.send(Signal::STOP);
    // The time that the test is about.
    std::thread::sleep(Duration::from_secs(2));
    driven.send(Signal::CONT);
    driven.wait_for("the stall is recorded", |event| {
        event["reason"] == "stalled" && event["by"].as_f64() > Some(1.0)
    });
    driven.drive();
    driven.order(MARKED_STOP);
    let events = driven.end_stopped();
    assert_stopped(&events);
    let disabled = &modes(&events)[..3];
    assert_eq!(disabled, ["disabled", "teleoperated", "disabled"]);
    let stalled = events
        .iter()
        .find(|event| event["reason"] == "stalled" && event["by"].as_f64() > Some(1.0))
        .unwrap();
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
    let volts = volts(&events);
    let then = volts.iter().rfind(|(at, _)| *at <= tick).unwrap();
    assert_eq!(then.1, 0.0, "in tick {tick}, of the stall: {volts:?}");
}

#[test]
fn a_stop_from_the_terminal_disables_and_does_not_stop_the_loop() {
    let mut driven = Driven::start(&[]);
    driven.drive();
    for signal in [Signal::TTIN, Signal::TTOU, Signal::XFSZ, Signal::TSTP] {
        driven.send(signal);
    }
    // Only a process that is not stopped ticks on.
    wait_until("the wheel is at rest", || {
        volts(&driven.so_far())
            .last()
            .is_some_and(|last| last.1 == 0.0)
    });
    driven.drive();
    driven.order(MARKED_STOP);
    assert_stopped(&driven.end_stopped());
}
