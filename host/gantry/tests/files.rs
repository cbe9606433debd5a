//! What the real binary is given as a file of text and is none: it says so and ends.

mod support;

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use support::{TestRobot, gantry, text};

/// What the binary says when it is to read this. It has to fail; one that waits for ever is killed.
#[track_caller]
fn complaint(robot: &TestRobot, arguments: &[&str]) -> String {
    let mut child = gantry(&robot.folder)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            panic!("{arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}\n{said}");
    said
}

/// A file of this many bytes that takes no place.
fn sparse(path: &Path, bytes: u64) {
    File::create(path).unwrap().set_len(bytes).unwrap();
}

const TOO_LARGE: &str = "it has more than 16777216 bytes, which is the most";

#[test]
fn a_robots_file_is_a_file_of_a_sensible_size() {
    let robot = TestRobot::new("");
    let folder = robot.folder.path();
    std::fs::create_dir(folder.join("folder.toml")).unwrap();
    sparse(&folder.join("large.toml"), (16 << 20) + 1);
    let mut files = vec![
        ("folder.toml", "it is not a file"),
        ("large.toml", TOO_LARGE),
    ];
    if cfg!(unix) {
        let made = std::process::Command::new("mkfifo")
            .arg(folder.join("pipe.toml"))
            .status();
        assert!(made.unwrap().success());
        files.push(("pipe.toml", "it is not a file"));
        files.push(("/dev/zero", "it is not a file"));
    }
    for (file, why) in files {
        let expected = format!("error: cannot read {file}: {why}\n");
        for arguments in [
            &["check", file][..],
            &["run", file, "--for", "1s"],
            &["sim", file],
            &["lock", file],
            &["inspect", "hello.wasm", "--robot", file],
        ] {
            assert_eq!(complaint(&robot, arguments), expected, "{arguments:?}");
        }
    }
    robot.write("bytes.toml", b"\xff\xfe");
    let expected = "error: cannot read bytes.toml: it is not text in UTF-8\n";
    assert_eq!(complaint(&robot, &["check", "bytes.toml"]), expected);
}

#[test]
fn a_lock_and_a_key_are_files_of_a_sensible_size() {
    let robot = TestRobot::new("");
    let folder = robot.folder.path();
    sparse(&folder.join("robot.lock"), (16 << 20) + 1);
    let said = complaint(&robot, &["check", "robot.toml", "--locked"]);
    assert_eq!(said, format!("error: robot.lock: {TOO_LARGE}\n"));

    if cfg!(unix) {
        let verify = ["verify", "hello.wasm", "--key", "/dev/zero"];
        let said = complaint(&robot, &verify);
        assert!(
            said.contains("cannot read the key /dev/zero: it is not a file"),
            "{said}"
        );
    }
}
