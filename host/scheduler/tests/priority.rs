//! Who wins a mechanism.

mod support;

use gantry_scheduler::{Admission, Blocker, Refusal};
use support::Bench;

#[test]
fn a_higher_priority_interrupts_and_a_lower_one_is_refused() {
    let mut bench = Bench::new();
    let low = bench.parked_with("low", &["arm"], -1);
    let high = bench.parked_with("high", &["arm"], 1);
    bench.start(&[&low]);
    bench.start(&[&high]);
    assert!(!bench.scheduler.schedule(&low).is_success());
    bench.tick();
    bench.expect(&[
        "0 scheduled low",
        "1 scheduled high",
        "1 interrupted low by high",
        "1 low: cleanup",
        "1 canceled low",
    ]);
}

#[test]
fn of_equal_priorities_the_newcomer_wins() {
    let mut bench = Bench::new();
    let (a, b) = (bench.parked("a", &["arm"]), bench.parked("b", &["arm"]));
    bench.start(&[&a]);
    bench.start(&[&b]);
    assert_eq!(bench.running(), ["b"]);
}

#[test]
fn a_priority_counts_only_where_a_mechanism_is_shared() {
    let mut bench = Bench::new();
    let strong = bench.parked_with("strong", &["arm"], 9);
    let weak = bench.parked_with("weak", &["claw"], -9);
    bench.start(&[&strong, &weak]);
    assert_eq!(bench.running(), ["strong", "weak"]);
}

#[test]
fn a_child_has_the_highest_priority_of_its_ancestors() {
    let mut bench = Bench::new();
    let child = bench.parked_with("child", &["arm"], 1);
    let middle = bench.forks("middle", &[], &[&child]);
    let parent = bench.forks("parent", &[], &[&middle]).with_priority(5);
    let rival = bench.parked_with("rival", &["arm"], 3);
    bench.start(&[&parent]);
    let refusal = Refusal {
        command: "rival".into(),
        blocker: Blocker::LowerPriorityThanRunning("child".into()),
    };
    assert_eq!(
        bench.scheduler.schedule(&rival),
        Admission::Refused(refusal)
    );
}

#[test]
fn a_child_of_a_strong_parent_interrupts_what_it_could_not_alone() {
    let mut bench = Bench::new();
    let rival = bench.parked_with("rival", &["arm"], 3);
    let child = bench.parked("child", &["arm"]);
    let parent = bench.forks("parent", &[], &[&child]).with_priority(5);
    bench.start(&[&rival]);
    bench.start(&[&parent]);
    assert_eq!(bench.running(), ["parent", "child"]);
}
