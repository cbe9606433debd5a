//! Folders of plugins: handles that are opened once, apart from each other and from the robot's own files.
#![cfg(unix)]
#![allow(missing_docs)]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use support::live::Live;
use support::{TestRobot, events, gantry, text};

/// A plugin that may read `data`, in which there are notes, beside a secret.
fn reader() -> TestRobot {
    let robot = TestRobot::new(
        r#"
        [plugins.reader]
        file = "uses-std.wasm"
        folder = { path = "data" }
        [opmodes.read]
        mode = "test"
        schedule = ["reader/reads-a-file"]
        "#,
    );
    for (folder, notes) in [("data", "granted"), ("secret", "secret")] {
        let folder = robot.folder.path().join(folder);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("notes.txt"), notes).unwrap();
    }
    robot
}

/// What the plugin has read, every time.
fn read(events: &[Value]) -> Vec<String> {
    let of_reader = events
        .iter()
        .filter(|event| event["event"] == "completed" && event["command"] == "reader/reads-a-file");
    of_reader
        .map(|event| event["value"].as_str().expect("a text").to_owned())
        .collect()
}

/// Puts a link to the secret in the folder's place.
fn swap(folder: &Path) {
    fs::rename(folder.join("data"), folder.join("aside")).unwrap();
    symlink("secret", folder.join("data")).unwrap();
}

fn swap_back(folder: &Path) {
    fs::remove_file(folder.join("data")).unwrap();
    fs::rename(folder.join("aside"), folder.join("data")).unwrap();
}

#[test]
fn a_folder_is_the_one_that_was_opened_wherever_its_path_leads_later() {
    for arguments in [&[][..], &["--locked"]] {
        let robot = reader();
        robot.succeeds(&["lock", "robot.toml"]);
        let mut live = Live::start(robot, arguments);
        live.order("enable read");
        live.wait_for_event("completed", "reader/reads-a-file");
        let folder = live.robot.folder.path().to_owned();
        swap(&folder);
        if arguments.is_empty() {
            // A new version of the plugin sees the same folder.
            let mut file = live.robot.read("uses-std.wasm");
            // A section without a meaning, named `x`.
            file.extend([0, 3, 1, b'x', 0]);
            live.robot.write("new.wasm", &file);
            fs::rename(folder.join("new.wasm"), folder.join("uses-std.wasm")).unwrap();
            live.wait_for("reloaded reader");
        }
        live.order("disable");
        live.order("enable read");
        live.wait_until("it has read twice", |events| read(events).len() == 2);
        let events = live.quit();
        let expected = r#"Ok("granted")"#;
        assert_eq!(read(&events), [expected, expected], "{arguments:?}");
    }
}

#[test]
fn a_locked_robot_never_follows_a_link_that_comes_to_be_while_it_starts() {
    let robot = reader();
    robot.succeeds(&["lock", "robot.toml"]);
    let folder = robot.folder.path();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                swap(folder);
                swap_back(folder);
            }
        });
        let mut outcomes = Vec::new();
        for _ in 0..20 {
            let file = folder.join("events.jsonl");
            let _ = fs::remove_file(&file);
            let output = gantry(&robot.folder)
                .args(["sim", "robot.toml", "--locked", "--opmode", "read"])
                .args(["--for", "0.2s", "--events", "events.jsonl"])
                .output()
                .unwrap();
            outcomes.push(match output.status.code() {
                Some(0) => read(&events(&file)).join(","),
                code => format!("{code:?}: {}", text(&output.stderr)),
            });
        }
        over.store(true, Ordering::Relaxed);
        for outcome in outcomes {
            let is_refused = outcome.starts_with("Some(1): error") && !outcome.contains("panicked");
            assert!(is_refused || outcome == r#"Ok("granted")"#, "{outcome}");
        }
    });
}

/// A robot with a plugin `one`, and another one, `two`, if there is a second folder.
fn with_folders(one: &str, two: &str) -> TestRobot {
    let two = match two {
        "" => String::new(),
        two => format!("[plugins.two]\nfile = \"plugins/two.wasm\"\nfolder = {two}\n"),
    };
    let robot = TestRobot::new(&format!(
        "[plugins.one]\nfile = \"plugins/one.wasm\"\nfolder = {one}\n{two}\
         [opmodes.idle]\nmode = \"test\"\n"
    ));
    for folder in ["data/sub", "plugins", "other"] {
        fs::create_dir_all(robot.folder.path().join(folder)).unwrap();
    }
    for name in ["one", "two"] {
        robot.write(&format!("plugins/{name}.wasm"), support::guest("uses-std"));
    }
    for (link, to) in [
        ("link", "data/sub"),
        ("data/away", "../other"),
        ("data/out", ".."),
    ] {
        symlink(to, robot.folder.path().join(link)).unwrap();
    }
    robot
}

#[test]
fn folders_that_overlap_are_refused_where_one_may_be_written() {
    const DATA: &str = "{ path = \"data\" }";
    const DATA_WRITE: &str = "{ path = \"data\", write = true }";
    for (one, two, expected) in [
        (DATA, DATA, ""),
        (DATA, "{ path = \"data/sub\" }", ""),
        (DATA_WRITE, "{ path = \"other\", write = true }", ""),
        (
            DATA_WRITE,
            DATA,
            "`data` of plugin `two` is the folder `data` of plugin `one`, and `one` may write there",
        ),
        (
            DATA,
            DATA_WRITE,
            "`data` of plugin `two` is the folder `data` of plugin `one`, and `two` may write there",
        ),
        (
            DATA_WRITE,
            "{ path = \"data/sub\" }",
            "`data/sub` of plugin `two` lies in the folder `data` of plugin `one`, and `one` may write there",
        ),
        (
            DATA_WRITE,
            "{ path = \"link\" }",
            "`link` of plugin `two` lies in the folder `data` of plugin `one`, and `one` may write there",
        ),
        (DATA, "{ path = \"data/away\", write = true }", ""),
        (
            DATA_WRITE,
            "{ path = \"data/away\" }",
            "`data/away` of plugin `two` is reached by a link in the folder `data` of plugin `one`, and `one` \
             may write there",
        ),
        (
            "{ path = \"data/sub/../sub\", write = true }",
            DATA,
            "`data/sub/../sub` of plugin `one` lies in the folder `data` of plugin `two`, and `one` may write there",
        ),
    ] {
        let robot = with_folders(one, two);
        for command in [&["check", "robot.toml"][..], &["lock", "robot.toml"]] {
            if expected.is_empty() {
                robot.succeeds(command);
                continue;
            }
            let said = robot.fails(command);
            let said = said.replace(&format!("{}/", robot.folder.path().display()), "");
            assert!(said.contains(expected), "{one} {two}\n{said}");
            assert!(said.contains("a folder of its own"), "{said}");
        }
    }
}

#[test]
fn a_folder_that_holds_what_the_robot_is_made_of_is_refused() {
    for (folder, expected) in [
        ("{ path = \".\" }", "holds the robot's file"),
        ("{ path = \".\", write = true }", "holds the robot's file"),
        ("{ path = \"/\", write = true }", "holds the robot's file"),
        ("{ path = \"data/..\" }", "holds the robot's file"),
        ("{ path = \"plugins\" }", "holds the plugin `one`"),
    ] {
        let robot = with_folders(folder, "");
        for command in ["check", "lock", "sim", "run"] {
            let arguments = match command {
                "sim" => &["sim", "robot.toml", "--opmode", "idle", "--for", "1s"][..],
                _ => &[command, "robot.toml"],
            };
            let said = robot.fails(arguments);
            assert!(said.contains(expected), "{command} {folder}\n{said}");
            assert!(said.contains("robot.toml:4:10"), "{said}");
        }
        assert!(!robot.folder.path().join("robot.lock").exists());
    }
}

#[test]
fn a_folder_with_a_link_on_the_way_to_a_plugin_is_refused() {
    // Whoever may write it decides which plugin is loaded.
    let robot = with_folders("{ path = \"other\", write = true }", "");
    robot.edit("plugins/one.wasm", "other/current.wasm");
    symlink(
        "../plugins/one.wasm",
        robot.folder.path().join("other/current.wasm"),
    )
    .unwrap();
    let said = robot.fails(&["check", "robot.toml"]);
    assert!(said.contains("holds the plugin `one`"), "{said}");
    // In the middle of the path too, and by the robot's file itself.
    let robot = with_folders("{ path = \"data\", write = true }", "");
    robot.edit("plugins/one.wasm", "data/out/plugins/one.wasm");
    let said = robot.fails(&["check", "robot.toml"]);
    assert!(said.contains("holds the plugin `one`"), "{said}");
    let robot = with_folders("{ path = \"data\", write = true }", "");
    let said = robot.fails(&["check", "data/out/robot.toml"]);
    assert!(said.contains("holds the robot's file"), "{said}");
}

#[test]
fn a_folder_with_what_the_host_keeps_is_refused() {
    for (folder, relation) in [
        ("kept", "holds"),
        ("kept/cache", "holds"),
        ("kept/cache/sub", "lies in"),
        ("kept/state", "holds"),
        ("kept/state/gantry", "holds"),
        ("kept/state/gantry/locked", "lies in"),
        ("data", "holds"),
    ] {
        let robot = with_folders(&format!("{{ path = \"{folder}\" }}"), "");
        for made in ["kept/cache/sub", "kept/state/gantry/locked"] {
            fs::create_dir_all(robot.folder.path().join(made)).unwrap();
        }
        // The last one is the folder of a link that the host's own path goes through.
        let state = match folder {
            "data" => "data/out/kept/state",
            _ => "kept/state",
        };
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_gantry"))
            .current_dir(robot.folder.path())
            .env("XDG_STATE_HOME", robot.folder.path().join(state))
            .args(["--cache", "kept/cache", "check", "robot.toml"])
            .output()
            .unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{folder}\n{said}");
        let expected = format!("{relation} what Gantry keeps for itself");
        assert!(said.contains(&expected), "{folder}\n{said}");
    }
}

#[test]
fn a_folder_that_cannot_be_opened_is_told_at_its_line() {
    let robot = with_folders("{ path = \"nothing\" }", "");
    let said = robot.fails(&["check", "robot.toml"]);
    assert!(
        said.contains("nothing` cannot be granted to plugin `one`"),
        "{said}"
    );
    assert!(said.contains("robot.toml:4:10"), "{said}");
    let robot = with_folders("{ path = \"robot.toml\" }", "");
    let said = robot.fails(&["check", "robot.toml"]);
    assert!(said.contains("it is not a folder"), "{said}");
}

#[test]
fn no_recording_lies_in_a_plugins_folder() {
    let robot = with_folders("{ path = \"data\" }", "");
    symlink("data/sub", robot.folder.path().join("elsewhere")).unwrap();
    for file in [
        "data/x.jsonl",
        "data/sub/x.jsonl",
        "elsewhere/x.jsonl",
        "data/away/x.jsonl",
    ] {
        for command in ["sim", "run"] {
            let said = robot.fails(
                &[
                    &[command, "robot.toml"][..],
                    &["--opmode", "idle", "--for", "0.2s", "--events", file],
                ]
                .concat(),
            );
            let expected = "it would lie in the folder of plugin `one`";
            assert!(said.contains(expected), "{file}\n{said}");
            assert!(!robot.folder.path().join(file).exists());
        }
    }
}
