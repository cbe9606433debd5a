//! Signals of a robot's file that are many or large, in the real binary.

mod support;

use std::fmt::Write as _;

use support::{TestRobot, text};

/// More than anybody writes, and enough to notice what takes the square of it.
const MANY: usize = 100_000;

/// A robot whose named signals have these definitions.
fn robot(definitions: impl Iterator<Item = String>) -> TestRobot {
    let mut signals = "[signals]\n".to_owned();
    for (at, definition) in definitions.enumerate() {
        writeln!(signals, "s{at} = {definition}").unwrap();
    }
    TestRobot::new(&signals)
}

/// What `check` says. Checking in the square of the number takes minutes of processor time.
#[track_caller]
fn check(robot: &TestRobot) -> String {
    let output = robot.gantry_within(30, &["check", "robot.toml"]);
    assert!(output.status.code().is_some(), "{}", output.status);
    text(&[output.stdout, output.stderr].concat())
}

#[test]
fn many_signals_are_read_in_time_that_grows_with_their_number_alone() {
    let alone = robot((0..MANY).map(|_| "\"robot.enabled\"".to_owned()));
    assert!(check(&alone).starts_with("Test: ok"));
    let forwards = robot((0..MANY).map(|at| match at + 1 {
        MANY => "\"robot.enabled\"".to_owned(),
        next => format!("\"s{next}\""),
    }));
    assert!(check(&forwards).starts_with("Test: ok"));
    let backwards = robot((0..MANY).map(|at| match at {
        0 => "\"robot.enabled\"".to_owned(),
        at => format!("\"s{}\"", at - 1),
    }));
    assert!(check(&backwards).starts_with("Test: ok"));
}

#[test]
fn of_many_mistakes_as_many_are_shown_as_somebody_reads() {
    let circle = robot((0..MANY).map(|at| format!("\"s{}\"", (at + 1) % MANY)));
    let said = check(&circle);
    let route = "`s0` refers to itself: s0 -> s1 -> s2 -> ";
    assert!(said.contains(route), "{said}");
    assert!(said.contains("s19 -> … -> s0\n"), "{said}");
    // Every signal closes a circle with the first.
    let circles = robot((0..2_000).map(|at| format!("{{ all = [\"s{}\", \"s0\"] }}", at + 1)));
    let said = check(&circles);
    assert!(said.ends_with("and 1900 more\n"), "{}", said.len());
    let unknown = robot((0..10_000).map(|at| format!("\"unknown{at}\"")));
    let said = check(&unknown);
    assert!(said.ends_with("and 9900 more\n"), "{}", said.len());
}

#[test]
fn a_signal_of_more_parts_than_the_scheduler_takes_is_an_error_at_its_line() {
    let plugins = "[plugins.counter]\nfile = \"keeps-locals.wasm\"\n";
    let many = |count: usize| vec!["\"robot.enabled\""; count].join(", ");
    // Of so many conditions, one fewer are joined.
    let allowed = format!("[signals]\nlarge = {{ any = [{}] }}\n", many(500));
    let robot = TestRobot::new(&allowed);
    robot.succeeds(&["check", "robot.toml"]);

    robot.edit("any = [", "any = [\"robot.test\", ");
    let expected = "the signal `large` is made of more than 1000 parts, and would never be true";
    let said = robot.fails(&["check", "robot.toml"]);
    assert!(said.contains(expected), "{said}");
    assert!(said.contains("robot.toml:3:1"), "{said}");

    // Halves that are allowed, together, and what is made of them.
    let named = format!(
        "{plugins}[signals]\nhalf = {{ all = [{}] }}\nwhole = {{ all = [\"half\", \"!half\", \"half\"] }}\n\
         user = \"!whole\"\n[[bindings]]\nsignal = \"user\"\non = \"on-true\"\n\
         command = \"counter/count\"\n[[bindings]]\nsignal = {{ any = [\"half\", \"half\"] }}\n\
         on = \"on-true\"\ncommand = \"counter/count\"\n",
        many(250)
    );
    let robot = TestRobot::new(&named);
    let said = robot.fails(&["check", "robot.toml"]);
    let expected = "the signal `whole` is made of more than 1000 parts";
    assert_eq!(said.matches("error: ").count(), 1, "{said}");
    assert!(said.contains(expected), "{said}");
    robot.edit("\"!half\", ", "");
    robot.succeeds(&["check", "robot.toml"]);
    robot.edit("\"half\", \"half\"", "\"half\", \"half\", \"half\"");
    let said = robot.fails(&["check", "robot.toml"]);
    assert!(
        said.contains("this signal is made of more than 1000 parts"),
        "{said}"
    );
    assert!(said.contains("robot.toml:13:10"), "{said}");
}
