//! Scenarios of our own, at random. `conform --random COUNT` plays more of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicU64;

use gantry_conformance::random::{save, search};
use gantry_conformance::{BodyKind, Judge};
use gantry_scenario::{Native, play, scenarios};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

#[test]
fn invariants_hold_and_both_kinds_of_bodies_agree() {
    let judge = Judge::new(BodyKind::Both).unwrap();
    let played = AtomicU64::new(0);
    if let Some(found) = search(&judge, 1, 1_000, &played) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/found.jsonl");
        save(&file, &found.vector).unwrap();
        panic!(
            "{}: {}\nadded to vectors/found.jsonl",
            found.vector.name, found.wrong
        );
    }
    assert_eq!(played.into_inner(), 1_000);
}

/// A generator that makes nothing happen would find nothing.
#[test]
fn everything_that_can_happen_happens_in_random_scenarios() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for _ in 0..300 {
        let scenario = scenarios().new_tree(&mut runner).unwrap().current();
        assert!(scenario.commands.len() <= 40 && scenario.mechanisms.len() <= 12);
        assert!(scenario.ticks.len() <= 200);
        for event in play(&scenario, Native::new).unwrap().trace.events {
            let refused = event.extra.is_some_and(|extra| {
                extra["failed"]
                    .as_array()
                    .is_some_and(|failed| !failed.is_empty())
            });
            let kind = if refused { "fork-refused" } else { &event.kind };
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
    }
    for kind in [
        "scheduled",
        "mounted",
        "yielded",
        "preempted",
        "completed",
        "failed",
        "canceled",
        "interrupted",
        "cleanup-overrun",
        "on-cancel",
        "fork-result",
        "fork-refused",
        "outcome",
        "wait-result",
        "state-enter",
        "state-exit",
    ] {
        let count = counts.get(kind).copied().unwrap_or(0);
        assert!(count >= 5, "{kind} happens {count} times: {counts:?}");
    }
}
