//! Robots that are locked, through the real binary: what differs is refused and named, and nothing
//! is compiled.

mod differences;
mod flags;
#[cfg(unix)]
mod folders;
mod limits;
mod pinned;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::{Command, Output};

use gantry::lock::Lock;
use support::{TestRobot, assert_succeeded, count, events, gantry, text};

const ROBOT: &str = r#"
    limits.memory = "32 MiB"
    [mechanisms.arm]
    [mechanisms.lift]
    [plugins.counter]
    file = "keeps-locals.wasm"
    limits.slice = "1 ms"
    [plugins.describes]
    file = "describes.wasm"
    mechanisms = ["arm"]
    reads = ["robot.enabled"]
    publishes = ["arm/*"]
    folder = { path = "data" }
    config = { requires = "arm", gain = 4.0 }
    [opmodes.count]
    mode = "test"
    schedule = [{ name = "counter/count", arguments = { ticks = 10 } }]
"#;

/// A robot with a lock.
fn locked() -> TestRobot {
    let robot = TestRobot::new(ROBOT);
    std::fs::create_dir(robot.folder.path().join("data")).unwrap();
    robot.succeeds(&["lock", "robot.toml"]);
    robot
}

/// What a locked robot is refused for, in every way of running it.
#[track_caller]
fn refusal(robot: &TestRobot) -> String {
    let run = [
        "run",
        "robot.toml",
        "--locked",
        "--for",
        "1s",
        "--events",
        "events.jsonl",
    ];
    let refused = robot.fails(&run);
    assert!(
        !robot.folder.path().join("events.jsonl").exists(),
        "it was run: {refused}"
    );
    let sim = [
        "sim",
        "robot.toml",
        "--locked",
        "--opmode",
        "count",
        "--for",
        "1s",
    ];
    assert_eq!(robot.fails(&sim), refused);
    assert_eq!(robot.fails(&["check", "robot.toml", "--locked"]), refused);
    refused
}

#[test]
fn a_robot_runs_as_it_was_locked() {
    let robot = locked();
    let lock = text(&robot.read("robot.lock"));
    let inspected = robot.succeeds(&["inspect", "describes.wasm"]);
    let digest = inspected
        .lines()
        .find_map(|line| line.trim().strip_prefix("digest"));
    for expected in [
        digest.unwrap().trim(),
        "contract = \"gantry:command@0.1\"",
        "mechanisms = [\"arm\"]",
        "reads = [\"robot.enabled\"]",
        "publishes = [\"arm/*\"]",
        "path = \"data\"",
        "memory = 33554432",
        "slice = \"1ms\"",
        "gain = 4.0",
        concat!("host = \"", env!("CARGO_PKG_VERSION"), "\""),
    ] {
        assert!(lock.contains(expected), "no `{expected}` in\n{lock}");
    }
    let checked = robot.succeeds(&["check", "robot.toml", "--locked"]);
    assert!(checked.contains("locked, sha256:"), "{checked}");
    for command in ["run", "sim"] {
        let file = robot.folder.path().join(format!("{command}.jsonl"));
        let output = gantry(&robot.folder)
            .args([
                command,
                "robot.toml",
                "--locked",
                "--opmode",
                "count",
                "--for",
                "1s",
            ])
            .arg("--events")
            .arg(&file)
            .output()
            .unwrap();
        assert_succeeded(&output);
        assert_eq!(count(&events(&file), "completed", "counter/count"), 1);
    }
    let again = robot.succeeds(&["lock", "robot.toml"]);
    assert!(again.contains("as it was before"), "{again}");
    assert_eq!(text(&robot.read("robot.lock")), lock, "it is not stable");
}

#[test]
fn a_file_that_is_no_plugin_any_more_is_a_difference_too() {
    let robot = locked();
    robot.write("describes.wasm", b"\x7fELF");
    let refused = refusal(&robot);
    assert!(
        refused.contains("plugin describes: digest: locked"),
        "{refused}"
    );
    assert!(
        refused.contains("plugin describes: size: locked"),
        "{refused}"
    );
}

#[test]
fn how_a_file_is_written_does_not_count() {
    let robot = locked();
    robot.edit("[plugins.counter]", "# Another day\n\n[plugins.counter]");
    robot.edit(
        "folder = { path = \"data\" }",
        "folder.path = 'data'\nfolder.write = false",
    );
    robot.succeeds(&["check", "robot.toml", "--locked"]);
}

#[test]
fn a_difference_is_accepted_by_locking_again() {
    let robot = locked();
    robot.edit("[\"robot.enabled\"]", "[\"robot.*\"]");
    refusal(&robot);
    let accepted = robot.succeeds(&["lock", "robot.toml"]);
    let change = "plugin describes: reads: locked [\"robot.enabled\"], now [\"robot.*\"]";
    assert!(accepted.contains(change), "{accepted}");
    robot.succeeds(&["check", "robot.toml", "--locked"]);
}

#[test]
fn a_robot_that_is_wrong_is_not_locked() {
    let robot = TestRobot::new(ROBOT);
    let error = robot.fails(&["lock", "robot.toml"]);
    assert!(
        error.contains("`data` cannot be granted to plugin `describes`"),
        "{error}"
    );
    robot.edit("folder = { path = \"data\" }", "");
    robot.edit("counter/count", "counter/cont");
    let error = robot.fails(&["lock", "robot.toml"]);
    assert!(error.contains("did you mean"), "{error}");
    assert!(!robot.folder.path().join("robot.lock").exists());
}

#[test]
fn a_lock_that_is_none_is_refused_with_what_would_be_right() {
    let robot = locked();
    let lock = text(&robot.read("robot.lock"));
    let cases: &[(String, &str)] = &[
        (
            String::new(),
            "is of version none, and this host knows version 1",
        ),
        (
            lock.replace("version = 1", "version = 2"),
            "is of version 2",
        ),
        (
            lock.replace("version = 1", "version = \"1\""),
            "is of version \"1\"",
        ),
        (lock.replace("size =", "sise ="), "unknown field `sise`"),
        (
            lock.replace("version = 1", "version = 1\nextra = 1"),
            "unknown field `extra`",
        ),
        (lock.replace("host = ", "# host = "), "missing field `host`"),
        (lock.replace("size = ", "size = -"), "is not a lock"),
        (
            lock.replace("gain = 4.0", "gain.a.b = 4.0"),
            "`gain` is nested too deeply",
        ),
        (lock[..lock.len() / 2].to_owned(), ""),
        (
            "[[[".to_owned(),
            "is not a lock: TOML parse error at line 1",
        ),
        (
            // The parser has no place for this one.
            format!(
                "version = 1\n# {dots}\n[a{dots}]\nb = 1\n",
                dots = ".a".repeat(80)
            ),
            "is not a lock: TOML parse error at line 3, column 1\nrecursion limit\n",
        ),
    ];
    for (bad, expected) in cases {
        robot.write("robot.lock", bad.as_bytes());
        let refused = refusal(&robot);
        assert!(refused.contains("robot.lock"), "{refused}");
        assert!(refused.contains(expected), "no `{expected}` in\n{refused}");
        assert!(refused.contains("`gantry lock robot.toml`"), "{refused}");
    }
    robot.write("robot.lock", b"\xff\xfe");
    assert!(refusal(&robot).contains("robot.lock"));
    std::fs::remove_file(robot.folder.path().join("robot.lock")).unwrap();
    let expected = "error: there is no robot.lock; `gantry lock robot.toml` writes it\n";
    assert_eq!(refusal(&robot), expected);
    // Locking mends all of them.
    robot.write("robot.lock", b"[[[");
    robot.succeeds(&["lock", "robot.toml"]);
    robot.succeeds(&["check", "robot.toml", "--locked"]);
}

#[test]
fn a_lock_does_not_take_the_place_of_its_robot() {
    let robot = locked();
    let file = robot.read("robot.toml");
    robot.write("other.lock", &file);
    for arguments in [
        &["lock", "other.lock"][..],
        &["check", "other.lock", "--locked"],
    ] {
        let expected = "error: other.lock cannot be locked: its lock would be called other.lock, and \
                        take its place; give the robot's file another extension, such as .toml\n";
        assert_eq!(robot.fails(arguments), expected);
    }
    assert_eq!(text(&robot.read("other.lock")), text(&file));
    robot.succeeds(&["check", "other.lock"]);
    #[cfg(unix)]
    {
        let link = robot.folder.path().join("other.toml");
        std::os::unix::fs::symlink("other.lock", link).unwrap();
        let error = robot.fails(&["lock", "other.toml"]);
        assert!(error.contains("take its place"), "{error}");
        assert_eq!(text(&robot.read("other.lock")), text(&file));
    }
}

/// Runs the binary with nothing of the other tests: neither their cache nor their secret.
fn alone(robot: &TestRobot, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gantry"));
    command.current_dir(robot.folder.path());
    command.env("XDG_STATE_HOME", robot.folder.path().join("state"));
    command.args(arguments).output().unwrap()
}

#[test]
fn a_locked_robot_compiles_nothing() {
    let robot = locked();
    // Another machine, or another user, that has the same files.
    let output = alone(&robot, &["check", "robot.toml", "--locked"]);
    assert_eq!(output.status.code(), Some(1));
    let error = text(&output.stderr);
    for expected in [
        "there is no compiled code for it, and a locked robot compiles nothing",
        "`gantry lock` keeps the code, for this machine and this user",
    ] {
        assert!(error.contains(expected), "{error}");
    }
    assert!(!robot.folder.path().join("state").exists());
    let output = alone(&robot, &["--no-cache", "lock", "robot.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("leave out --no-cache"));
}

#[test]
fn a_locked_robot_runs_no_code_that_was_put_there() {
    let robot = locked();
    let own = |arguments: &[&str]| alone(&robot, &[&["--cache", "cache"], arguments].concat());
    assert_succeeded(&own(&["lock", "robot.toml"]));
    let code = robot.folder.path().join("state/gantry/locked");
    let entries = std::fs::read_dir(&code).unwrap();
    let entries = entries.map(|entry| entry.unwrap().path());
    let entries: Vec<_> = entries
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "code")
        })
        .collect();
    assert_eq!(entries.len(), 4, "two plugins, for `run` and for `sim`");
    for entry in entries {
        let mut code = std::fs::read(&entry).unwrap();
        *code.last_mut().unwrap() ^= 1;
        std::fs::write(&entry, code).unwrap();
    }
    for arguments in [
        &["run", "robot.toml", "--locked", "--for", "1s"][..],
        &["check", "robot.toml", "--locked"],
    ] {
        let output = own(arguments);
        assert_eq!(output.status.code(), Some(1));
        let error = text(&output.stderr);
        let expected = "was not written by this host, or has been changed";
        assert!(error.contains(expected), "{error}");
    }
    assert_succeeded(&own(&["lock", "robot.toml"]));
    assert_succeeded(&own(&["run", "robot.toml", "--locked", "--for", "1s"]));
}

#[test]
fn a_lock_is_beside_its_robot_and_the_same_wherever_that_is() {
    let robot = locked();
    let lock = robot.read("robot.lock");
    let elsewhere = tempfile::tempdir().unwrap();
    for place in [elsewhere.path(), Path::new("/")] {
        let output = gantry(&robot.folder)
            .current_dir(place)
            .arg("lock")
            .arg(robot.path())
            .output()
            .unwrap();
        assert_succeeded(&output);
        assert_eq!(text(&robot.read("robot.lock")), text(&lock));
    }
}

#[test]
fn what_the_fuzzer_starts_from_are_locks() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/robot_lock");
    for name in ["demo", "one-plugin", "values"] {
        let path = seeds.join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        if let Err(error) = Lock::parse(&text, &path, Path::new("robot.toml")) {
            panic!("{error}; see fuzz/README.md");
        }
    }
}
