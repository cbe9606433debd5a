//! `--events`, through the real binary: what is recorded is there whatever happens, in order and within
//! its bounds, and nothing else is harmed by it.

mod order;
#[cfg(unix)]
mod real_time;
#[path = "../support/mod.rs"]
mod support;
mod topics;

use std::fs;

use serde_json::Value;
use support::{TestRobot, assert_in_order, assert_succeeded, events, text};

const COUNTS: &str = r#"
    [plugins.counter]
    file = "keeps-locals.wasm"
    [opmodes.count]
    mode = "test"
    schedule = [{ name = "counter/count", arguments = { ticks = 30 } }]
"#;

const SIM: [&str; 6] = ["sim", "robot.toml", "--opmode", "count", "--for", "1s"];

fn sim(more: &[&'static str]) -> Vec<&'static str> {
    SIM.iter().chain(more).copied().collect()
}

/// What is in a folder, by name.
fn files(robot: &TestRobot) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(robot.folder.path()).unwrap();
    let files = entries.map(|entry| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read(entry.path()).unwrap_or_default())
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}

#[test]
fn an_earlier_recording_is_kept_with_a_number() {
    let robot = TestRobot::new(COUNTS);
    robot.succeeds(&sim(&["--events", "match.jsonl"]));
    let first = robot.read("match.jsonl");
    robot.succeeds(&sim(&["--events", "match.jsonl", "--seed", "9"]));
    assert_eq!(robot.read("match.1.jsonl"), first);
    let second = events(&robot.folder.path().join("match.jsonl"));
    assert_eq!(second[0]["seed"], 9);
    robot.succeeds(&["demo", "--fast", "--events", "match.jsonl"]);
    assert_eq!(robot.read("match.1.jsonl"), first);
    let kept = events(&robot.folder.path().join("match.2.jsonl"));
    assert_eq!(kept, second);
}

#[test]
fn what_devices_are_given_is_recorded_if_it_is_asked_for() {
    let robot = TestRobot::new(
        r#"
        [plugins.cleans-up]
        file = "cleans-up.wasm"
        mechanisms = ["arm"]
        publishes = ["*"]
        [mechanisms.arm.outputs]
        voltage = { unit = "V", range = [-12, 12], safe = 0 }
        brake = { kind = "boolean", safe = true }
        lights = { kind = "array", length = 2, safe = 0.5 }
        [devices.wheel]
        model = "flywheel"
        motor = "neo"
        gearing = 4
        moment-of-inertia = "0.01 kg*m^2"
        channels = { voltage = "arm.voltage" }
        [opmodes.drive]
        mode = "teleoperated"
        schedule = ["cleans-up/writes"]
        "#,
    );
    let drive = ["sim", "robot.toml", "--opmode", "drive", "--for", "1s"];
    let play = |file: &str, more: &[&str]| {
        robot.succeeds(&[&drive[..], &["--events", file], more].concat());
        let all = events(&robot.folder.path().join(file));
        let outputs = all.into_iter().filter(|event| event["event"] == "output");
        let told = outputs.map(|event| {
            let name = event["channel"].as_str().unwrap().to_owned();
            (
                event["tick"].as_u64().unwrap(),
                name,
                event["value"].clone(),
            )
        });
        told.collect::<Vec<_>>()
    };
    let change = |tick: u64, name: &str, value: Value| (tick, format!("arm.{name}"), value);
    let outputs = play("with.jsonl", &["--events-outputs"]);
    assert_eq!(
        outputs,
        [
            change(0, "brake", true.into()),
            change(0, "lights", vec![0.5, 0.5].into()),
            change(0, "voltage", 6.0.into()),
            // The mode ends before the command may clean up.
            change(50, "voltage", 0.0.into()),
        ]
    );
    play("again.jsonl", &["--events-outputs"]);
    assert_eq!(robot.read("with.jsonl"), robot.read("again.jsonl"));
    assert_eq!(play("without.jsonl", &[]), []);
}

#[test]
fn a_start_that_fails_leaves_an_earlier_recording_as_it_was() {
    let robot = TestRobot::new(COUNTS);
    robot.succeeds(&sim(&["--events", "match.jsonl"]));
    let before = files(&robot);
    for command in ["sim", "run"] {
        let unknown = [command, "robot.toml", "--opmode", "nonsense", "--for", "1s"];
        robot.fails(&[&unknown[..], &["--events", "match.jsonl"]].concat());
        robot.fails(&[&unknown[..], &["--events", "new.jsonl"]].concat());
        assert_eq!(files(&robot), before, "{command}");
    }
    robot.edit("keeps-locals.wasm", "missing.wasm");
    for command in ["sim", "run"] {
        let missing = [command, "robot.toml", "--opmode", "count", "--for", "1s"];
        let said = robot.fails(&[&missing[..], &["--events", "match.jsonl"]].concat());
        assert!(said.contains("missing.wasm"), "{said}");
    }
    robot.edit("missing.wasm", "keeps-locals.wasm");
    assert_eq!(files(&robot), before);
}

#[test]
fn what_the_robot_is_made_of_is_never_a_recording() {
    let robot = TestRobot::new(COUNTS);
    robot.succeeds(&["lock", "robot.toml"]);
    robot.succeeds(&["keygen", "team"]);
    robot.succeeds(&["sign", "keeps-locals.wasm", "--key", "team.key"]);
    robot.write("notes.txt", b"mine");
    #[cfg(unix)]
    std::os::unix::fs::symlink("keeps-locals.wasm", robot.folder.path().join("link.jsonl"))
        .unwrap();
    let before = files(&robot);
    let targets = [
        ("robot.toml", "the robot's file"),
        ("robot.lock", "the robot's lock"),
        ("keeps-locals.wasm", "the plugin `counter`"),
        (
            "keeps-locals.wasm.minisig",
            "the signature of the plugin `counter`",
        ),
        #[cfg(unix)]
        ("link.jsonl", "the plugin `counter`"),
        ("team.key", "not a recording"),
        ("notes.txt", "not a recording"),
        (".", "a folder"),
        ("missing/x.jsonl", "a folder that exists"),
    ];
    for command in ["sim", "run"] {
        for (target, what) in targets {
            let start = [command, "robot.toml", "--opmode", "count", "--for", "1s"];
            let said = robot.fails(&[&start[..], &["--events", target]].concat());
            assert!(said.contains(what), "{target}: {said}");
            assert_eq!(files(&robot), before, "{target}");
        }
    }
    // Without a lock, its place is refused as well.
    fs::remove_file(robot.folder.path().join("robot.lock")).unwrap();
    robot.fails(&sim(&["--events", "robot.lock"]));
    assert!(!robot.folder.path().join("robot.lock").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_once_and_the_summary_is_printed() {
    let robot = TestRobot::new(COUNTS);
    for command in ["sim", "run"] {
        let start = [command, "robot.toml", "--opmode", "count", "--for", "2s"];
        let output = robot.gantry(&[&start[..], &["--events", "/dev/full"]].concat());
        assert_succeeded(&output);
        let said = text(&output.stderr);
        assert_eq!(
            said.matches("No space left").count(),
            1,
            "{command}: {said}"
        );
        assert!(said.contains("/dev/full"), "{command}: {said}");
        let summary = text(&output.stdout);
        for line in ["counter/count", "/dev/full is cut"] {
            assert!(summary.contains(line), "{command}: {summary}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_written_as_they_are() {
    let robot = TestRobot::new(COUNTS);
    robot.succeeds(&sim(&["--events", "/dev/null"]));
    robot.succeeds(&sim(&["--events", "/dev/null"]));
    let output = robot.gantry(&sim(&["--events", "/dev/stdout"]));
    assert!(text(&output.stdout).starts_with("{\"event\":\"header\""));
}

#[test]
fn a_recording_ends_below_its_limit() {
    let robot = TestRobot::new(HOSTILE);
    let limit = ["--events", "e.jsonl", "--events-limit", "500 KiB"];
    let summary = robot.succeeds(&[&FLOOD[..], &limit].concat());
    assert!(
        summary.contains("e.jsonl has reached its limit"),
        "{summary}"
    );
    let file = robot.read("e.jsonl");
    assert!(file.len() <= 500 << 10, "{}", file.len());
    let events = events(&robot.folder.path().join("e.jsonl"));
    let last = events.last().unwrap();
    assert_eq!(last["event"], "recording-full");
    assert_eq!(last["limit"], 500 << 10);
    let said = robot.gantry(&[&FLOOD[..], &["--events", "x", "--events-limit", "1 KiB"]].concat());
    assert_eq!(said.status.code(), Some(2));
}

/// Attack 8: 15 MB of topics in every tick, of which JSON makes 90.
const HOSTILE: &str = r#"
    [mechanisms.lift]
    [plugins.hostile]
    file = "hostile.wasm"
    mechanisms = ["lift"]
    publishes = ["hostile.*"]
    [plugins.counter]
    file = "keeps-locals.wasm"
    [opmodes.flood]
    mode = "test"
    schedule = ["hostile/topic-disk", { name = "counter/count", arguments = { ticks = 30 } }]
"#;

const FLOOD: [&str; 6] = ["sim", "robot.toml", "--opmode", "flood", "--for", "1.1s"];

#[test]
fn a_plugin_that_publishes_too_much_fills_no_disk() {
    let robot = TestRobot::new(HOSTILE);
    for file in ["a.jsonl", "b.jsonl"] {
        let summary = robot.succeeds(&[&FLOOD[..], &["--events", file]].concat());
        assert!(summary.contains("events are missing"), "{summary}");
    }
    let recording = robot.read("a.jsonl");
    // Two seconds have begun.
    let most = 2 * (1 << 20) + (64 << 10);
    assert!(recording.len() < most, "{}", recording.len());
    assert!(
        recording == robot.read("b.jsonl"),
        "the same seed, another recording"
    );
    let events = events(&robot.folder.path().join("a.jsonl"));
    let of = |event: &str| -> Vec<&Value> {
        events
            .iter()
            .filter(|line| line["event"] == event)
            .collect()
    };
    let exceeded = of("limit-exceeded");
    let recorded = exceeded
        .iter()
        .filter(|line| line["limit"] == "recorded-bytes-per-second")
        .inspect(|line| assert_eq!(line["plugin"], "hostile"));
    assert!(recorded.count() >= 2);
    let dropped = of("dropped");
    assert!(dropped.iter().all(|line| line["plugin"] == "hostile"));
    let left_out: u64 = dropped
        .iter()
        .map(|line| line["others"].as_u64().unwrap())
        .sum();
    assert!(left_out > 1_000, "{left_out}");
    let counted = of("completed");
    assert!(
        counted
            .iter()
            .any(|line| line["command"] == "counter/count"),
        "{counted:?}"
    );
    assert_in_order(&events);
}
