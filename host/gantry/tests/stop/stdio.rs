//! Standard output and standard error that take nothing.

use std::fs::File;
use std::io::Write as _;

use super::driven::{Driven, MARKED_STOP, assert_ended_safe, assert_stopped};
use super::*;

/// Mistyped op modes and a stop, with this as standard output and standard error.
#[track_caller]
fn stops_with(out: impl Fn() -> Stdio) {
    for orders in [&b"enable gret\nestpoo\n".repeat(2000)[..], b""] {
        let mut driven = Driven::start_with(&[], |command| command.stdout(out()).stderr(out()));
        driven.drive();
        driven.order(orders);
        driven.order(MARKED_STOP);
        assert_stopped(&driven.end_stopped());
    }
    let mut driven = Driven::start_with(&[], |command| command.stdout(out()).stderr(out()));
    driven.drive();
    driven.order(b"quit\n");
    assert_eq!(end(&mut driven.child).code(), Some(0));
    let events = recorded(&driven.robot);
    assert_ended_safe(&events);
    assert_eq!(modes(&events).last(), Some(&"disabled"));
}

#[test]
fn a_pipe_that_nobody_reads_holds_up_nothing() {
    let (reader, mut full) = std::io::pipe().unwrap();
    full.write_all(&[b'.'; 65_536]).unwrap();
    stops_with(|| full.try_clone().unwrap().into());
    drop(reader);
}

#[test]
fn a_pipe_whose_reader_is_gone_ends_nothing() {
    let (reader, broken) = std::io::pipe().unwrap();
    drop(reader);
    stops_with(|| broken.try_clone().unwrap().into());
}

#[test]
fn standard_streams_that_are_closed_end_nothing() {
    let mut driven = Driven::start_with(&[], |command| {
        *command = support::through_shell(command, "exec \"$0\" \"$@\" >&- 2>&-");
        command.stdin(Stdio::piped())
    });
    driven.drive();
    driven.order(MARKED_STOP);
    assert_stopped(&driven.end_stopped());
}

#[test]
fn a_full_disk_ends_nothing() {
    let full = || File::options().write(true).open("/dev/full").unwrap();
    stops_with(|| full().into());
    let robot = robot();
    for (file, code) in [("robot.toml", 0), ("missing.toml", 1)] {
        let mut check = gantry(&robot.folder);
        let status = check.args(["check", file]).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{file}");
    }
}
