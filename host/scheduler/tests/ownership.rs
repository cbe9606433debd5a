//! Who may write a mechanism's outputs.

mod support;

use support::{Bench, Slot};

#[test]
fn a_running_command_owns_what_it_requires_until_it_ends() {
    let mut bench = Bench::new().with_owners();
    let a = bench.yields("a", &["arm", "claw"], 1);
    bench.start(&[&a]);
    assert_eq!(bench.owner("arm").as_deref(), Some("a"));
    assert_eq!(bench.owner("drive"), None);
    bench.tick();
    bench.expect(&[
        "0 scheduled a",
        "0 arm to run 1",
        "0 claw to run 1",
        "1 completed a",
        "1 arm to nobody, released",
        "1 claw to nobody, released",
    ]);
}

#[test]
fn a_child_borrows_a_mechanism_and_the_parent_gets_it_back() {
    let mut bench = Bench::new().with_owners();
    let child = bench.yields("child", &["arm"], 1);
    let parent = bench.forks("parent", &["arm"], &[&child]);
    bench.start(&[&parent]);
    assert_eq!(bench.owner("arm").as_deref(), Some("child"));
    bench.tick();
    assert_eq!(bench.owner("arm").as_deref(), Some("parent"));
    bench.expect(&[
        "0 scheduled parent",
        "0 arm to run 1",
        "0 scheduled child",
        "0 arm to run 2",
        "1 completed child",
        "1 arm to run 1, released",
    ]);
}

#[test]
fn an_ancestor_gets_a_mechanism_back_past_one_that_does_not_require_it() {
    let mut bench = Bench::new();
    let leaf = bench.parked("leaf", &["arm"]);
    let middle = bench.forks("middle", &["claw"], &[&leaf]);
    let root = bench.forks("root", &["arm", "claw"], &[&middle]);
    bench.start(&[&root]);
    bench.scheduler.cancel(&leaf);
    assert_eq!(bench.owner("arm").as_deref(), Some("root"));
    assert_eq!(bench.owner("claw").as_deref(), Some("middle"));
}

#[test]
fn a_canceled_run_takes_back_what_it_lent_for_its_cleanup() {
    let mut bench = Bench::new().with_owners();
    let child = bench.parked("child", &["arm"]);
    let parent = bench.forks("parent", &["arm"], &[&child]);
    bench.start(&[&parent]);
    bench.forget();
    bench.scheduler.cancel(&parent);
    bench.expect(&[
        "1 arm to run 1, released",
        "1 parent: cleanup",
        "1 canceled parent",
        "1 arm to run 2, released",
        "1 child: cleanup",
        "1 canceled child",
        "1 arm to nobody, released",
    ]);
}

#[test]
fn a_newcomer_owns_only_once_the_one_before_has_cleaned_up() {
    let mut bench = Bench::new().with_owners();
    let (a, b) = (bench.parked("a", &["arm"]), bench.parked("b", &["arm"]));
    bench.start(&[&a]);
    bench.forget();
    bench.start(&[&b]);
    bench.expect(&[
        "1 scheduled b",
        "1 interrupted a by b",
        "1 a: cleanup",
        "1 canceled a",
        "1 arm to nobody, released",
        "1 arm to run 2",
    ]);
}

#[test]
fn an_ancestor_gets_a_mechanism_back_from_a_run_whose_cleanup_cancels_what_lies_between() {
    let mut bench = Bench::new();
    let slot = Slot::default();
    let leaf = bench.avenges("leaf", &["arm"], &slot);
    let low = bench.forks("low", &[], &[&leaf]);
    let high = bench.forks("high", &[], &[&low]);
    let root = bench.forks("root", &["arm"], &[&high]);
    slot.fill(&[&low, &high]);
    bench.start(&[&root]);
    bench.scheduler.cancel(&leaf);
    assert_eq!(bench.running(), ["root"]);
    assert_eq!(bench.owner("arm").as_deref(), Some("root"));
}
