//! What the contract's interfaces do, seen from a guest.

mod support;

use gantry_plugin::Policy;
use gantry_test_guests::FORKS;
use support::{Bench, trusting};

fn bench() -> Bench {
    let bench = Bench::new();
    bench.load("forks", FORKS);
    bench
}

/// The text a command returns, line by line.
fn lines(bench: &mut Bench, command: &str) -> Vec<String> {
    let ended = bench.finish(command);
    let text = ended
        .strip_prefix("completed \"")
        .unwrap_or_else(|| panic!("{ended}"));
    let text = text.strip_suffix('"').unwrap().replace("\\\"", "\"");
    text.split("\\n").map(str::to_owned).collect()
}

#[test]
fn children_are_forked_and_awaited() {
    let mut bench = bench();
    assert_eq!(
        lines(&mut bench, "forks/parent"),
        ["1 Outcome::Completed(Some(Value::Number(0.1))) \
          [Outcome::Completed(Some(Value::Number(0.1))), \
          Outcome::Failed(\"`forks/fails` failed: no\")] \
          Outcome::Completed(Some(Value::Number(0.0)))"]
    );
}

#[test]
fn a_lookup_says_what_is_wrong() {
    let mut bench = bench();
    assert_eq!(
        lines(&mut bench, "forks/looks-up"),
        [
            "plugin `forks` has no command `chid`; did you mean `child`?",
            "there is no plugin `fork`; did you mean `forks`?",
            "the argument `seconds` of `forks/child` is a number in s, not a text",
            "`forks/child` has no parameter `second`; did you mean `seconds`?",
            "found",
        ]
    );
}

#[test]
fn commands_are_grouped_and_renamed() {
    let mut bench = bench();
    let about = lines(&mut bench, "forks/groups").join("");
    assert!(
        about.contains("a -> b") && about.contains(" 7 Outcome::Completed("),
        "{about}"
    );
}

#[test]
fn channels_are_read_and_driven_by_the_owner() {
    let mut bench = bench();
    bench.input("arm.angle", 1.25);
    let command = bench.schedule("forks/drives");
    bench.tick();
    assert_eq!(bench.output("arm.voltage"), 2.5);
    bench.input("arm.angle", 2.0);
    bench.tick();
    assert_eq!(bench.output("arm.voltage"), 4.0);
    bench.ticks(2);
    assert!(!command.is_running());
    assert_eq!(bench.output("arm.voltage"), 0.0);
    let ended = bench.ended("forks/drives").unwrap();
    assert!(ended.starts_with("completed \"rad -12 12\\n"), "{ended}");
    assert!(ended.contains("13 V is outside the range"), "{ended}");
    assert!(ended.contains("NaN V is outside the range"), "{ended}");
    assert!(ended.contains("takes 3 numbers, 1 were written"), "{ended}");
}

#[test]
fn what_was_not_granted_is_refused() {
    let mut bench = Bench::new();
    let policy = Policy {
        mechanisms: vec!["arm".to_owned()],
        ..trusting()
    };
    bench.load_with("forks", FORKS, &policy).unwrap();
    let lines = lines(&mut bench, "forks/trespasses");
    assert!(
        lines[0].contains("NotOwner") && lines[0].contains("no running command requires"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains("reading channel `secret.number` was not granted"),
        "{lines:?}"
    );
    assert!(
        lines[2].contains("channel `arm.angle` carries a number, not a boolean"),
        "{lines:?}"
    );
    assert!(
        lines[3].contains("no channel `arm.voltag`; did you mean `arm.voltage`?"),
        "{lines:?}"
    );
    assert!(
        lines[4].contains("it must require that mechanism and no other"),
        "{lines:?}"
    );
    assert!(
        lines[5].contains("mechanism `lift` was not granted"),
        "{lines:?}"
    );
}

#[test]
fn state_is_shared_and_typed() {
    let mut bench = bench();
    let lines = lines(&mut bench, "forks/shares");
    assert_eq!(lines[0], "Some(Value::Numbers([1.0, 2.0]))");
    assert!(
        lines[1].contains("was first published as numbers and cannot carry boolean"),
        "{lines:?}"
    );
    assert!(lines[3].contains("`a b` cannot be a topic"), "{lines:?}");
}

#[test]
fn publishing_needs_a_grant() {
    let bench = Bench::new();
    let mut policy = support::trusting();
    policy.publishes = vec!["forks/*".into()];
    bench.load_with("forks", FORKS, &policy).unwrap();
    let mut bench = bench;
    let lines = lines(&mut bench, "forks/shares");
    assert!(
        lines[2].contains("publishing `else/pose` was not granted"),
        "{lines:?}"
    );
    assert_eq!(bench.topic("else/pose"), None);
}

#[test]
fn topics_make_signals() {
    let mut bench = bench();
    assert_eq!(
        lines(&mut bench, "forks/follows"),
        ["WaitResult::TimedOut WaitResult::Met"]
    );
}

#[test]
fn channels_make_signals() {
    let mut bench = bench();
    // A threshold on what was never measured is unknown, and so is its opposite.
    bench.input("arm.angle", 0.0);
    let command = bench.schedule("forks/signals");
    bench.ticks(5);
    assert!(command.is_running());
    bench.button("driver.a", true);
    bench.ticks(5);
    let ended = bench.ended("forks/signals").unwrap();
    assert!(ended.contains("WaitResult::Met"), "{ended}");
    assert!(
        ended.contains("a threshold that is not a number"),
        "{ended}"
    );
    assert!(
        ended.contains("reading channel `secret.flag` was not granted"),
        "{ended}"
    );
}

#[test]
fn a_binding_lives_as_long_as_its_run() {
    let mut bench = bench();
    let command = bench.schedule("forks/binds");
    bench.ticks(2);
    bench.button("driver.a", true);
    bench.ticks(2);
    assert!(bench.events().contains(&"forks/child scheduled".to_owned()));
    bench.scheduler.cancel(&command);
    bench.ticks(2);
    assert_eq!(bench.ended("forks/child").as_deref(), Some("canceled"));
    assert_eq!(bench.scheduler.run_count(), 0);
}

#[test]
fn a_state_machine_is_built_once() {
    let mut bench = bench();
    let lines = lines(&mut bench, "forks/machine");
    assert!(
        lines[0].contains("state machine `shooter` has no state 7"),
        "{lines:?}"
    );
    assert!(lines[1].contains("is built already"), "{lines:?}");
    assert!(lines[2].starts_with("Outcome::Completed"), "{lines:?}");
}

#[test]
fn times_are_checked() {
    let mut bench = bench();
    let lines = lines(&mut bench, "forks/wrong-times");
    assert!(
        lines[0].contains("a time of NaN s; give a finite number of seconds"),
        "{lines:?}"
    );
    assert!(lines[0].contains("a time of inf s"), "{lines:?}");
    assert!(lines[0].ends_with("Ok(())]"), "{lines:?}");
    assert!(lines[1].contains("a time of NaN s"), "{lines:?}");
}
