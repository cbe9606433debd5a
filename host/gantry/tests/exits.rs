//! Exit codes: 0, 1 and 2, also where nothing can be printed; and nothing of a file that a terminal obeys.
#![cfg(target_os = "linux")]

mod support;

use std::fs::File;

use support::{TestRobot, gantry};

/// Runs the binary with a standard error, and a standard output, that take nothing.
fn mute(robot: &TestRobot, arguments: &[&str]) -> Option<i32> {
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let mut command = gantry(&robot.folder);
    let status = command.args(arguments).stderr(full()).status().unwrap();
    status.code()
}

#[test]
fn an_exit_code_does_not_depend_on_who_reads_what_is_printed() {
    // An op mode in which nothing happens is a warning.
    let robot = TestRobot::new("plugins.hello.file = \"hello.wasm\"\nopmodes.a.mode = \"test\"\n");
    robot.write("wrong.toml", b"robot.name = 7\n");
    assert_eq!(mute(&robot, &["check", "robot.toml"]), Some(0));
    assert_eq!(mute(&robot, &["check", "wrong.toml"]), Some(1));
    assert_eq!(mute(&robot, &["check", "missing.toml"]), Some(1));
    assert_eq!(mute(&robot, &["lock", "robot.toml"]), Some(0));
    assert_eq!(mute(&robot, &["lock", "wrong.toml"]), Some(1));
    assert_eq!(
        mute(&robot, &["sign", "hello.wasm", "--key", "missing.key"]),
        Some(1)
    );
    assert_eq!(
        mute(&robot, &["--log", "[", "check", "robot.toml"]),
        Some(2)
    );
    assert_eq!(mute(&robot, &["dance"]), Some(2));
}

#[test]
fn what_a_robots_file_says_reaches_no_terminal_raw() {
    let robot = TestRobot::new("");
    let evil = r"\u001b]0;owned\u0007\u202e\u200b\u061c\ufeff\n  op mode fake: ok";
    let file = format!(
        "robot.name = \"{evil}\"\nopmodes.a = {{ mode = \"test\", summary = \"{evil}\" }}\n"
    );
    robot.write("robot.toml", file.as_bytes());
    for arguments in [
        &["check", "robot.toml"][..],
        &["lock", "robot.toml"],
        &["check", "robot.toml", "--locked"],
        &["run", "robot.toml", "--for", "100ms"],
        &["sim", "robot.toml", "--opmode", "a", "--for", "100ms"],
    ] {
        let said = robot.succeeds(arguments);
        let raw = |c: char| {
            (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{61c}\u{feff}".contains(c)
        };
        assert!(!said.contains(raw), "{arguments:?}: {said:?}");
        assert!(!said.contains("\n  op mode fake"), "{arguments:?}: {said}");
    }
}
