//! A child never outlives its parent.

mod support;

use support::Bench;

#[test]
fn children_that_are_left_when_a_body_returns_are_canceled_after_its_completion() {
    let mut bench = Bench::new();
    let (a, b) = (bench.parked("a", &[]), bench.parked("b", &[]));
    let (first, second) = (a.clone(), b.clone());
    let parent = bench.script("parent", move |co| {
        let children = [first.clone(), second.clone()];
        async move { co.fork(&children).await.map(|()| None) }
    });
    bench.start(&[&parent]);
    bench.expect(&[
        "0 scheduled parent",
        "0 scheduled a",
        "0 scheduled b",
        "0 completed parent",
        "0 a: cleanup",
        "0 canceled a",
        "0 b: cleanup",
        "0 canceled b",
    ]);
}

#[test]
fn a_child_that_is_canceled_leaves_its_parent_alone() {
    let mut bench = Bench::new();
    let child = bench.parked("child", &[]);
    let parent = bench.forks("parent", &[], &[&child]);
    bench.start(&[&parent]);
    bench.scheduler.cancel(&child);
    bench.tick();
    assert_eq!(bench.running(), ["parent"]);
}

#[test]
fn a_command_that_somebody_else_started_is_nobodys_child() {
    let mut bench = Bench::new();
    let other = bench.parked("other", &[]);
    let caller = bench.forks("caller", &[], &[&other]);
    bench.start(&[&other]);
    bench.start(&[&caller]);
    bench.scheduler.cancel(&caller);
    bench.tick();
    assert_eq!(bench.running(), ["other"]);
}

#[test]
fn the_runs_tell_who_their_parent_is() {
    let mut bench = Bench::new();
    let child = bench.parked("child", &[]);
    let parent = bench.forks("parent", &[], &[&child]);
    bench.start(&[&parent]);
    let runs = bench.scheduler.runs();
    assert_eq!(runs[0].parent, None);
    assert_eq!(runs[1].parent, Some(runs[0].id));
}
