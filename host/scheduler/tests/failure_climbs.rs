//! A failure climbs until somebody is waiting for that branch.

mod support;

use support::{Bench, Slot};

#[test]
fn a_parent_that_is_waiting_goes_on_and_decides() {
    let mut bench = Bench::new();
    let child = bench.fails("child", 1, "no");
    let parent = bench.awaits("parent", &[], &[&child]);
    bench.start(&[&parent]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 failed child: no",
        "1 parent: [Failed(Failure { command: \"child\", message: \"no\" })]",
        "1 completed parent",
    ]);
}

#[test]
fn a_parent_that_is_not_waiting_is_canceled_and_the_grandparent_gets_the_failure() {
    let mut bench = Bench::new();
    let (child, sibling) = (bench.fails("child", 1, "no"), bench.parked("sibling", &[]));
    let parent = bench.forks("parent", &[], &[&child, &sibling]);
    let grandparent = bench.awaits("grandparent", &[], &[&parent]);
    bench.start(&[&grandparent]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 failed child: no",
        "1 parent: cleanup",
        "1 canceled parent",
        "1 sibling: cleanup",
        "1 canceled sibling",
        "1 grandparent: [Failed(Failure { command: \"child\", message: \"no\" })]",
        "1 completed grandparent",
    ]);
}

#[test]
fn a_failure_that_nobody_waits_for_cancels_up_to_the_root_and_no_further() {
    let mut bench = Bench::new();
    let child = bench.fails("child", 1, "no");
    let parent = bench.forks("parent", &[], &[&child]);
    let root = bench.forks("root", &[], &[&parent]);
    let bystander = bench.parked("bystander", &[]);
    bench.start(&[&root, &bystander]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 failed child: no",
        "1 parent: cleanup",
        "1 canceled parent",
        "1 root: cleanup",
        "1 canceled root",
    ]);
    assert_eq!(bench.running(), ["bystander"]);
}

#[test]
fn a_parent_that_waits_for_another_child_is_not_waiting_for_this_one() {
    let mut bench = Bench::new();
    let (child, other) = (bench.fails("child", 1, "no"), bench.parked("other", &[]));
    let children = [child, other];
    let parent = bench.script("parent", move |co| {
        let [child, other] = children.clone();
        async move {
            co.fork(&[child]).await?;
            co.await_one(&other).await.map(|_| None)
        }
    });
    bench.start(&[&parent]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 failed child: no",
        "1 canceled parent",
        "1 other: cleanup",
        "1 canceled other",
    ]);
}

#[test]
fn a_child_that_fails_while_it_is_being_forked_takes_its_parent_with_it() {
    let mut bench = Bench::new();
    let (child, sibling) = (bench.fails("child", 0, "no"), bench.parked("sibling", &[]));
    let parent = bench.forks("parent", &[], &[&child, &sibling]);
    bench.start(&[&parent]);
    bench.expect(&[
        "0 scheduled parent",
        "0 scheduled child",
        "0 failed child: no",
        "0 canceled parent",
    ]);
}

#[test]
fn the_failed_runs_own_children_are_canceled_first() {
    let mut bench = Bench::new();
    let leaf = bench.parked("leaf", &[]);
    let child = bench.script("child", move |co| {
        let leaf = leaf.clone();
        async move {
            co.fork(&[leaf]).await?;
            Err("no".into())
        }
    });
    let parent = bench.forks("parent", &[], &[&child]);
    bench.start(&[&parent]);
    bench.expect(&[
        "0 scheduled parent",
        "0 scheduled child",
        "0 scheduled leaf",
        "0 failed child: no",
        "0 leaf: cleanup",
        "0 canceled leaf",
        "0 canceled parent",
    ]);
}

#[test]
fn a_cleanup_that_cancels_the_branch_does_not_stop_the_failure() {
    let mut bench = Bench::new();
    let slot = Slot::default();
    let leaf = bench.avenges("leaf", &[], &slot);
    let child = bench.script("child", move |co| {
        let leaf = leaf.clone();
        async move {
            co.fork(&[leaf]).await?;
            co.yield_now().await?;
            Err("no".into())
        }
    });
    let parent = bench.forks("parent", &[], &[&child]);
    let grandparent = bench.forks("grandparent", &[], &[&parent]);
    let top = bench.awaits("top", &[], &[&grandparent]);
    slot.fill(&[&parent]);
    bench.start(&[&top]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 failed child: no",
        "1 leaf: cleanup",
        "1 parent: cleanup",
        "1 canceled parent",
        "1 canceled leaf",
        "1 grandparent: cleanup",
        "1 canceled grandparent",
        "1 top: [Failed(Failure { command: \"child\", message: \"no\" })]",
        "1 completed top",
    ]);
}
