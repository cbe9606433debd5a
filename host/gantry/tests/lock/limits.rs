//! Every limit is locked, whether it was set when the robot was locked or not.

use std::path::Path;

use crate::refusal;
use crate::support::{TestRobot, text};

/// Another value for every key of `[limits]` and of `[limits.quarantine]`, none of them the host's.
const OTHERS: &[(&str, &str)] = &[
    ("memory", "\"48 MiB\""),
    ("memory-together", "\"900 MiB\""),
    ("table-elements", "49_999"),
    ("stack", "\"2 MiB\""),
    ("slice", "\"3 ms\""),
    ("time-per-tick", "\"8 ms\""),
    ("cleanup", "\"4 ms\""),
    ("preemption-limit", "7"),
    ("live-runs", "7"),
    ("runs", "1_999"),
    ("host-memory", "\"63 MiB\""),
    ("open-files", "31"),
    ("folder-bytes", "\"255 MiB\""),
    ("folder-files", "999"),
    ("recorded-bytes-per-second", "\"1023 KiB\""),
    ("forks-per-tick", "999"),
    ("depth", "63"),
    ("bindings", "1_999"),
    ("topics", "511"),
    ("requests-per-tick", "9_999"),
    ("requests-together", "19_999"),
    ("handles", "9_999"),
    ("call-bytes", "\"3 MiB\""),
    ("bytes-per-tick", "\"15 MiB\""),
    ("log-lines-per-tick", "199"),
    ("log-lines-per-second", "999"),
    ("quarantine.failures", "4"),
    ("quarantine.within", "\"9 s\""),
    ("quarantine.first", "\"1 s\""),
    ("quarantine.longest", "\"59 s\""),
    ("quarantine.retry-when-locked", "true"),
];

/// With the host's limits.
const ROBOT: &str = r#"
    # of all plugins
    [plugins.counter]
    file = "keeps-locals.wasm"
    # of this one
    [opmodes.count]
    mode = "test"
    schedule = ["counter/count"]
"#;

#[test]
fn a_limit_that_is_set_after_locking_is_refused_and_named() {
    let robot = TestRobot::new(ROBOT);
    robot.succeeds(&["lock", "robot.toml"]);
    let before = robot.read("robot.toml");
    for (key, value) in OTHERS {
        for place in ["# of all plugins", "# of this one"] {
            // The stack is the same for all.
            if *key == "stack" && place != "# of all plugins" {
                continue;
            }
            robot.edit(place, &format!("limits.{key} = {value}"));
            let refused = refusal(&robot);
            let expected = format!("plugin counter: limits.{key}: locked ");
            assert!(refused.contains(&expected), "no `{expected}` in\n{refused}");
            assert_eq!(refused.matches(": locked ").count(), 1, "{refused}");
            robot.write("robot.toml", &before);
        }
    }
}

#[test]
fn the_limits_of_these_tests_are_all_there_are() {
    let mut limits = keys_of("limits");
    // It is a table, and its keys follow.
    limits.retain(|key| key != "quarantine");
    let quarantine = keys_of("limits.quarantine");
    limits.extend(quarantine.iter().map(|key| format!("quarantine.{key}")));
    limits.sort();
    let mut tested: Vec<_> = OTHERS.iter().map(|(key, _)| (*key).to_owned()).collect();
    tested.sort();
    assert_eq!(tested, limits);

    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/robot-toml.md");
    let reference = std::fs::read_to_string(reference).unwrap();
    for key in limits {
        let key = key.trim_start_matches("quarantine.");
        assert!(reference.contains(&format!("\n| `{key}` | ")), "no `{key}`");
    }
}

/// The keys of a table, which the binary lists when it is asked for one that is like none of them.
fn keys_of(table: &str) -> Vec<String> {
    let robot = TestRobot::new(&format!("[{table}]\nhippopotamus = 1\n"));
    let said = robot.fails(&["check", "robot.toml"]);
    let (_, keys) = said.split_once("the keys here are ").expect(&said);
    let keys = keys.lines().next().unwrap().split('`');
    // What is between them is not in quotes.
    keys.skip(1).step_by(2).map(str::to_owned).collect()
}

/// The names of the limits that a lock has of the plugin `counter`.
fn locked_limits(robot: &TestRobot) -> toml::Table {
    robot.succeeds(&["lock", "robot.toml"]);
    let lock: toml::Table = toml::from_str(&text(&robot.read("robot.lock"))).unwrap();
    lock["plugins"]["counter"]["limits"]
        .as_table()
        .unwrap()
        .clone()
}

#[test]
fn a_lock_has_every_limit_whether_it_was_set_or_not() {
    let robot = TestRobot::new(ROBOT);
    let limits = locked_limits(&robot);
    for (key, _) in OTHERS {
        let found = match key.split_once('.') {
            Some((table, key)) => limits[table].get(key),
            None => limits.get(*key),
        };
        assert!(found.is_some(), "no `{key}` in\n{limits}");
    }
    assert_eq!(
        limits["time-per-tick"].as_str(),
        Some("10ms"),
        "half of the period"
    );
    assert_eq!(limits["preemption-limit"].as_integer(), Some(25));
    assert_eq!(
        limits["live-runs"].as_integer(),
        Some(384),
        "three quarters of 512"
    );

    robot.edit(
        "robot.name",
        "robot.period = \"10 ms\"\nrobot.live-runs = 10\nrobot.preemption-limit = 3\nrobot.name",
    );
    let limits = locked_limits(&robot);
    assert_eq!(limits["time-per-tick"].as_str(), Some("5ms"));
    assert_eq!(limits["preemption-limit"].as_integer(), Some(3));
    assert_eq!(limits["live-runs"].as_integer(), Some(8));
}
