//! The order of lines.

use serde_json::Value;

use crate::support::{TestRobot, events};

const TWO_MODES: &str = r#"
    [plugins.counter]
    file = "keeps-locals.wasm"
    [plugins.hogs]
    file = "hogs.wasm"
    [opmodes.count]
    mode = "autonomous"
    schedule = [{ name = "counter/count", arguments = { ticks = 1000 } }]
    [opmodes.hog]
    mode = "teleoperated"
    schedule = ["hogs/loops"]
    [[simulation.timeline]]
    opmode = "disabled"
    for = "200 ms"
    [[simulation.timeline]]
    opmode = "count"
    for = "500 ms"
    [[simulation.timeline]]
    opmode = "hog"
    for = "200 ms"
"#;

#[test]
fn a_mode_comes_before_what_it_starts_and_what_it_ends() {
    let robot = TestRobot::new(TWO_MODES);
    robot.succeeds(&["sim", "robot.toml", "--events", "e.jsonl"]);
    // Which asserts that ticks never go back.
    let events = events(&robot.folder.path().join("e.jsonl"));
    let at = |wanted: &dyn Fn(&Value) -> bool| {
        let place = events.iter().position(wanted);
        let place = place.unwrap_or_else(|| panic!("it is not in {events:#?}"));
        (place, events[place]["tick"].as_u64().unwrap())
    };
    let mode =
        |name: &'static str| at(&move |event| event["event"] == "mode" && event["opmode"] == name);
    let of = |event: &'static str, command: &'static str| {
        at(&move |line| line["event"] == event && line["command"] == command)
    };
    let (first, second) = (mode("count"), mode("hog"));
    let (starts, ends) = (
        of("scheduled", "counter/count"),
        of("canceled", "counter/count"),
    );
    assert!(first.0 < starts.0 && starts.0 < second.0 && second.0 < ends.0);
    // Between two ticks it is the one that is about to run.
    assert_eq!((first.1, starts.1, second.1, ends.1), (10, 10, 35, 35));
    let disabled = events
        .iter()
        .rposition(|event| event["mode"] == "disabled")
        .unwrap();
    let last = of("canceled", "hogs/loops");
    assert!(disabled < last.0, "{events:#?}");
    assert_eq!(events[disabled]["tick"], 45);
}

#[test]
fn the_end_of_a_run_in_real_time_is_in_order_too() {
    let robot = TestRobot::new(TWO_MODES);
    let run = ["run", "robot.toml", "--opmode", "count", "--for", "300ms"];
    robot.succeeds(&[&run[..], &["--events", "e.jsonl"]].concat());
    let events = events(&robot.folder.path().join("e.jsonl"));
    let disabled = events
        .iter()
        .rposition(|event| event["mode"] == "disabled")
        .unwrap();
    let canceled = events
        .iter()
        .position(|event| event["event"] == "canceled")
        .unwrap();
    assert!(disabled < canceled, "{events:#?}");
    assert!(events[disabled]["tick"].as_u64() <= events[canceled]["tick"].as_u64());
}
