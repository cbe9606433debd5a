//! Topics: how old they are, and that they end with their publisher.

use serde_json::Value;

use crate::support::{TestRobot, count};

/// A plugin that publishes `innocent.angle` in every tick in which it holds the arm.
const HOLDS: &str = r#"
    [mechanisms.arm]
    outputs.voltage = { unit = "V", range = [-12, 12], safe = 0 }
    inputs.angle = { unit = "rad" }
    inputs.velocity = { unit = "rad/s" }
    [devices.arm]
    model = "arm"
    motor = "neo-550"
    gearing = 100
    current-limit = "30 A"
    length = "0.4 m"
    mass = "3 kg"
    min-angle = "-30 deg"
    max-angle = "100 deg"
    start-angle = "90 deg"
    channels = { voltage = "arm.voltage", angle = "arm.angle", velocity = "arm.velocity" }
    [plugins.innocent]
    file = "innocent.wasm"
    mechanisms = ["arm"]
    reads = ["arm.*"]
    publishes = ["innocent.*"]
"#;

fn robot(rest: &str) -> TestRobot {
    TestRobot::new(&format!("{HOLDS}{rest}"))
}

fn topics(events: &[Value]) -> Vec<&Value> {
    let of_topic = |event: &&Value| event["topic"] == "innocent.angle";
    events.iter().filter(of_topic).collect()
}

fn tick_of(events: &[Value], event: &str, command: &str) -> u64 {
    let found = events
        .iter()
        .find(|line| line["event"] == event && line["command"] == command);
    found.unwrap_or_else(|| panic!("no {event} of {command}"))["tick"]
        .as_u64()
        .unwrap()
}

#[test]
fn a_signal_of_a_topic_says_how_old_its_value_may_be() {
    let robot = robot(
        r#"
        [plugins.counter]
        file = "keeps-locals.wasm"
        [opmodes.hold]
        mode = "test"
        schedule = ["innocent/holds"]
        [opmodes.after]
        mode = "test"
        [[opmodes.after.bindings]]
        signal = { topic = "innocent.angle", above = -100 }
        on = "while-true"
        command = { name = "counter/count", arguments = { ticks = 20 } }
        [[opmodes.after.bindings]]
        signal = { topic = "innocent.angle", above = -100, max-age = "200 ms" }
        on = "while-true"
        command = "counter/yields-on"
        [[simulation.timeline]]
        opmode = "hold"
        for = "500 ms"
        [[simulation.timeline]]
        opmode = "after"
        for = "1 s"
        "#,
    );
    robot.succeeds(&["sim", "robot.toml", "--events", "e.jsonl"]);
    let events = crate::events(&robot.folder.path().join("e.jsonl"));
    // Published last in tick 24, at 0.48 s; 0.68 s is the last time at which it is fresh.
    assert_eq!(tick_of(&events, "scheduled", "counter/yields-on"), 25);
    assert_eq!(tick_of(&events, "canceled", "counter/yields-on"), 35);
    // Whoever does not ask for its age sees it for as long as there is one.
    assert_eq!(count(&events, "completed", "counter/count"), 1);
    let last = topics(&events).last().unwrap()["value"].clone();
    assert!(
        last.is_number(),
        "a run that ends leaves its topics: {last}"
    );
}

#[test]
fn a_topic_ends_with_a_plugin_that_is_quarantined() {
    // So many of them log more in one tick than the plugin may hand over, which is a failure.
    let pulses = r#"
        [[opmodes.hold.bindings]]
        signal = { topic = "innocent.angle", above = -100, debounce = "200 ms" }
        on = "on-true"
        command = "innocent/pulses"
        "#
    .repeat(70);
    let robot = robot(&format!(
        r#"
        limits.bytes-per-tick = "1 KiB"
        limits.quarantine = {{ failures = 1, first = "200 ms" }}
        [plugins.counter]
        file = "keeps-locals.wasm"
        [opmodes.hold]
        mode = "test"
        schedule = ["innocent/holds"]
        [[opmodes.hold.bindings]]
        signal = {{ topic = "innocent.angle", above = -100 }}
        on = "while-true"
        command = "counter/yields-on"
        {pulses}
        "#,
    ));
    let events = robot.sim("hold", "1s");
    let place = |event: &str| events.iter().position(|line| line["event"] == event);
    let quarantined = place("quarantined").expect("it has failed");
    let topics = topics(&events);
    let last = topics.last().unwrap();
    assert!(last["value"].is_null(), "{topics:?}");
    assert_eq!(last["tick"], events[quarantined]["tick"]);
    assert_eq!(count(&events, "canceled", "counter/yields-on"), 1);
}

#[cfg(unix)]
#[test]
fn a_topic_ends_with_a_plugin_that_is_reloaded() {
    let robot = robot(
        r#"
        [opmodes.hold]
        mode = "test"
        schedule = ["innocent/holds"]
        "#,
    );
    let file = robot.folder.path().join("e.jsonl");
    let mut running = crate::real_time::Running::start(&robot);
    crate::real_time::wait_for(&file, |line| line["mode"] == "disabled");
    running.order("enable hold");
    crate::real_time::wait_for(&file, |line| line["topic"] == "innocent.angle");
    // The same plugin in other bytes: with an empty section of nobody's at its end.
    let mut other = robot.read("innocent.wasm");
    other.extend([0, 2, 1, b'x']);
    robot.write("partial", &other);
    std::fs::rename(
        robot.folder.path().join("partial"),
        robot.folder.path().join("innocent.wasm"),
    )
    .unwrap();
    crate::real_time::wait_for(&file, |line| {
        line["topic"] == "innocent.angle" && line["value"].is_null()
    });
    drop(running);
    let events = crate::real_time::lines(&file);
    let place = |is: &dyn Fn(&Value) -> bool| events.iter().position(is).unwrap();
    let reloaded = place(&|line| line["event"] == "reloaded");
    let ended = place(&|line| line["topic"] == "innocent.angle" && line["value"].is_null());
    assert!(reloaded < ended, "{events:#?}");
}
