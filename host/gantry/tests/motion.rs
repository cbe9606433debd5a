//! Nothing moves that nobody asked for: bindings, default commands and scripts in the real binary.

mod support;

use serde_json::Value;
use support::{TestRobot, assert_succeeded, count, events, gantry, text};

/// A gamepad, a counter and, for what requires a mechanism, an arm.
const PARTS: &str = r#"
    [plugins.counter]
    file = "keeps-locals.wasm"
    [plugins.forks]
    file = "forks.wasm"
    reads = ["driver.*", "arm.*"]
    publishes = ["forks/*"]
    mechanisms = ["arm"]
    [mechanisms.arm]
    inputs.angle = { unit = "rad" }
    outputs.voltage = { unit = "V", range = [-12, 12], safe = 0 }
    outputs.lights = { kind = "array", length = 3, safe = 0 }
    [devices.arm]
    model = "arm"
    motor = "neo"
    gearing = 50
    length = "0.5 m"
    mass = "1 kg"
    min-angle = "-90 deg"
    max-angle = "90 deg"
    start-angle = "0 deg"
    channels = { voltage = "arm.voltage", angle = "arm.angle" }
    [devices.driver]
    model = "gamepad"
    prefix = "driver"
    [opmodes.drive]
    mode = "teleoperated"
    [opmodes.other]
    mode = "test"
"#;

/// Runs a robot's timeline, and gives its events with its summary.
#[track_caller]
fn play(robot: &TestRobot) -> (Vec<Value>, String) {
    let file = robot.folder.path().join("events.jsonl");
    let output = gantry(&robot.folder)
        .args(["sim", "robot.toml", "--events", "events.jsonl"])
        .output()
        .unwrap();
    assert_succeeded(&output);
    (events(&file), text(&output.stdout))
}

fn timeline(steps: &[(&str, &str)]) -> String {
    let steps = steps.iter().map(|(opmode, time)| {
        format!("[[simulation.timeline]]\nopmode = \"{opmode}\"\nfor = \"{time}\"\n")
    });
    steps.collect()
}

fn press(button: &str, at: &str, time: &str) -> String {
    format!(
        "[[simulation.script]]\nat = \"{at}\"\nfor = \"{time}\"\nset = {{ \"driver.{button}\" = true }}\n"
    )
}

fn bind(table: &str, signal: &str, on: &str, command: &str) -> String {
    format!("[[{table}]]\nsignal = {signal}\non = \"{on}\"\ncommand = {command}\n")
}

/// When a command was started, in seconds.
fn starts(events: &[Value], command: &str) -> Vec<f64> {
    let started = events
        .iter()
        .filter(|e| e["event"] == "scheduled" && e["command"] == command);
    started.map(|e| e["t"].as_f64().unwrap()).collect()
}

fn refused<'a>(events: &'a [Value], command: &str) -> Vec<&'a Value> {
    let refused = events
        .iter()
        .filter(|e| e["event"] == "start-refused" && e["command"] == command);
    refused.collect()
}

const TWICE: [(&str, &str); 4] = [
    ("disabled", "1 s"),
    ("drive", "1 s"),
    ("disabled", "1 s"),
    ("drive", "1 s"),
];

#[test]
fn a_press_from_before_the_op_mode_starts_nothing_and_is_told() {
    for table in ["bindings", "opmodes.drive.bindings"] {
        let robot = TestRobot::new(&format!(
            "{PARTS}{}{}{}{}",
            bind(table, "\"driver.x\"", "on-true", "\"counter/count\""),
            timeline(&TWICE),
            press("x", "500 ms", "1 s"),
            press("x", "3.5 s", "100 ms"),
        ));
        let (events, summary) = play(&robot);
        assert_eq!(starts(&events, "counter/count"), [3.5], "{table}");
        let refused = refused(&events, "counter/count");
        if table == "bindings" {
            assert_eq!(refused.len(), 1, "{refused:?}");
            assert_eq!(refused[0]["source"], "binding");
            assert_eq!(refused[0]["reason"], "disabled");
            assert!(summary.contains("Refused starts"), "{summary}");
        } else {
            assert_eq!(refused.len(), 0, "{refused:?}");
        }
    }
}

#[test]
fn enabling_is_no_change_of_a_button_that_nobody_touches() {
    let signals = [
        "\"driver.b\"",
        "{ channel = \"driver.b\", debounce = { time = \"100 ms\", edge = \"falling\" } }",
        "{ channel = \"driver.b\", debounce = { time = \"100 ms\", edge = \"both\" } }",
        "{ channel = \"driver.b\", debounce = \"100 ms\" }",
        "{ channel = \"driver.b\", multi-press = { count = 1, window = \"1 s\" } }",
        "{ channel = \"driver.b\", edge = \"falling\" }",
    ];
    let mut bindings = String::new();
    for table in ["bindings", "opmodes.drive.bindings"] {
        for signal in signals {
            for on in [
                "on-true",
                "on-false",
                "toggle-on-true",
                "toggle-on-false",
                "while-true",
            ] {
                bindings += &bind(table, signal, on, "\"counter/yields-on\"");
            }
        }
    }
    let robot = TestRobot::new(&format!("{PARTS}{bindings}{}", timeline(&TWICE)));
    let (played, _) = play(&robot);
    assert_eq!(starts(&played, "counter/yields-on"), [] as [f64; 0]);
    assert_eq!(refused(&played, "counter/yields-on").len(), 0);

    // Unless the file says so.
    let said = bind(
        "opmodes.drive.bindings",
        signals[0],
        "on-false",
        "\"counter/count\"",
    );
    let robot = TestRobot::new(&format!(
        "{PARTS}{said}first = \"edge\"\n{}",
        timeline(&TWICE)
    ));
    assert_eq!(starts(&play(&robot).0, "counter/count"), [1.0, 3.0]);
}

#[test]
fn what_was_built_up_in_one_op_mode_does_not_count_in_the_next() {
    let debounced = "{ channel = \"driver.a\", debounce = \"200 ms\" }";
    let double = "{ channel = \"driver.x\", multi-press = { count = 2, window = \"10 s\" } }";
    for table in ["bindings", "opmodes.drive.bindings"] {
        let robot = TestRobot::new(&format!(
            "{PARTS}{}{}{}{}{}{}{}",
            bind(table, debounced, "on-true", "\"counter/count\""),
            bind(table, double, "on-true", "\"counter/yields-on\""),
            timeline(&[("drive", "1 s"), ("other", "1 s"), ("drive", "1 s")]),
            press("a", "880 ms", "200 ms"),
            press("a", "1960 ms", "80 ms"),
            press("x", "500 ms", "100 ms"),
            press("x", "2500 ms", "100 ms"),
        ));
        let (events, _) = play(&robot);
        assert_eq!(starts(&events, "counter/count"), [] as [f64; 0], "{table}");
        assert_eq!(
            starts(&events, "counter/yields-on"),
            [] as [f64; 0],
            "{table}"
        );
    }
}

#[test]
fn a_refused_start_says_who_is_in_the_way() {
    let command = |priority: i32| format!("{{ name = \"forks/drives\", priority = {priority} }}");
    let robot = TestRobot::new(&format!(
        "{}{}{}{}",
        PARTS.replace(
            "mode = \"teleoperated\"",
            &format!(
                "mode = \"teleoperated\"\nschedule = [{}, {}]",
                command(5),
                command(-1)
            ),
        ),
        bind(
            "opmodes.drive.bindings",
            "\"driver.a\"",
            "retry-while-true",
            &command(1)
        ),
        timeline(&[("drive", "1 s")]),
        press("a", "20 ms", "500 ms"),
    ));
    let (events, summary) = play(&robot);
    let refused = refused(&events, "forks/drives");
    let sources: Vec<_> = refused
        .iter()
        .map(|e| e["source"].as_str().unwrap())
        .collect();
    assert_eq!(sources, ["schedule", "binding", "binding"], "{refused:?}");
    assert_eq!(refused[0]["reason"], "lower-priority-than-queued");
    assert_eq!(refused[1]["reason"], "lower-priority-than-running");
    assert!(
        refused.iter().all(|e| e["by"] == "forks/drives"),
        "{refused:?}"
    );
    // Once, and again when it starts at last.
    assert!(refused[2]["again"].as_u64().unwrap() >= 1, "{refused:?}");
    assert!(
        summary.contains("lower-priority-than-queued: forks/drives"),
        "{summary}"
    );
}

#[test]
fn a_plugin_in_quarantine_is_a_reason() {
    let robot = TestRobot::new(&format!(
        "{PARTS}[plugins.hogs]\nfile = \"hogs.wasm\"\nlimits.quarantine = {{ failures = 1 }}\n{}{}{}",
        bind(
            "opmodes.drive.bindings",
            "\"driver.a\"",
            "on-true",
            "\"hogs/traps\""
        ),
        timeline(&[("drive", "1 s")]),
        press("a", "100 ms", "50 ms") + &press("a", "300 ms", "50 ms"),
    ));
    let (events, _) = play(&robot);
    let refused = refused(&events, "hogs/traps");
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0]["reason"], "withdrawn");
    assert_eq!(count(&events, "failed", "hogs/traps"), 1);
}

#[test]
fn a_default_command_that_ends_at_once_is_told_once_and_rests() {
    for command in [
        "{ name = \"forks/drives\", timeout = \"10 ms\" }",
        // It fails at once, for there are no lights.
        "\"forks/drives\"",
    ] {
        let parts = PARTS.replace(
            "mode = \"teleoperated\"",
            &format!("mode = \"teleoperated\"\ndefaults = {{ arm = {command} }}"),
        );
        let lights = "outputs.lights = { kind = \"array\", length = 3, safe = 0 }\n";
        let parts = match command.starts_with('{') {
            true => parts,
            false => parts.replace(lights, ""),
        };
        let robot = TestRobot::new(&format!("{parts}{}", timeline(&[("drive", "10 s")])));
        let (events, _) = play(&robot);
        let told = events.iter().filter(|e| {
            e["event"] == "note" && e["text"].as_str().unwrap().contains("ends by itself")
        });
        assert_eq!(told.count(), 1, "{command}");
        let lines = events.len();
        assert!((80..600).contains(&lines), "{command}: {lines} lines");
    }
}

#[test]
fn a_sensor_that_never_answered_fulfils_nothing() {
    let parts = format!(
        "{PARTS}
        [mechanisms.drive]
        outputs.left = {{ unit = \"V\", range = [-12, 12], safe = 0 }}
        outputs.right = {{ unit = \"V\", range = [-12, 12], safe = 0 }}
        [devices.drivebase]
        model = \"differential-drive\"
        motor = \"neo\"
        motors-per-side = 2
        gearing = 8.46
        wheel-diameter = \"6 in\"
        track-width = \"0.6 m\"
        mass = \"30 kg\"
        start-x = \"2 m\"
        start-y = \"4 m\"
        channels = {{ left-voltage = \"drive.left\", right-voltage = \"drive.right\" }}
        [devices.front]
        model = \"distance-sensor\"
        of = \"drivebase\"
        prefix = \"front\"
        "
    );
    let near = "{ channel = \"front.distance\", below = 0.5 }";
    let far = "{ not = { channel = \"front.distance\", below = 0.5 } }";
    let mut bindings = String::new();
    for signal in [near, far] {
        for on in [
            "on-true",
            "on-false",
            "while-true",
            "while-false",
            "retry-while-true",
            "toggle-on-true",
        ] {
            bindings += &bind(
                "opmodes.drive.bindings",
                signal,
                on,
                "\"counter/yields-on\"",
            );
            let edge = bind("opmodes.drive.bindings", signal, on, "\"counter/count\"");
            bindings += &format!("{edge}first = \"edge\"\n");
        }
    }
    let robot = TestRobot::new(&format!("{parts}{bindings}{}", timeline(&TWICE)));
    let (events, _) = play(&robot);
    let scheduled = events.iter().filter(|e| e["event"] == "scheduled");
    assert_eq!(scheduled.count(), 0);

    // In range, it does.
    robot.edit("start-x = \"2 m\"", "start-x = \"16.2 m\"");
    assert!(!starts(&play(&robot).0, "counter/yields-on").is_empty());
}

#[test]
fn mistakes_of_a_script_are_shown_at_its_entry() {
    let robot = TestRobot::new(&format!(
        "{PARTS}[[simulation.script]]\nat = \"1 s\"\nset = {{ \"driver.left-y\" = -3, \"driver.pov\" = 725 }}\n"
    ));
    let said = robot.fails(&["check", "robot.toml"]);
    for mistake in ["`driver.left-y` is -3", "`driver.pov` is 725"] {
        assert!(said.contains(mistake), "{said}");
    }
    assert!(
        said.contains("set = {") && !said.contains("devices.driver"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_is_not_found_is_told_with_where_it_was_looked_for() {
    let robot = TestRobot::new("[plugins.p]\nfile = \"rel\\\\v1\\\\p.wasm\"\n");
    let said = robot.fails(&["check", "robot.toml"]);
    assert!(said.contains("write `/` between folders"), "{said}");
    let robot = TestRobot::new("[plugins.p]\nfile = \"hello.wasm\"\n");
    let elsewhere = tempfile::TempDir::new().unwrap();
    let link = elsewhere.path().join("robot.toml");
    std::os::unix::fs::symlink(robot.path(), &link).unwrap();
    let output = gantry(&elsewhere)
        .args(["check", "robot.toml"])
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert!(
        said.contains("not at that of the file to which this link"),
        "{said}"
    );
}

#[test]
fn a_cache_that_cannot_be_made_is_told_once() {
    let robot = TestRobot::new("[plugins.p]\nfile = \"hello.wasm\"\n");
    robot.write("file", b"");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gantry"))
        .current_dir(robot.folder.path())
        .args(["--cache", "file/cache", "check", "robot.toml"])
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert_eq!(said.matches("file/cache").count(), 1, "{said}");
    assert_eq!(said.matches("os error").count(), 1, "{said}");
}
