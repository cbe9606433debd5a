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
        &["?"],
    );
}

fn a_failure_climbs_to_whoever_awaits_it_in(languages: &[Language]) {
    check(
        ["a", "b", "c", "d"],
        languages,
        r#"{ name = "a/forwards", arguments = { path = "b/forwards,c/forwards,d/fails" } }"#,
        0.5,
        &["?"],
    );
}

fn a_value_comes_back_through_every_language_in(languages: &[Language]) {
    check(
        ["a", "b", "c", "d"],
        languages,
        r#"{ name = "a/forwards", arguments = { path = "b/forwards,c/forwards,d/reads" } }"#,
        0.5,
        &["?"],
    );
}

fn a_cancellation_reaches_every_language_in(languages: &[Language]) {
    check(
        ["a", "b", "c", "d"],
        languages,
        r#"{ name = "a/forwards", arguments = { path = "b/forwards,c/forwards,d/cleans-up" } }"#,
        0.1,
        &["?"],
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
    a_cancellation_reaches_every_language => a_cancellation_reaches_every_language_in,
}
