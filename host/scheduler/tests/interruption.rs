//! Who has to go when a command starts that conflicts.

mod support;

use support::{Bench, Slot};

#[test]
fn of_an_unrelated_tree_the_root_is_interrupted() {
    let mut bench = Bench::new();
    let leaf = bench.parked("leaf", &["arm"]);
    let middle = bench.forks("middle", &[], &[&leaf]);
    let root = bench.forks("root", &[], &[&middle]);
    let newcomer = bench.parked("newcomer", &["arm"]);
    bench.start(&[&root]);
    bench.forget();
    bench.start(&[&newcomer]);
    bench.expect(&[
        "1 scheduled newcomer",
        "1 interrupted root by newcomer",
        "1 root: cleanup",
        "1 canceled root",
        "1 middle: cleanup",
        "1 canceled middle",
        "1 leaf: cleanup",
        "1 canceled leaf",
    ]);
}

#[test]
fn of_siblings_the_one_that_conflicts_is_interrupted_and_the_parent_stays() {
    let mut bench = Bench::new();
    let (a, b) = (bench.parked("a", &["arm"]), bench.parked("b", &["arm"]));
    let (first, second) = (a.clone(), b.clone());
    let parent = bench.script("parent", move |co| {
        let (first, second) = (first.clone(), second.clone());
        async move {
            co.fork(&[first]).await?;
            co.fork(&[second]).await?;
            co.park().await.map(|_| None)
        }
    });
    bench.start(&[&parent]);
    bench.expect(&[
        "0 scheduled parent",
        "0 scheduled a",
        "0 scheduled b",
        "0 interrupted a by b",
        "0 a: cleanup",
        "0 canceled a",
    ]);
    assert_eq!(bench.running(), ["parent", "b"]);
}

#[test]
fn of_cousins_the_branch_below_the_common_ancestor_is_interrupted() {
    let mut bench = Bench::new();
    let (a, b) = (bench.parked("a", &["arm"]), bench.parked("b", &["arm"]));
    let left = bench.forks("left", &[], &[&a]);
    let right = bench.forks("right", &[], &[&b]);
    let top = bench.forks("top", &[], &[&left, &right]);
    bench.start(&[&top]);
    assert_eq!(bench.running(), ["top", "right", "b"]);
}

#[test]
fn a_command_never_conflicts_with_its_own_ancestors() {
    let mut bench = Bench::new();
    let leaf = bench.parked("leaf", &["arm"]);
    let middle = bench.forks("middle", &["arm"], &[&leaf]);
    let root = bench.forks("root", &["arm"], &[&middle]);
    bench.start(&[&root]);
    assert_eq!(bench.running(), ["root", "middle", "leaf"]);
}

#[test]
fn several_are_interrupted_oldest_first() {
    let mut bench = Bench::new();
    let (a, b) = (bench.parked("a", &["claw"]), bench.parked("b", &["arm"]));
    let both = bench.parked("both", &["arm", "claw"]);
    bench.start(&[&a, &b]);
    bench.forget();
    bench.start(&[&both]);
    bench.expect(&[
        "1 scheduled both",
        "1 interrupted a by both",
        "1 a: cleanup",
        "1 canceled a",
        "1 interrupted b by both",
        "1 b: cleanup",
        "1 canceled b",
    ]);
}

#[test]
fn a_cleanup_can_cancel_the_newcomer_that_caused_it() {
    let mut bench = Bench::new();
    let slot = Slot::default();
    let old = bench.avenges("old", &["arm"], &slot);
    let newcomer = bench.parked("newcomer", &["arm"]);
    slot.fill(&[&newcomer]);
    bench.start(&[&old]);
    bench.start(&[&newcomer]);
    bench.expect(&[
        "0 scheduled old",
        "1 scheduled newcomer",
        "1 interrupted old by newcomer",
        "1 old: cleanup",
        "1 canceled old",
    ]);
    assert_eq!(bench.owner("arm"), None);
    bench.tick();
    assert_eq!(bench.scheduler.run_count(), 0);
}

#[test]
fn a_cleanup_can_cancel_the_parent_that_is_starting_the_newcomer() {
    let mut bench = Bench::new();
    let slot = Slot::default();
    let old = bench.avenges("old", &["arm"], &slot);
    let newcomer = bench.parked("newcomer", &["arm"]);
    let parent = bench.forks("parent", &[], &[&newcomer]);
    slot.fill(&[&parent]);
    bench.start(&[&old]);
    bench.start(&[&parent]);
    bench.expect(&[
        "0 scheduled old",
        "1 scheduled parent",
        "1 scheduled newcomer",
        "1 interrupted old by newcomer",
        "1 old: cleanup",
        "1 canceled parent",
        "1 canceled old",
    ]);
    assert_eq!(bench.scheduler.run_count(), 0);
}
