//! What was locked starts, whatever else this machine builds, and nothing is locked that does not.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::support::{TestRobot, assert_succeeded, guest, text};
use crate::{ROBOT, alone};

/// A robot that was locked with a cache and a secret of its own.
fn locked_alone() -> TestRobot {
    let robot = TestRobot::new(ROBOT);
    fs::create_dir(robot.folder.path().join("data")).unwrap();
    assert_succeeded(&own(&robot, &["lock", "robot.toml"]));
    robot
}

fn own(robot: &TestRobot, arguments: &[&str]) -> std::process::Output {
    alone(robot, &[&["--cache", "cache"], arguments].concat())
}

/// Starts it in every way there is.
#[track_caller]
fn starts(robot: &TestRobot) {
    for arguments in [
        &["check", "robot.toml", "--locked"][..],
        &["run", "robot.toml", "--locked", "--for", "100ms"],
        &[
            "sim",
            "robot.toml",
            "--locked",
            "--opmode",
            "count",
            "--for",
            "1s",
        ],
    ] {
        assert_succeeded(&own(robot, arguments));
    }
}

fn code(robot: &TestRobot) -> PathBuf {
    robot.folder.path().join("state/gantry/locked")
}

/// Names of the compiled code in a folder.
fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(".code")).collect();
    names.sort();
    names
}

/// Makes the plugin `counter` the one that greets, from this file.
fn becomes(robot: &TestRobot, file: &str) {
    robot.edit("keeps-locals.wasm", file);
    let counts = "{ name = \"counter/count\", arguments = { ticks = 10 } }";
    robot.edit(counts, "\"counter/hello\"");
}

/// An entry without blocks on the disk, which is larger than all are allowed to be together.
fn giant(folder: &Path, number: u8, used: SystemTime) -> PathBuf {
    let path = folder.join(format!("{}-0.code", format!("{number:02x}").repeat(32)));
    let file = File::create(&path).unwrap();
    file.set_len(3 << 30).unwrap();
    file.set_modified(used).unwrap();
    path
}

#[test]
fn a_locked_robot_does_not_need_the_cache() {
    let robot = locked_alone();
    fs::remove_dir_all(robot.folder.path().join("cache")).unwrap();
    starts(&robot);
    assert!(!robot.folder.path().join("cache").exists());
    let without = alone(&robot, &["--no-cache", "check", "robot.toml", "--locked"]);
    assert_succeeded(&without);
}

#[test]
fn however_much_is_built_the_code_that_a_lock_needs_stays() {
    let robot = locked_alone();
    let needed = entries(&code(&robot));
    assert_eq!(needed.len(), 4, "two plugins, for `run` and for `sim`");
    let cache = robot.folder.path().join("cache");
    // What was used last of all, and is too much for the folder.
    let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
    let giants = [
        giant(&cache, 1, tomorrow),
        giant(&code(&robot), 2, tomorrow),
    ];
    robot.write(
        "other.toml",
        b"robot.name = \"Other\"\nplugins.hello.file = \"hello.wasm\"",
    );
    assert_succeeded(&own(&robot, &["check", "other.toml"]));
    assert_succeeded(&own(&robot, &["lock", "other.toml"]));
    assert!(
        giants.iter().all(|giant| !giant.exists()),
        "nothing is evicted"
    );
    // What a process has stored itself, the eviction of that process leaves there.
    let digest = own(&robot, &["inspect", "hello.wasm", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&digest.stdout).unwrap();
    let hello = report["digest"].as_str().unwrap();
    assert!(entries(&cache).iter().any(|name| name.starts_with(hello)));
    let now = entries(&code(&robot));
    assert_eq!(now.len(), 6, "{now:?}");
    assert!(needed.iter().all(|name| now.contains(name)), "{now:?}");
    starts(&robot);
}

#[test]
fn a_robot_that_is_moved_and_one_that_is_copied_start_too() {
    let robot = locked_alone();
    let elsewhere = robot.folder.path().join("elsewhere");
    fs::create_dir_all(elsewhere.join("data")).unwrap();
    for name in [
        "robot.toml",
        "robot.lock",
        "keeps-locals.wasm",
        "describes.wasm",
    ] {
        fs::copy(robot.folder.path().join(name), elsewhere.join(name)).unwrap();
    }
    assert_succeeded(&own(&robot, &["check", "elsewhere/robot.toml", "--locked"]));
    // The first is locked to something else: the copy still needs the code.
    becomes(&robot, "hello.wasm");
    assert_succeeded(&own(&robot, &["lock", "robot.toml"]));
    giant(&code(&robot), 3, SystemTime::now());
    robot.write(
        "other.toml",
        b"robot.name = \"Other\"\nplugins.hello.file = \"hello.wasm\"",
    );
    assert_succeeded(&own(&robot, &["lock", "other.toml"]));
    assert_succeeded(&own(&robot, &["check", "elsewhere/robot.toml", "--locked"]));
}

/// The file of the plugin is what is on standard input, which is nothing in any other process.
#[cfg(target_os = "linux")]
#[test]
fn what_does_not_start_in_another_process_is_not_locked() {
    let robot = locked_alone();
    let before = robot.read("robot.lock");
    let file = robot.read("robot.toml");
    becomes(&robot, "/proc/self/fd/0");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gantry"));
    command
        .current_dir(robot.folder.path())
        .env("XDG_STATE_HOME", robot.folder.path().join("state"))
        .args(["--cache", "cache", "lock", "robot.toml"])
        .stdin(File::open(robot.folder.path().join("hello.wasm")).unwrap());
    let output = command.output().unwrap();
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    let expected = "error: the robot does not start as it would be locked, so nothing was locked";
    assert!(error.contains(expected), "{error}");
    assert!(error.contains("plugin counter: locked { digest"), "{error}");
    assert_eq!(text(&robot.read("robot.lock")), text(&before));
    let names = fs::read_dir(robot.folder.path()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    let partial = |name: &std::ffi::OsString| name.to_string_lossy().contains("partial");
    assert!(!names.iter().any(partial), "{names:?}");
    // The robot that was locked before still starts.
    robot.write("robot.toml", &file);
    starts(&robot);
}

#[test]
#[ignore = "compiles 280 plugins"]
fn a_robot_of_very_many_plugins_is_locked_and_starts() {
    let robot = TestRobot::new("");
    let mut file = String::from("robot.name = \"Many\"\n");
    for number in 0..140_u8 {
        // A custom section makes it another component, which does the same.
        let section = [0, 5, 1, b'n', number, 0, 0];
        let bytes = [guest("hello"), &section[..]].concat();
        robot.write(&format!("p{number}.wasm"), &bytes);
        file += &format!("plugins.p{number}.file = \"p{number}.wasm\"\n");
    }
    file += "opmodes.count.mode = \"test\"\n";
    robot.write("robot.toml", file.as_bytes());
    assert_succeeded(&own(&robot, &["lock", "robot.toml"]));
    assert_eq!(entries(&code(&robot)).len(), 280);
    starts(&robot);
}
