//! The same seed gives the same bytes, whatever guests do and wherever they run.
#![cfg(unix)]
#![allow(missing_docs)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;
use support::{TestRobot, assert_succeeded, events, guest, text};
use tempfile::TempDir;

/// A robot with the hostile guest, which may write a folder, and an op mode for each of its attacks.
fn robot(attacks: &[String]) -> TestRobot {
    let opmodes = attacks
        .iter()
        .map(|attack| {
            format!("[opmodes.{attack}]\nmode = \"test\"\nschedule = [\"hostile/{attack}\"]\n")
        })
        .collect::<String>();
    TestRobot::new(&format!(
        r#"
        [mechanisms.lift]
        outputs.voltage = {{ unit = "V", range = [-12, 12], safe = 0 }}
        [plugins.hostile]
        file = "hostile.wasm"
        mechanisms = ["lift"]
        publishes = ["hostile.*"]
        folder = {{ path = "granted", write = true }}
        limits = {{ folder-bytes = "4 MiB", folder-files = 50 }}
        [plugins.hostile.config]
        gain = 1.5
        {opmodes}"#
    ))
}

/// The attacks that can be started without arguments.
fn attacks() -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hostile.wasm");
    fs::write(&path, guest("hostile")).unwrap();
    let output = support::gantry(&folder)
        .args(["inspect", "--json"])
        .arg(&path)
        .output()
        .unwrap();
    assert_succeeded(&output);
    let inspected: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    let commands = inspected["description"]["commands"]
        .as_array()
        .expect("commands")
        .iter();
    let free = commands.filter(|command| {
        let parameters = command["parameters"].as_array();
        parameters.is_none_or(Vec::is_empty)
    });
    free.map(|command| command["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// Where a simulation is played.
struct Place {
    /// What the process is started with.
    command: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
    /// Where its files are.
    folders: PathBuf,
}

/// Two places that have as little in common as one machine allows.
fn places() -> [Place; 2] {
    // A file system in memory, beside one on a disk, where the system has one.
    let memory = Path::new("/dev/shm");
    let memory = match memory.is_dir() {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    };
    [
        Place {
            command: &["sh", "-c", "umask 022; exec \"$0\" \"$@\""],
            environment: &[("TZ", "UTC"), ("LANG", "C"), ("RUST_BACKTRACE", "0")],
            folders: PathBuf::from(env!("CARGO_TARGET_TMPDIR")),
        },
        Place {
            command: &["sh", "-c", "umask 777; exec nice -n 10 \"$0\" \"$@\""],
            environment: &[
                ("TZ", "Pacific/Kiritimati"),
                ("LANG", "de_DE.UTF-8"),
                ("LC_ALL", "tr_TR.UTF-8"),
                ("RUST_BACKTRACE", "full"),
                ("RUST_LIB_BACKTRACE", "1"),
                ("WASMTIME_BACKTRACE_DETAILS", "1"),
                ("HOME", "/nonexistent"),
            ],
            folders: memory,
        },
    ]
}

/// What is recorded of one op mode at a place.
fn play(robot: &TestRobot, opmode: &str, time: &str, place: &Place) -> String {
    let folder = tempfile::tempdir_in(&place.folders).unwrap();
    fs::copy(robot.path(), folder.path().join("robot.toml")).unwrap();
    fs::copy(
        robot.folder.path().join("hostile.wasm"),
        folder.path().join("hostile.wasm"),
    )
    .unwrap();
    let granted = folder.path().join("granted");
    fs::create_dir(&granted).unwrap();
    // Made in another order and at another time in each of them.
    let mut names = ["one", "two", "three", "four"];
    if place.environment.len() > 3 {
        names.reverse();
    }
    for name in names {
        fs::write(granted.join(name), name).unwrap();
    }
    let gantry = support::gantry(&folder);
    let mut command = Command::new(place.command[0]);
    command.args(&place.command[1..]).arg(gantry.get_program());
    command.args(gantry.get_args());
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap());
    let own = gantry.get_envs();
    command.envs(own.filter_map(|(key, value)| Some((key, value?))));
    command.envs(place.environment.iter().copied());
    let output = command
        .current_dir(folder.path())
        .args(["sim", "robot.toml", "--opmode", opmode, "--for", time])
        .args(["--events", "events.jsonl"])
        .output()
        .unwrap();
    assert_succeeded(&output);
    fs::read_to_string(folder.path().join("events.jsonl")).unwrap()
}

/// The first line in which they differ.
fn difference(one: &str, other: &str) -> Option<String> {
    if one == other {
        return None;
    }
    let mut lines = one.lines().zip(other.lines());
    Some(match lines.find(|(one, other)| one != other) {
        Some((one, other)) => format!("{one}\n{other}"),
        None => format!("{} and {} bytes", one.len(), other.len()),
    })
}

#[test]
fn every_attack_leaves_the_same_bytes_in_another_place() {
    let attacks = attacks();
    assert!(attacks.len() > 80, "{attacks:?}");
    let (robot, places) = (robot(&attacks), places());
    let next = AtomicUsize::new(0);
    let mut differences = std::thread::scope(|scope| {
        // One after the other would take long, and two at once are the load.
        let players = (0..2).map(|_| {
            scope.spawn(|| {
                let mut differences = Vec::new();
                while let Some(attack) = attacks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let [one, other] =
                        [0, 1].map(|place| play(&robot, attack, "0.6s", &places[place]));
                    let different = difference(&one, &other);
                    differences.extend(different.map(|lines| format!("{attack}:\n{lines}")));
                    assert!(
                        one.contains(attack.as_str()),
                        "{attack} was not started\n{one}"
                    );
                }
                differences
            })
        });
        let players: Vec<_> = players.collect();
        let played = players.into_iter().map(|player| player.join().unwrap());
        played.flatten().collect::<Vec<_>>()
    });
    differences.sort();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[test]
fn nothing_is_done_by_another_thread() {
    // A write that another thread does would be seen by a read at once on an idle machine, and not on a
    // busy one.
    let attacks = ["folder-race", "folder-race-append"].map(str::to_owned);
    let (robot, places) = (robot(&attacks), places());
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let outcomes = attacks.each_ref().map(|attack| {
            (0..8)
                .map(|round| play(&robot, attack, "0.2s", &places[round % 2]))
                .collect::<Vec<_>>()
        });
        over.store(true, Ordering::Relaxed);
        for (outcomes, value) in outcomes
            .iter()
            .zip(["FFFFFFFFFF", "abcdefghabcdefghabcdefghabcdefgh"])
        {
            let completed = format!("\"value\":\"{value}\"");
            for outcome in outcomes {
                assert!(outcome.contains(&completed), "{outcome}");
                assert_eq!(difference(&outcomes[0], outcome), None);
            }
        }
    });
}

#[test]
fn no_host_text_reaches_a_guest() {
    let attack = "folder-errors".to_owned();
    let (robot, places) = (robot(std::slice::from_ref(&attack)), places());
    let recorded = play(&robot, &attack, "0.2s", &places[1]);
    assert!(recorded.contains("folder-errors"), "{recorded}");
    for told in ["backtrace", "rustc", ".rs:", "wasmtime"] {
        assert!(!recorded.contains(told), "{recorded}");
    }
}

#[test]
fn calls_of_the_host_cost_what_they_take() {
    // Half a second of a robot's time; each of these took a minute and more where calls cost nothing.
    let attacks = [
        "random-flood",
        "signal-flood",
        "config-flood",
        "lookup-flood",
        "open-flood",
    ]
    .map(str::to_owned);
    let robot = robot(&attacks);
    fs::create_dir(robot.folder.path().join("granted")).unwrap();
    for attack in &attacks {
        let arguments = ["sim", "robot.toml", "--opmode", attack, "--for", "0.5s"];
        // Fifteen seconds of processor time, start and loading included.
        let output = robot.gantry_within(15, &[&arguments[..], &["--events", "x.jsonl"]].concat());
        assert_succeeded(&output);
        let recorded = events(&robot.folder.path().join("x.jsonl"));
        let preempted = support::count(&recorded, "preempted", &format!("hostile/{attack}"));
        assert!(
            preempted > 5,
            "{attack} was pre-empted in {preempted} ticks"
        );
        fs::remove_file(robot.folder.path().join("x.jsonl")).unwrap();
    }
}
