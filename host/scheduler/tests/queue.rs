//! Between ticks, scheduling only queues.

mod support;

use gantry_scheduler::{Admission, Blocker};
use support::Bench;

#[test]
fn a_queued_command_starts_with_the_next_tick() {
    let mut bench = Bench::new();
    let a = bench.one_shot("a", &[]);
    bench.scheduler.schedule(&a);
    bench.expect(&["0 scheduled a"]);
    assert!(a.is_running(), "queued counts as running");
    bench.tick();
    bench.expect(&["0 completed a"]);
}

#[test]
fn a_newcomer_removes_what_it_conflicts_with_from_the_queue_without_a_cleanup() {
    let mut bench = Bench::new();
    let a = bench.parked("a", &["arm"]);
    let b = bench.parked("b", &["claw"]);
    let both = bench.parked("both", &["arm", "claw"]);
    bench.start(&[&a, &b, &both]);
    bench.expect(&[
        "0 scheduled a",
        "0 scheduled b",
        "0 interrupted a by both",
        "0 canceled a",
        "0 interrupted b by both",
        "0 canceled b",
        "0 scheduled both",
    ]);
    assert_eq!(bench.running(), ["both"]);
}

#[test]
fn a_lower_priority_than_that_of_a_queued_command_is_refused() {
    let mut bench = Bench::new();
    let strong = bench.parked_with("strong", &["arm"], 1);
    let weak = bench.parked("weak", &["arm"]);
    bench.scheduler.schedule(&strong);
    let Admission::Refused(refusal) = bench.scheduler.schedule(&weak) else {
        panic!("it was admitted");
    };
    assert_eq!(
        refusal.blocker,
        Blocker::LowerPriorityThanQueued("strong".into())
    );
}

#[test]
fn a_queued_command_that_is_canceled_just_leaves_the_queue() {
    let mut bench = Bench::new();
    let a = bench.parked("a", &["arm"]);
    bench.scheduler.schedule(&a);
    bench.scheduler.cancel(&a);
    bench.tick();
    bench.expect(&["0 scheduled a"]);
    assert_eq!(bench.scheduler.run_count(), 0);
}

#[test]
fn evictions_happen_for_the_whole_queue_before_anything_of_it_starts() {
    let mut bench = Bench::new();
    let (a, b) = (bench.parked("a", &["arm"]), bench.parked("b", &["claw"]));
    bench.start(&[&a, &b]);
    bench.forget();
    let (c, d) = (
        bench.one_shot("c", &["arm"]),
        bench.one_shot("d", &["claw"]),
    );
    bench.start(&[&c, &d]);
    bench.expect(&[
        "1 scheduled c",
        "1 scheduled d",
        "1 interrupted a by c",
        "1 a: cleanup",
        "1 canceled a",
        "1 interrupted b by d",
        "1 b: cleanup",
        "1 canceled b",
        "1 completed d",
        "1 completed c",
    ]);
}
