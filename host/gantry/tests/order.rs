//! The order of a table's keys changes nothing of what happens, for a lock does not have it.

mod support;

use support::{TestRobot, assert_succeeded, events, gantry};
use toml::Value;

/// The same file with the keys of every table turned round.
fn turned_round(robot: &str) -> String {
    fn turn(value: Value) -> Value {
        match value {
            Value::Table(entries) => {
                let entries = entries.into_iter().rev();
                Value::Table(entries.map(|(key, value)| (key, turn(value))).collect())
            }
            Value::Array(elements) => Value::Array(elements.into_iter().map(turn).collect()),
            plain => plain,
        }
    }
    let turned = turn(toml::from_str(robot).unwrap());
    toml::to_string(&turned).unwrap()
}

/// What happens in a robot, without the time of day.
fn plays(robot: &TestRobot, text: &str) -> Vec<serde_json::Value> {
    robot.write("robot.toml", text.as_bytes());
    let output = gantry(&robot.folder)
        .args(["sim", "robot.toml", "--events", "events.jsonl"])
        .output()
        .unwrap();
    assert_succeeded(&output);
    events(&robot.folder.path().join("events.jsonl"))
}

#[track_caller]
fn assert_same(robot: &TestRobot, file: &str) {
    let (one, other) = (plays(robot, file), plays(robot, &turned_round(file)));
    assert!(one.len() > 10, "{one:?}");
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), other.len());
}

/// The demo's robot, in a folder with its plugins.
fn demo() -> TestRobot {
    let robot = TestRobot::new("");
    for (name, bytes) in gantry_plugins::ALL {
        robot.write(&format!("{name}.wasm"), bytes);
    }
    robot
}

#[test]
fn the_demo_is_the_same_whatever_the_order_of_its_keys() {
    assert_same(&demo(), gantry_plugins::DEMO_ROBOT);
}

#[test]
fn noise_is_the_same_whatever_the_order_of_the_keys() {
    let mut noisy = gantry_plugins::DEMO_ROBOT.to_owned();
    for (model, noise) in [
        ("elevator", "height-noise = \"5 mm\""),
        ("arm", "angle-noise = \"0.5 deg\""),
        ("differential-drive", "gyro-noise = \"0.5 deg\""),
    ] {
        let model = format!("model = \"{model}\"\n");
        assert_eq!(noisy.matches(&model).count(), 1);
        noisy = noisy.replace(&model, &format!("{model}{noise}\n"));
    }
    assert_same(&demo(), &noisy);
}
