//! A system that has no thread left: an error with its remedy, whichever thread is the first that is missing.
#![cfg(target_os = "linux")]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use support::{TestRobot, assert_succeeded, text};

/// A user of whom there is no other process, and the binary where that user may start it.
struct User {
    robot: TestRobot,
    id: String,
}

impl User {
    /// None where users cannot be changed.
    fn new(robot: TestRobot) -> Option<Self> {
        let folder = robot.folder.path();
        let readable = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        readable(folder, 0o777);
        let own = folder.join("gantry");
        std::fs::copy(env!("CARGO_BIN_EXE_gantry"), &own).unwrap();
        readable(&own, 0o755);
        let id = (100_000 + std::process::id()).to_string();
        let user = Self { robot, id };
        let reached = user.command(&["--version"]).output();
        let able = reached.as_ref().is_ok_and(|output| output.status.success());
        if !able {
            eprintln!("not tested: no other user can be taken on here: {reached:?}");
        }
        able.then_some(user)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", &self.id, "--regid", &self.id, "--clear-groups"])
            .arg("./gantry")
            .args(arguments)
            .current_dir(self.robot.folder.path())
            .env("HOME", "/nonexistent")
            .env("XDG_STATE_HOME", "/nonexistent");
        command
    }

    /// Runs the binary with at most so many threads and processes.
    fn within(&self, most: u32, arguments: &[&str]) -> Output {
        let plain = self.command(arguments);
        let script = format!("exec prlimit --nproc={most} \"$0\" \"$@\"");
        support::through_shell(&plain, &script).output().unwrap()
    }
}

#[test]
fn whichever_thread_is_missing_the_error_says_what_to_do() {
    let robot = TestRobot::new(
        r#"
        [plugins.counter]
        file = "keeps-locals.wasm"
        [opmodes.count]
        mode = "test"
        schedule = [{ name = "counter/count", arguments = { ticks = 3 } }]
        "#,
    );
    let Some(user) = User::new(robot) else { return };
    let run = ["--no-cache", "run", "robot.toml", "--for", "0.1s"];
    let sim = [
        "--no-cache",
        "sim",
        "robot.toml",
        "--opmode",
        "count",
        "--for",
        "0.1s",
    ];
    let inspect = ["inspect", "keeps-locals.wasm"];
    for arguments in [&run[..], &sim, &inspect] {
        let mut failed = 0;
        for most in 1..=16 {
            let output = user.within(most, arguments);
            let said = text(&output.stderr);
            assert!(!said.contains("panicked"), "{most}: {said}");
            match output.status.code() {
                Some(0) => {}
                Some(1) => {
                    failed += 1;
                    assert!(said.starts_with("error: "), "{most}: {said}");
                    let remedy = "raise the limit on processes and threads (`ulimit -u`";
                    assert!(said.contains(remedy), "{most}: {said}");
                    assert!(!said.contains("crashed"), "{most}: {said}");
                }
                _ => panic!("{most}: {}: {said}", output.status),
            }
        }
        assert!(failed > 0, "{arguments:?}: the limit does nothing");
        assert_succeeded(&user.within(64, arguments));
    }
}
