//! Exit codes: 0, 1 and 2, also where nothing can be printed; and nothing of a file that a terminal obeys.
#![cfg(target_os = "linux")]

mod support;

use std::fs::File;

use support::{TestRobot, gantry, text};

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

#[test]
fn one_plugin_is_looked_at_in_little_address_space() {
    let robot = TestRobot::new("");
    robot.succeeds(&["keygen", "maker"]);
    let sign = ["sign", "hello.wasm", "--key", "maker.key"];
    let verify = ["verify", "hello.wasm", "--key", "maker.pub"];
    for arguments in [&["inspect", "hello.wasm"][..], &sign, &verify] {
        // In units of 1024 bytes.
        let output = robot.gantry_under("ulimit -v 3000000", arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        assert_eq!(said, "", "{arguments:?}");
    }
    let of_much = robot.succeeds(&["inspect", "hello.wasm", "--json"]);
    let output = robot.gantry_under("ulimit -v 3000000", &["inspect", "hello.wasm", "--json"]);
    let read = |json: &str| {
        let mut read: serde_json::Value = serde_json::from_str(json).unwrap();
        // Its code checks bounds.
        read["compiled"].take();
        read
    };
    assert_eq!(read(&of_much), read(&text(&output.stdout)));

    let output = robot.gantry_under("ulimit -v 2000000", &["inspect", "hello.wasm"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("looking at a plugin needs 3 GB"), "{said}");
    assert!(said.contains("ulimit -v"), "{said}");
    assert!(!said.contains("robot.toml"), "{said}");
}

#[test]
fn a_limit_on_address_space_is_told_with_what_would_fit() {
    const OPMODE: &str = r#"
        [plugins.counter]
        file = "keeps-locals.wasm"
        [opmodes.count]
        mode = "test"
        schedule = [{ name = "counter/count", arguments = { ticks = 3 } }]
    "#;
    let robot = TestRobot::new(OPMODE);
    let sim = ["sim", "robot.toml", "--opmode", "count", "--for", "100ms"];
    // In units of 1024 bytes.
    let under = |limit: u64| {
        let output = robot.gantry_under(&format!("ulimit -v {limit}"), &sim);
        (output.status.code(), text(&output.stderr))
    };
    let (status, said) = under(100_000_000);
    assert_eq!(status, Some(1), "{said}");
    let most = said.split("`robot.live-runs = ").nth(1);
    let most = most.and_then(|rest| rest.split_once('`'));
    let most = most.unwrap_or_else(|| panic!("{said}")).0.to_owned();
    robot.edit(
        "robot.name = \"Test\"",
        &format!("robot.name = \"Test\"\nrobot.live-runs = {most}"),
    );
    let (status, said) = under(100_000_000);
    assert_eq!(status, Some(0), "{most}: {said}");
    // Not even one run would fit.
    let (status, said) = under(20_000_000);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("`robot.live-runs = 1` needs"), "{said}");
    assert!(said.contains("ulimit -v"), "{said}");
}
