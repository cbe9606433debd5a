//! A terminal that is held (Ctrl-S), goes away, or has the program in its background.

use super::driven::{assert_ended_safe, assert_stopped};
use super::*;

/// How the robot ends on a terminal in this way, and what has happened; nothing without a Python that
/// makes terminals.
fn ends(way: &str, arguments: &[&str]) -> Option<(String, Vec<Value>)> {
    let robot = robot();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stop/terminal.py");
    let command = run(&robot, arguments);
    let mut python = Command::new("python3");
    python.arg(script).arg(way).arg(recording(&robot));
    python.arg(command.get_program()).args(command.get_args());
    python.current_dir(robot.folder.path());
    python.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
    let output = match python.output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("not tested, there is no python3: {error}");
            return None;
        }
    };
    support::assert_succeeded(&output);
    let status = support::text(&output.stdout).trim().to_owned();
    Some((status, recorded(&robot)))
}

#[test]
fn a_terminal_that_takes_nothing_does_not_hold_up_a_stop() {
    if let Some((status, events)) = ends("held", &["--opmode", "drive"]) {
        assert_eq!(status, "0");
        assert_stopped(&events);
    }
}

#[test]
fn a_terminal_that_goes_away_is_an_orderly_end() {
    if let Some((status, events)) = ends("closed", &["--opmode", "drive"]) {
        assert_eq!(status, "0");
        assert_ended_safe(&events);
        assert_eq!(modes(&events).last(), Some(&"disabled"));
    }
}

#[test]
fn a_program_in_the_background_of_its_terminal_runs() {
    if let Some((status, events)) = ends("background", &["--opmode", "drive", "--for", "2s"]) {
        assert_eq!(status, "0");
        assert_eq!(modes(&events), ["disabled", "teleoperated", "disabled"]);
    }
}
