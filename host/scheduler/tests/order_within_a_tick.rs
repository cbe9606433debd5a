//! The phases of a tick, and who has a turn when.

mod support;

use gantry_scheduler::{Binding, coroutine};
use support::{Bench, Flag};

#[test]
fn commands_are_resumed_from_the_newest_to_the_oldest() {
    let mut bench = Bench::new().with_turns();
    let (a, b, c) = (
        bench.yields("a", &[], 9),
        bench.yields("b", &[], 9),
        bench.yields("c", &[], 9),
    );
    bench.start(&[&a, &b, &c]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 mounted c",
        "1 yielded c",
        "1 mounted b",
        "1 yielded b",
        "1 mounted a",
        "1 yielded a",
    ]);
}

#[test]
fn a_command_that_is_canceled_before_its_turn_is_skipped() {
    let mut bench = Bench::new().with_turns();
    let old = bench.yields("old", &[], 9);
    let target = old.clone();
    let new = bench.script("new", move |co| {
        let target = target.clone();
        async move {
            co.yield_now().await?;
            co.cancel(&target).await.map(|()| None)
        }
    });
    bench.start(&[&old, &new]);
    bench.forget();
    bench.tick();
    bench.expect(&["1 mounted new", "1 canceled old", "1 completed new"]);
}

#[test]
fn a_child_that_is_started_in_a_tick_has_no_second_turn_in_it() {
    let mut bench = Bench::new().with_turns();
    let child = bench.yields("child", &[], 1);
    let parent = bench.forks("parent", &[], &[&child]);
    bench.start(&[&parent]);
    bench.expect(&[
        "0 scheduled parent",
        "0 mounted parent",
        "0 scheduled child",
        "0 mounted child",
        "0 yielded child",
        "0 yielded parent",
    ]);
}

#[test]
fn an_older_waiter_goes_on_in_this_tick_and_a_newer_one_in_the_next() {
    let mut bench = Bench::new();
    let middle = bench.parked("middle", &[]);
    let older = bench.awaits("older", &[], &[&middle]);
    let newer = bench.awaits("newer", &[], &[&middle]);
    let ends = middle.clone();
    let flag = Flag::default();
    let signal = flag.signal();
    let canceler = bench.script("canceler", move |co| {
        let (ends, signal) = (ends.clone(), signal.clone());
        async move {
            co.wait_until(&signal).await?;
            co.cancel(&ends).await.map(|()| None)
        }
    });
    bench.start(&[&older]);
    bench.start(&[&canceler]);
    bench.start(&[&newer]);
    bench.forget();
    flag.set(true);
    bench.ticks(2);
    bench.expect(&[
        "3 middle: cleanup",
        "3 canceled middle",
        "3 completed canceler",
        "3 older: [Canceled]",
        "3 completed older",
        "4 newer: [Canceled]",
        "4 completed newer",
    ]);
}

#[test]
fn scopes_end_before_periodic_functions_before_triggers_before_defaults_before_the_queue() {
    let mut bench = Bench::new();
    let ended = bench.parked("ended", &["drive"]);
    bench.scheduler.set_opmode(true);
    bench.start(&[&ended]);
    bench.scheduler.set_opmode(false);
    let forked = bench.one_shot("forked", &[]);
    let journal = bench.journal();
    bench.scheduler.add_periodic(
        "p",
        coroutine(move |co| async move {
            journal.say("p", "turn");
            co.fork(&[forked]).await.map(|()| None)
        }),
    );
    let bound = bench.one_shot("bound", &["arm"]);
    bench
        .scheduler
        .bind(&Flag::default().signal(), Binding::OnFalse, &bound);
    for mechanism in ["arm", "claw"] {
        let idle = bench.one_shot(&format!("idle {mechanism}"), &[mechanism]);
        bench
            .scheduler
            .set_default(bench.mechanism(mechanism), &idle)
            .expect("fits");
    }
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 ended: cleanup",
        "1 canceled ended",
        "1 p: turn",
        "1 scheduled forked",
        "1 scheduled bound",
        "1 scheduled idle claw",
        "1 completed idle claw",
        "1 completed bound",
        "1 completed forked",
    ]);
}
