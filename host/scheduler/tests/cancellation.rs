//! What happens when a run is canceled.

mod support;

use gantry_scheduler::{Command, Limits};
use support::{Bench, Slot};

#[test]
fn a_run_cleans_up_is_canceled_and_its_children_follow_depth_first_in_start_order() {
    let mut bench = Bench::new();
    let deep = bench.parked("deep", &[]);
    let a = bench.forks("a", &[], &[&deep]);
    let b = bench.parked("b", &[]);
    let parent = bench.forks("parent", &[], &[&a, &b]);
    bench.start(&[&parent]);
    bench.forget();
    bench.scheduler.cancel(&parent);
    bench.expect(&[
        "1 parent: cleanup",
        "1 canceled parent",
        "1 a: cleanup",
        "1 canceled a",
        "1 deep: cleanup",
        "1 canceled deep",
        "1 b: cleanup",
        "1 canceled b",
    ]);
}

#[test]
fn a_body_that_cancels_itself_does_not_go_on() {
    let mut bench = Bench::new();
    let slot = Slot::default();
    let (journal, me) = (bench.journal(), slot.clone());
    let a = bench.script("a", move |co| {
        let (journal, me) = (journal.clone(), me.clone());
        async move {
            let canceled = co.cancel(&me.get()[0]).await;
            journal.say("a", format!("{canceled:?}"));
            canceled?;
            journal.say("a", "went on");
            Ok(None)
        }
    });
    slot.fill(&[&a]);
    bench.start(&[&a]);
    bench.expect(&["0 scheduled a", "0 a: Err(Canceled)", "0 canceled a"]);
}

#[test]
fn a_child_that_cancels_its_parent_while_it_is_being_started_ends_with_it() {
    let mut bench = Bench::new();
    let slot = Slot::default();
    let (journal, ancestor) = (bench.journal(), slot.clone());
    let child = bench.script("child", move |co| {
        let (journal, ancestor) = (journal.clone(), ancestor.clone());
        async move {
            co.cancel(&ancestor.get()[0]).await?;
            journal.say("child", "went on");
            Ok(None)
        }
    });
    let sibling = bench.one_shot("sibling", &[]);
    let parent = bench.forks("parent", &[], &[&child, &sibling]);
    let grandparent = bench.awaits("grandparent", &[], &[&parent]);
    slot.fill(&[&grandparent]);
    bench.start(&[&grandparent]);
    bench.expect(&[
        "0 scheduled grandparent",
        "0 scheduled parent",
        "0 scheduled child",
        "0 canceled grandparent",
        "0 canceled parent",
        "0 canceled child",
    ]);
    assert_eq!(bench.scheduler.run_count(), 0);
}

#[test]
fn a_cleanup_can_cancel_its_own_parent_and_siblings() {
    let mut bench = Bench::new();
    let slot = Slot::default();
    let a = bench.avenges("a", &["arm"], &slot);
    let b = bench.parked("b", &["claw"]);
    let parent = bench.forks("parent", &[], &[&a, &b]);
    slot.fill(&[&b, &parent, &a]);
    bench.start(&[&parent]);
    bench.forget();
    bench.scheduler.cancel(&a);
    bench.expect(&[
        "1 a: cleanup",
        "1 b: cleanup",
        "1 canceled b",
        "1 parent: cleanup",
        "1 canceled parent",
        "1 canceled a",
    ]);
    assert_eq!((bench.owner("arm"), bench.owner("claw")), (None, None));
    assert_eq!(bench.scheduler.run_count(), 0);
}

#[test]
fn a_cleanup_can_neither_wait_nor_start_anything() {
    let mut bench = Bench::new();
    let other = bench.one_shot("other", &[]);
    let journal = bench.journal();
    let a = bench.script("a", move |co| {
        let (journal, other) = (journal.clone(), other.clone());
        async move {
            let parked = co.park().await;
            journal.say("a", format!("{:?}", co.yield_now().await));
            journal.say("a", format!("{:?}", co.fork(&[other]).await));
            parked.map(|_| None)
        }
    });
    bench.start(&[&a]);
    bench.scheduler.cancel(&a);
    bench.tick();
    bench.expect(&[
        "0 scheduled a",
        "1 a: Err(Canceled)",
        "1 a: Err(Canceled)",
        "1 canceled a",
    ]);
}

#[test]
fn a_cleanup_that_does_not_end_is_dropped() {
    let mut bench = Bench::new();
    let a = bench.script("a", |co| async move {
        loop {
            let _ = co.yield_now().await;
        }
    });
    bench.start(&[&a]);
    bench.scheduler.cancel(&a);
    bench.expect(&["0 scheduled a", "1 cleanup-overrun a", "1 canceled a"]);
    assert!(!a.is_running());
}

#[test]
fn cancel_all_empties_the_queue_and_cancels_all_oldest_first() {
    let mut bench = Bench::new();
    let child = bench.parked("child", &["arm"]);
    let parent = bench.forks("parent", &["arm"], &[&child]);
    let other = bench.parked("other", &["claw"]);
    let queued = bench.parked("queued", &["drive"]);
    bench.start(&[&parent, &other]);
    bench.scheduler.schedule(&queued);
    bench.forget();
    bench.scheduler.cancel_all();
    bench.expect(&[
        "1 canceled queued",
        "1 parent: cleanup",
        "1 canceled parent",
        "1 other: cleanup",
        "1 canceled other",
        "1 child: cleanup",
        "1 canceled child",
    ]);
    assert_eq!(bench.scheduler.run_count(), 0);
    assert_eq!((bench.owner("arm"), bench.owner("claw")), (None, None));
}

#[test]
fn cancel_all_bears_cleanups_that_cancel_what_is_left() {
    let mut bench = Bench::new();
    let slot = Slot::default();
    let child = bench.avenges("child", &["arm"], &slot);
    let parent = bench.forks("parent", &["arm"], &[&child]);
    let last = bench.avenges("last", &[], &slot);
    slot.fill(&[&parent, &child, &last]);
    bench.start(&[&parent, &last]);
    bench.scheduler.cancel_all();
    assert_eq!(bench.scheduler.run_count(), 0);
    bench.tick();
}

#[test]
fn a_long_chain_of_cleanups_that_cancel_each_other_does_not_exhaust_the_stack() {
    let length = if cfg!(miri) { 100 } else { 20_000 };
    let limits = Limits {
        requests_together: u32::MAX,
        ..Limits::default()
    };
    let mut bench = Bench::with_limits(limits);
    let slots: Vec<Slot> = (0..length).map(|_| Slot::default()).collect();
    let links: Vec<Command> = slots
        .iter()
        .map(|slot| bench.avenges("link", &[], slot))
        .collect();
    for (slot, next) in slots.iter().zip(&links[1..]) {
        slot.fill(&[next]);
    }
    bench.start(&links.iter().collect::<Vec<_>>());
    assert_eq!(bench.scheduler.run_count(), length);
    bench.scheduler.cancel(&links[0]);
    assert_eq!(bench.scheduler.run_count(), 0);
}
