//! Every recorded vector, with native bodies.

use std::fmt::Write as _;

use gantry_conformance::{Vector, play};

#[test]
fn the_rules_recorded_from_the_reference_hold() {
    check("rules", include_str!("../vectors/rules.jsonl"), 227);
}

#[test]
fn the_random_scenarios_recorded_from_the_reference_agree() {
    check("random", include_str!("../vectors/random.jsonl"), 966);
}

fn check(file: &str, lines: &str, count: usize) {
    let mut report = String::new();
    let (mut played, mut failed) = (0, 0);
    for line in lines.lines() {
        let vector: Vector = serde_json::from_str(line).expect("a vector");
        let trace = play(&vector.scenario).expect("a scenario that can be played");
        played += 1;
        if let Some(difference) = vector.compare(&trace) {
            failed += 1;
            let _ = writeln!(
                report,
                "{}: tick {}\n expected\n{}\n actual\n{}\n",
                vector.name,
                difference.tick,
                difference.expected.join("\n"),
                difference.actual.join("\n"),
            );
        }
    }
    assert_eq!(played, count, "vectors in {file}");
    assert!(failed == 0, "{report}{failed} of {played} in {file} differ");
}
