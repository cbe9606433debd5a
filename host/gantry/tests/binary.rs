//! The real binary, as a user runs it.

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use support::live::Live;
use support::{TestRobot, assert_succeeded, count, events, gantry, guest, text};
use tempfile::TempDir;

#[test]
fn the_demo_scores_in_virtual_time_and_repeats_exactly() {
    let folder = TempDir::new().unwrap();
    let (first, second) = (folder.path().join("a.jsonl"), folder.path().join("b.jsonl"));
    let arguments = |file: &Path| {
        [
            "demo",
            "--fast",
            "--seed",
            "7",
            "--events",
            file.to_str().unwrap(),
        ]
        .map(str::to_owned)
    };
    let output = gantry(&folder).args(arguments(&first)).output().unwrap();
    assert_succeeded(&output);
    let summary = text(&output.stdout);
    assert!(summary.contains("autos/two-ball"), "{summary}");
    assert!(summary.contains("scored"), "{summary}");

    let events = events(&first);
    let routine = events
        .iter()
        .find(|event| event["event"] == "completed" && event["command"] == "autos/two-ball")
        .expect("the routine ends by itself");
    assert_eq!(routine["value"], 2, "balls shot");
    assert!(
        routine["t"].as_f64().unwrap() < 15.0,
        "it ends within its time: {routine}"
    );

    assert_succeeded(&gantry(&folder).args(arguments(&second)).output().unwrap());
    let (first, second) = (
        std::fs::read(first).unwrap(),
        std::fs::read(second).unwrap(),
    );
    assert!(first == second, "the same seed gives another run");
}

/// A command that never yields, beside one that does.
const HOG_AND_COUNTER: &str = r#"
    [plugins.hogs]
    file = "hogs.wasm"
    [plugins.counter]
    file = "keeps-locals.wasm"
    [opmodes.both]
    mode = "test"
    schedule = ["hogs/loops", { name = "counter/count", arguments = { ticks = 50 } }]
"#;

#[test]
fn a_plugin_that_never_yields_is_named_and_canceled_and_the_others_go_on() {
    let robot = TestRobot::new(HOG_AND_COUNTER);
    let output = robot.gantry(&[
        "sim",
        "robot.toml",
        "--opmode",
        "both",
        "--for",
        "2s",
        "--events",
        "events.jsonl",
    ]);
    assert_succeeded(&output);
    assert!(text(&output.stdout).contains("hogs/loops"));
    let events = events(&robot.folder.path().join("events.jsonl"));
    assert!(count(&events, "preempted", "hogs/loops") > 10);
    assert_eq!(count(&events, "preempted", "counter/count"), 0);
    assert_stopped_and_counted(&events);
}

/// How often anybody is pre-empted depends on the machine; how it ends does not.
#[test]
fn a_plugin_that_never_yields_is_canceled_in_real_time() {
    let robot = Live::start(TestRobot::new(HOG_AND_COUNTER), &["--opmode", "both"]);
    robot.wait_for_event("canceled", "hogs/loops");
    robot.wait_for_event("completed", "counter/count");
    assert_stopped_and_counted(&robot.quit());
}

#[track_caller]
fn assert_stopped_and_counted(events: &[Value]) {
    assert_eq!(count(events, "canceled", "hogs/loops"), 1);
    let completed = |e: &&Value| e["event"] == "completed" && e["command"] == "counter/count";
    let counted = events.iter().find(completed);
    assert_eq!(counted.expect("the other one goes on")["value"], 1225);
}

#[test]
fn twenty_plugins_that_never_yield_do_not_take_the_tick_from_the_others() {
    let hogs = "\"hogs/loops\", ".repeat(20);
    let robot = TestRobot::new(&format!(
        r#"
        [plugins.hogs]
        file = "hogs.wasm"
        [plugins.counter]
        file = "keeps-locals.wasm"
        [opmodes.all]
        mode = "test"
        schedule = [{hogs} {{ name = "counter/count", arguments = {{ ticks = 50 }} }}]
        "#,
    ));
    let events = robot.sim("all", "2s");
    assert_eq!(count(&events, "canceled", "hogs/loops"), 20);
    assert_eq!(count(&events, "completed", "counter/count"), 1);
    assert_eq!(count(&events, "preempted", "counter/count"), 0);
}

#[test]
fn the_limits_of_the_file_hold() {
    let robot = TestRobot::new(
        r#"
        robot.preemption-limit = 7
        [plugins.hogs]
        file = "hogs.wasm"
        [plugins.short]
        file = "hogs.wasm"
        limits.preemption-limit = 3
        [opmodes.all]
        mode = "test"
        schedule = ["hogs/loops", "short/loops"]
        "#,
    );
    let events = robot.sim("all", "1s");
    assert_eq!(
        count(&events, "preempted", "hogs/loops"),
        8,
        "the one beyond ends it"
    );
    assert_eq!(count(&events, "preempted", "short/loops"), 4);
}

#[test]
fn what_goes_over_a_limit_is_told_by_the_limits_name() {
    let robot = TestRobot::new(
        r#"
        [plugins.hogs]
        file = "hogs.wasm"
        limits = { memory = "8 MiB", handles = 10 }
        [plugins.few]
        file = "hogs.wasm"
        limits = { live-runs = 1 }
        [plugins.maker]
        file = "uses-std.wasm"
        folder = { path = "made", write = true }
        limits = { folder-files = 0 }
        [plugins.writer]
        file = "uses-std.wasm"
        folder = { path = "written", write = true }
        limits = { folder-bytes = "4 B" }
        [plugins.forks]
        file = "forks.wasm"
        reads = ["driver.*", "arm.*"]
        publishes = ["forks/*"]
        mechanisms = ["arm"]
        limits = { forks-per-tick = 1 }
        [plugins.flat]
        file = "forks.wasm"
        reads = ["driver.*", "arm.*"]
        publishes = ["forks/*"]
        mechanisms = ["arm"]
        commands = ["forks/*"]
        limits = { depth = 1 }
        [plugins.lone]
        file = "forks.wasm"
        reads = ["driver.*", "arm.*"]
        publishes = ["forks/*"]
        mechanisms = ["arm"]
        commands = ["forks/*"]
        limits = { runs = 1 }
        [mechanisms.arm]
        inputs.angle = { unit = "rad" }
        outputs.voltage = { unit = "V", range = [-12, 12], safe = 0 }
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
        [opmodes.all]
        mode = "test"
        schedule = ["hogs/grows", "hogs/hoards-handles", "few/loops", "few/works-a-while", "forks/parent", "flat/parent", "lone/parent", "maker/writes-a-file", "writer/writes-a-file"]
        "#,
    );
    for folder in ["made", "written"] {
        std::fs::create_dir(robot.folder.path().join(folder)).unwrap();
    }
    let events = robot.sim("all", "1s");
    let told: Vec<String> = events
        .iter()
        .filter(|event| event["event"] == "limit-exceeded")
        .map(|event| format!("{} {}", event["plugin"], event["limit"]))
        .collect();
    for expected in [
        r#""hogs" "memory""#,
        r#""hogs" "handles""#,
        r#""few" "live-runs""#,
        r#""forks" "forks-per-tick""#,
        r#""lone" "runs""#,
        r#""maker" "folder-files""#,
        r#""writer" "folder-bytes""#,
    ] {
        let times = told.iter().filter(|told| *told == expected).count();
        assert_eq!(times, 1, "{expected} in {told:?}");
    }
    let by = |event: &&Value| event["command"] == "flat/parent" && event["event"] == "interrupted";
    let interrupted = events.iter().find(by);
    let flat = events
        .iter()
        .filter(|event| event["command"] == "flat/parent");
    let interrupted = interrupted.unwrap_or_else(|| panic!("{:?}", flat.collect::<Vec<_>>()));
    assert_eq!(interrupted["by"], "depth limit");
}

#[test]
fn a_plugin_that_keeps_failing_is_quarantined_and_tried_again() {
    let robot = TestRobot::new(
        r#"
        [plugins.hogs]
        file = "hogs.wasm"
        limits.quarantine = { failures = 3, within = "1 s", first = "500 ms" }
        [plugins.counter]
        file = "keeps-locals.wasm"
        [plugins.strict]
        file = "hogs.wasm"
        limits.quarantine = { failures = 2, longest = "1 s" }
        [[bindings]]
        signal = "!driver.a"
        on = "retry-while-true"
        command = "hogs/traps"
        [[bindings]]
        signal = "!driver.a"
        on = "retry-while-true"
        command = "strict/panics"
        [opmodes.all]
        mode = "test"
        schedule = [{ name = "counter/count", arguments = { ticks = 50 } }]
        [devices.driver]
        model = "gamepad"
        prefix = "driver"
        "#,
    );
    let events = robot.sim("all", "5s");
    let of = |event: &str, plugin: &str| -> Vec<Value> {
        let is = |e: &&Value| e["event"] == event && e["plugin"] == plugin;
        events.iter().filter(is).cloned().collect()
    };
    let times: Vec<_> = of("quarantined", "hogs")
        .iter()
        .map(|event| event["time"].as_f64().unwrap())
        .collect();
    assert_eq!(times, [0.5, 1.0, 2.0, 4.0]);
    assert_eq!(of("released", "hogs").len(), 3);
    assert_eq!(count(&events, "failed", "hogs/traps"), 4 * 3);
    let message = of("quarantined", "hogs")[0]["message"].to_string();
    assert!(message.contains("failed 3 times within 1s"), "{message}");
    let times: Vec<_> = of("quarantined", "strict")
        .iter()
        .map(|event| event["time"].as_f64().unwrap())
        .collect();
    assert_eq!(times, [1.0; 5], "the longest is shorter than the first");
    assert_eq!(count(&events, "completed", "counter/count"), 1);

    let output = gantry(&robot.folder)
        .arg("sim")
        .arg(robot.path())
        .args(["--opmode", "all", "--for", "5s"])
        .output()
        .unwrap();
    let summary = text(&output.stdout);
    assert!(summary.contains("Quarantines"), "{summary}");
}

#[test]
fn a_robot_with_every_kind_of_bad_plugin_is_told_all_of_it_at_once() {
    let robot = TestRobot::new(
        r#"
        [plugins.missing]
        file = "missing.wasm"
        [plugins.text]
        file = "text.wasm"
        [plugins.half]
        file = "half.wasm"
        [plugins.core]
        file = "core.wasm"
        [plugins.hello]
        file = "hello.wasm"
        [opmodes.wrong]
        mode = "test"
        schedule = ["hello/helo", { name = "hello/hello", arguments = { volume = 3 } }]
        "#,
    );
    let hello = guest("hello");
    robot.write("text.wasm", b"not WebAssembly at all");
    robot.write("half.wasm", &hello[..hello.len() / 2]);
    robot.write("core.wasm", b"\0asm\x01\0\0\0");
    let output = gantry(&robot.folder)
        .arg("check")
        .arg(robot.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    for expected in ["missing", "text", "half", "core", "helo", "volume"] {
        assert!(
            errors.contains(expected),
            "nothing about `{expected}` in\n{errors}"
        );
    }
    assert!(errors.contains("robot.toml:"), "no line in\n{errors}");
}

#[test]
fn the_command_line_answers_as_people_expect() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| gantry(&folder).args(arguments).output().unwrap();

    let help = run(&["--help"]);
    assert_succeeded(&help);
    for command in ["demo", "run", "sim", "check", "inspect"] {
        assert!(text(&help.stdout).contains(command), "{command}");
    }
    assert_eq!(run(&[]).status.code(), Some(2));
    assert_eq!(run(&["dance"]).status.code(), Some(2));
    assert_eq!(
        run(&["sim", "robot.toml", "--opmode", "a", "--for", "soon"])
            .status
            .code(),
        Some(2)
    );

    let missing = run(&["check", "no-such-robot.toml"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(
        text(&missing.stderr).contains("no-such-robot.toml"),
        "{}",
        text(&missing.stderr)
    );
}

#[test]
fn an_unknown_op_mode_is_an_error_that_lists_those_there_are() {
    let robot = TestRobot::new(
        r#"
        [plugins.hello]
        file = "hello.wasm"
        [opmodes.greet]
        mode = "test"
        schedule = ["hello/hello"]
        "#,
    );
    let output = gantry(&robot.folder)
        .arg("sim")
        .arg(robot.path())
        .args(["--opmode", "great", "--for", "1s"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    assert!(
        errors.contains("great") && errors.contains("`greet`"),
        "{errors}"
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = TempDir::new().unwrap();
    let mut child = gantry(&folder)
        .args(["demo", "--fast"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_succeeded(&output);
    assert!(!text(&output.stderr).contains("panicked"));
}

#[test]
fn an_emergency_stop_is_for_good_and_quitting_is_orderly() {
    let robot = TestRobot::new(
        r#"
        [plugins.hello]
        file = "hello.wasm"
        [opmodes.greet]
        mode = "test"
        schedule = ["hello/hello"]
        "#,
    );
    let file = robot.folder.path().join("events.jsonl");
    let mut child = gantry(&robot.folder)
        .arg("run")
        .arg(robot.path())
        .args(["--log", "info", "--events"])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(b"fly\nenable gret\nenable greet\n")
        .unwrap();
    let mut errors = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    // What the plugin says: an emergency stop in the same breath would come first.
    while !errors.contains("hello/hello") {
        assert!(stderr.read_line(&mut errors).unwrap() > 0, "{errors}");
    }
    stdin.write_all(b"estop\nenable greet\nquit\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_succeeded(&output);

    let events = events(&file);
    let modes: Vec<&str> = events
        .iter()
        .filter(|event| event["event"] == "mode")
        .map(|event| event["mode"].as_str().unwrap())
        .collect();
    assert_eq!(modes, ["disabled", "test", "emergency-stopped"]);
    assert!(
        errors.contains("`fly`") && errors.contains("`gret`"),
        "{errors}"
    );
}

#[test]
fn inspect_says_what_a_plugin_offers_and_asks_for() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("drivetrain.wasm");
    std::fs::write(&path, gantry_plugins::DRIVETRAIN).unwrap();
    let output = gantry(&folder).arg("inspect").arg(&path).output().unwrap();
    assert_succeeded(&output);
    let shown = text(&output.stdout);
    for expected in [
        "drive-distance",
        "distance (m",
        "requires drive",
        "gantry:command@0.1",
    ] {
        assert!(shown.contains(expected), "no `{expected}` in\n{shown}");
    }

    let output = gantry(&folder)
        .args(["inspect", "--json"])
        .arg(&path)
        .output()
        .unwrap();
    assert_succeeded(&output);
    let inspection: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        inspection["description"]["commands"][0]["name"],
        "drive-distance"
    );
    assert_eq!(inspection["digest"].as_str().unwrap().len(), 64);
}
