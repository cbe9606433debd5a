//! Standard output and standard error in every bad state.

use std::fs::File;
use std::io::Write as _;

use super::*;

/// Mistyped op modes and a stop, with this as standard output and standard error.
#[track_caller]
fn stops_with(out: impl Fn() -> Stdio) {
    let robot = robot();
    let mut command = run(&robot, &["--opmode", "drive"]);
    let mut child = command.stdout(out()).stderr(out()).spawn().unwrap();
    wait_until_enabled(&robot);
    let mut orders = b"enable gret\nestpoo\n".repeat(2000);
    orders.extend(b"estop\nquit\n");
    child.stdin.take().unwrap().write_all(&orders).unwrap();
    let status = end(&mut child);
    assert_eq!(status.code(), Some(0));
    let events = recorded(&robot);
    assert_eq!(
        modes(&events),
        ["disabled", "teleoperated", "emergency-stopped"]
    );
    assert!(made_safe(&events, "emergency-stop"));
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
