//! Waiting for one, for all, for any.

mod support;

use support::{Bench, Slot};

#[test]
fn a_parent_goes_on_in_the_very_tick_in_which_its_child_ends_however_deep() {
    let mut bench = Bench::new();
    let leaf = bench.yields("leaf", &[], 1);
    let middle = bench.awaits("middle", &[], &[&leaf]);
    let root = bench.awaits("root", &[], &[&middle]);
    bench.start(&[&root]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 completed leaf",
        "1 middle: [Completed(None)]",
        "1 completed middle",
        "1 root: [Completed(None)]",
        "1 completed root",
    ]);
}

#[test]
fn a_waiting_parent_is_not_resumed_until_its_wait_is_over() {
    let mut bench = Bench::new().with_turns();
    let child = bench.yields("child", &[], 2);
    let parent = bench.awaits("parent", &[], &[&child]);
    bench.start(&[&parent]);
    bench.forget();
    bench.tick();
    bench.expect(&["1 mounted child", "1 yielded child"]);
}

#[test]
fn await_all_waits_for_the_last_and_keeps_the_order_of_the_call() {
    let mut bench = Bench::new();
    let (slow, fast) = (bench.yields("slow", &[], 2), bench.fails("fast", 1, "no"));
    let parent = bench.awaits("parent", &[], &[&slow, &fast]);
    bench.start(&[&parent]);
    bench.ticks(2);
    bench.expect(&[
        "0 scheduled parent",
        "0 scheduled slow",
        "0 scheduled fast",
        "1 failed fast: no",
        "2 completed slow",
        "2 parent: [Completed(None), Failed(Failure { command: \"fast\", message: \"no\" })]",
        "2 completed parent",
    ]);
}

#[test]
fn await_all_of_nothing_is_over_at_once() {
    let mut bench = Bench::new();
    let parent = bench.awaits("parent", &[], &[]);
    bench.start(&[&parent]);
    bench.expect(&["0 scheduled parent", "0 parent: []", "0 completed parent"]);
}

#[test]
fn await_any_tells_who_won_and_cancels_the_others() {
    let mut bench = Bench::new();
    let (slow, fast) = (bench.parked("slow", &[]), bench.yields("fast", &[], 1));
    let (journal, members) = (bench.journal(), [slow, fast]);
    let parent = bench.script("parent", move |co| {
        let (journal, members) = (journal.clone(), members.clone());
        async move {
            let (index, outcome) = co.await_any(&members).await?;
            journal.say("parent", format!("{index} {outcome:?}"));
            Ok(None)
        }
    });
    bench.start(&[&parent]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 completed fast",
        "1 slow: cleanup",
        "1 canceled slow",
        "1 parent: 1 Completed(None)",
        "1 completed parent",
    ]);
}

#[test]
fn await_any_of_nothing_is_an_error_of_the_caller() {
    let mut bench = Bench::new();
    let parent = bench.script("parent", |co| async move {
        co.await_any(&[]).await.map(|_| None)
    });
    bench.start(&[&parent]);
    bench.expect(&[
        "0 scheduled parent",
        "0 refused parent",
        "0 failed parent: await-any needs at least one command; with none, nothing could end it",
    ]);
}

#[test]
fn a_command_that_is_running_already_is_waited_for_and_not_started_again() {
    let mut bench = Bench::new();
    let other = bench.yields("other", &[], 2);
    let waiter = bench.awaits("waiter", &[], &[&other]);
    bench.start(&[&other]);
    bench.start(&[&waiter]);
    bench.tick();
    // It is older than its waiter, which had its turn before it in that tick.
    bench.expect(&[
        "0 scheduled other",
        "1 scheduled waiter",
        "2 completed other",
    ]);
    bench.tick();
    bench.expect(&["3 waiter: [Completed(None)]", "3 completed waiter"]);
}

#[test]
fn one_run_can_be_awaited_by_several() {
    let mut bench = Bench::new();
    let other = bench.yields("other", &[], 1);
    let waiters: Vec<_> = ["a", "b", "c"]
        .iter()
        .map(|name| bench.awaits(name, &[], &[&other]))
        .collect();
    bench.start(&[&waiters[0], &waiters[1], &waiters[2]]);
    bench.ticks(2);
    assert_eq!(bench.scheduler.run_count(), 0);
}

#[test]
fn a_run_can_wait_for_another_again_and_again() {
    // Each wait is given up: the list of who waits must not grow, nor mix the waits up.
    let mut bench = Bench::new();
    let other = bench.parked("other", &[]);
    let slot = Slot::default();
    slot.fill(&[&other]);
    let (journal, of) = (bench.journal(), slot.clone());
    let waiter = bench.script("waiter", move |co| {
        let (journal, other) = (journal.clone(), of.get());
        async move {
            for _ in 0..50 {
                let outcome = co.await_all(&other).await?;
                journal.say("waiter", format!("{outcome:?}"));
            }
            Ok(None)
        }
    });
    let gives_up = waiter.until(&gantry_scheduler::Signal::new(|| true));
    bench.start(&[&other]);
    for _ in 0..100 {
        bench.start(&[&gives_up]);
    }
    // What a run has forked cannot be queued in the tick after its end.
    bench.tick();
    bench.forget();
    bench.start(&[&waiter]);
    bench.scheduler.cancel(&other);
    bench.tick();
    bench.expect(&[
        "102 scheduled waiter",
        "103 other: cleanup",
        "103 canceled other",
        "103 waiter: [Canceled]",
        "103 scheduled other",
    ]);
}

#[test]
fn a_wait_for_a_command_that_is_running_again_goes_on() {
    let mut bench = Bench::new();
    let a = bench.parked("a", &[]);
    let waiter = bench.awaits("waiter", &[], &[&a]);
    bench.start(&[&waiter]);
    bench.scheduler.cancel(&a);
    bench.scheduler.schedule(&a);
    bench.forget();
    bench.ticks(2);
    bench.expect(&[]);
    bench.scheduler.cancel(&a);
    bench.tick();
    bench.expect(&[
        "3 a: cleanup",
        "3 canceled a",
        "3 waiter: [Canceled]",
        "3 completed waiter",
    ]);
}

#[test]
fn a_body_that_waits_for_itself_waits_until_it_is_canceled() {
    let mut bench = Bench::new();
    let slot = Slot::default();
    let me = slot.clone();
    let a = bench.script("a", move |co| {
        let me = me.clone();
        async move { co.await_all(&me.get()).await.map(|_| None) }
    });
    slot.fill(&[&a]);
    bench.start(&[&a]);
    bench.ticks(3);
    bench.scheduler.cancel(&a);
    bench.expect(&["0 scheduled a", "4 canceled a"]);
}

#[test]
fn a_body_can_ask_for_one_thing_at_a_time() {
    let mut bench = Bench::new();
    let a = bench.script("a", |co| async move {
        let (mut one, mut two) = (Box::pin(co.yield_now()), Box::pin(co.yield_now()));
        std::future::poll_fn(move |context| {
            let _ = one.as_mut().poll(context);
            two.as_mut().poll(context)
        })
        .await?;
        Ok(None)
    });
    bench.start(&[&a]);
    bench.expect(&[
        "0 scheduled a",
        "0 failed a: a body can ask for one thing at a time; use await-all or await-any to wait \
         for several",
    ]);
}

#[test]
fn an_await_any_that_names_its_own_caller_cancels_that_and_nothing_after_it() {
    let mut bench = Bench::new();
    let (once, other) = (bench.one_shot("once", &[]), bench.parked("other", &[]));
    let slot = Slot::default();
    let all = slot.clone();
    let caller = bench.script("caller", move |co| {
        let all = all.get();
        async move { co.await_any(&all).await.map(|_| None) }
    });
    slot.fill(&[&once, &caller, &other]);
    bench.start(&[&other]);
    bench.forget();
    bench.start(&[&caller]);
    bench.expect(&[
        "1 scheduled caller",
        "1 scheduled once",
        "1 completed once",
        "1 canceled caller",
    ]);
    assert_eq!(bench.running(), ["other"]);
}
