//! Robots with plugins in several languages: what one starts, awaits, cancels and fails reaches the others.

use std::path::PathBuf;

use gantry_languages::{Language, Plugin, Trace};

use super::host;

/// Languages that play a role each, in every order that a rotation gives.
const EVERYBODY: [Language; 5] = [
    Language::Python,
    Language::Rust,
    Language::C,
    Language::JavaScript,
    Language::Cpp,
];

/// A robot with the behaviour list once per role, in the languages given.
fn play(roles: &[(&str, Language)], schedule: &str, seconds: f64) -> Trace {
    let files: Vec<PathBuf> = roles
        .iter()
        .map(|(_, language)| language.component().unwrap())
        .collect();
    let plugins: Vec<Plugin<'_>> = roles
        .iter()
        .zip(&files)
        .map(|((name, _), file)| Plugin { name, file })
        .collect();
    host().simulate(&plugins, schedule, seconds).unwrap()
}

/// Plays the scene with each language in each role, and compares what happens, event by event.
#[track_caller]
fn check<const N: usize>(
    roles: [&str; N],
    languages: &[Language],
    schedule: &str,
    seconds: f64,
    expected: &[&str],
) {
    for turn in 0..languages.len() {
        let cast: [(&str, Language); N] = std::array::from_fn(|index| {
            (roles[index], languages[(index + turn) % languages.len()])
        });
        let trace = play(&cast, schedule, seconds);
        let lines: Vec<String> = trace
            .lines()
            .into_iter()
            .filter(|line| !line.contains(" mode "))
            .collect();
        assert_eq!(trace.preemptions(), 0, "{cast:?}");
        assert!(
            lines == expected,
            "{cast:?}:\n{}\n\nnot\n{}",
            lines.join("\n"),
            expected.join("\n")
        );
    }
}

fn an_auto_awaits_an_arm_while_a_command_races_a_timeout_in(languages: &[Language]) {
    check(
        ["auto", "arm", "work", "clock"],
        languages,
        r#"{ name = "auto/joins", arguments = { arm = "arm/yields", work = "work/cleans-up", timeout = "clock/waits" } }"#,
        0.5,
        &[
            "0 scheduled run=1 auto/joins",
            "0 scheduled run=2 parent=1 arm/yields",
            "0 scheduled run=3 parent=1 (work/cleans-up | clock/waits)",
            "0 scheduled run=4 parent=3 work/cleans-up",
            "0 scheduled run=5 parent=3 clock/waits",
            "3 completed run=2 parent=1 arm/yields value=3",
            "5 completed run=5 parent=3 clock/waits value=0.1",
            "5 canceled run=4 parent=3 work/cleans-up",
            "5 completed run=3 parent=1 (work/cleans-up | clock/waits)",
            r#"5 completed run=1 auto/joins value="completed, completed""#,
            r#"5 topic topic="lang/cleaned" value="park""#,
        ],
    );
}

fn a_failure_climbs_to_whoever_awaits_it_in(languages: &[Language]) {
    check(
        ["a", "b", "c", "d"],
        languages,
        r#"{ name = "a/forwards", arguments = { path = "b/forwards,c/forwards,d/fails" } }"#,
        0.5,
        &[
            "0 scheduled run=1 a/forwards",
            "0 scheduled run=2 parent=1 b/forwards",
            "0 scheduled run=3 parent=2 c/forwards",
            "0 scheduled run=4 parent=3 d/fails",
            r#"0 failed run=4 parent=3 d/fails cause="d/fails" message="the arm is stuck""#,
            r#"0 failed run=3 parent=2 c/forwards cause="c/forwards" message="`d/fails` failed: the arm is stuck""#,
            r#"0 failed run=2 parent=1 b/forwards cause="b/forwards" message="`c/forwards` failed: `d/fails` failed: the arm is stuck""#,
            r#"0 failed run=1 a/forwards cause="a/forwards" message="`b/forwards` failed: `c/forwards` failed: `d/fails` failed: the arm is stuck""#,
            r#"0 log run=3 c/forwards plugin="c" level="info" text="over""#,
            r#"0 log run=2 b/forwards plugin="b" level="info" text="over""#,
            r#"0 log run=1 a/forwards plugin="a" level="info" text="over""#,
        ],
    );
}

fn a_value_comes_back_through_every_language_in(languages: &[Language]) {
    check(
        ["a", "b", "c", "d"],
        languages,
        r#"{ name = "a/forwards", arguments = { path = "b/forwards,c/forwards,d/reads" } }"#,
        0.5,
        &[
            "0 scheduled run=1 a/forwards",
            "0 scheduled run=2 parent=1 b/forwards",
            "0 scheduled run=3 parent=2 c/forwards",
            "0 scheduled run=4 parent=3 d/reads",
            "0 scheduled run=5 parent=4 d/publishes",
            "0 completed run=5 parent=4 d/publishes",
            r#"0 completed run=4 parent=3 d/reads value="true 42 2 größe 机器人 🤖 [1,2.5] nothing""#,
            r#"0 completed run=3 parent=2 c/forwards value="true 42 2 größe 机器人 🤖 [1,2.5] nothing""#,
            r#"0 completed run=2 parent=1 b/forwards value="true 42 2 größe 机器人 🤖 [1,2.5] nothing""#,
            r#"0 completed run=1 a/forwards value="true 42 2 größe 机器人 🤖 [1,2.5] nothing""#,
            r#"0 log run=3 c/forwards plugin="c" level="info" text="over""#,
            r#"0 log run=2 b/forwards plugin="b" level="info" text="over""#,
            r#"0 log run=1 a/forwards plugin="a" level="info" text="over""#,
            r#"0 topic topic="lang/boolean" value=true"#,
            r#"0 topic topic="lang/integer" value=42"#,
            r#"0 topic topic="lang/number" value=2.0"#,
            r#"0 topic topic="lang/text" value="größe 机器人 🤖""#,
            r#"0 topic topic="lang/numbers" value=[1.0,2.5]"#,
        ],
    );
}

fn a_cancellation_reaches_every_language_in(languages: &[Language]) {
    check(
        ["a", "b", "c", "d"],
        languages,
        r#"{ name = "a/forwards", arguments = { path = "b/forwards,c/forwards,d/cleans-up" } }"#,
        0.1,
        &[
            "0 scheduled run=1 a/forwards",
            "0 scheduled run=2 parent=1 b/forwards",
            "0 scheduled run=3 parent=2 c/forwards",
            "0 scheduled run=4 parent=3 d/cleans-up",
            "5 canceled run=1 a/forwards",
            "5 canceled run=2 parent=1 b/forwards",
            "5 canceled run=3 parent=2 c/forwards",
            "5 canceled run=4 parent=3 d/cleans-up",
            r#"5 log run=1 a/forwards plugin="a" level="info" text="over""#,
            r#"5 log run=2 b/forwards plugin="b" level="info" text="over""#,
            r#"5 log run=3 c/forwards plugin="c" level="info" text="over""#,
            r#"5 topic topic="lang/cleaned" value="park""#,
        ],
    );
}

fn an_interruption_ends_the_whole_tree_in(languages: &[Language]) {
    check(
        ["a", "b", "c", "d"],
        languages,
        r#"{ name = "a/forwards", arguments = { path = "b/forwards,c/holds" } }, "d/takes-later""#,
        0.08,
        &[
            "0 scheduled run=1 a/forwards",
            "0 scheduled run=2 d/takes-later",
            "0 scheduled run=3 parent=1 b/forwards",
            "0 scheduled run=4 parent=3 c/holds",
            "2 scheduled run=5 parent=2 taker",
            r#"2 interrupted run=1 a/forwards by="taker""#,
            "2 canceled run=1 a/forwards",
            "2 canceled run=3 parent=1 b/forwards",
            "2 canceled run=4 parent=3 c/holds",
            r#"2 log run=1 a/forwards plugin="a" level="info" text="over""#,
            r#"2 log run=3 b/forwards plugin="b" level="info" text="over""#,
            "4 canceled run=2 d/takes-later",
            "4 canceled run=5 parent=2 taker",
        ],
    );
}

/// Each scene with Rust in all roles, and with every language in every role.
macro_rules! scenes {
    ($($scene:ident => $in:ident,)*) => {$(
        mod $scene {
            use super::*;

            #[test]
            fn rust_alone() {
                $in(&[Language::Rust]);
            }

            #[test]
            #[ignore = "needs Python and Node: cargo test --test languages -- --include-ignored"]
            fn every_language_in_every_role() {
                $in(&EVERYBODY);
            }
        }
    )*};
}

scenes! {
    an_auto_awaits_an_arm_while_a_command_races_a_timeout => an_auto_awaits_an_arm_while_a_command_races_a_timeout_in,
    a_failure_climbs_to_whoever_awaits_it => a_failure_climbs_to_whoever_awaits_it_in,
    a_value_comes_back_through_every_language => a_value_comes_back_through_every_language_in,
    an_interruption_ends_the_whole_tree => an_interruption_ends_the_whole_tree_in,
    a_cancellation_reaches_every_language => a_cancellation_reaches_every_language_in,
}
