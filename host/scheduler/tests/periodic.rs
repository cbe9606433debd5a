//! Periodic functions: beside the commands and before them.

mod support;

use gantry_scheduler::{Limits, coroutine};
use support::{Bench, PERIOD};

#[test]
fn a_periodic_function_has_its_turn_in_every_tick_before_the_commands() {
    let mut bench = Bench::new();
    let (journal, said) = (bench.journal(), bench.journal());
    bench.scheduler.add_periodic(
        "p",
        coroutine(move |co| async move {
            loop {
                journal.say("p", "turn");
                co.yield_now().await?;
            }
        }),
    );
    let a = bench.script("a", move |co| {
        let said = said.clone();
        async move {
            loop {
                said.say("a", "turn");
                co.yield_now().await?;
            }
        }
    });
    bench.start(&[&a]);
    bench.tick();
    bench.expect(&[
        "0 scheduled a",
        "0 p: turn",
        "0 a: turn",
        "1 p: turn",
        "1 a: turn",
    ]);
    assert_eq!(bench.scheduler.run_count(), 1, "it is no command");
}

#[test]
fn what_a_periodic_function_forks_is_queued_and_outlives_it() {
    let mut bench = Bench::new();
    let a = bench.parked("a", &["arm"]);
    let child = a.clone();
    let body = coroutine(move |co| async move { co.fork(&[child]).await.map(|()| None) });
    bench.scheduler.add_periodic("p", body);
    bench.ticks(2);
    bench.expect(&["0 scheduled a"]);
    assert_eq!(bench.scheduler.runs()[0].parent, None);
}

#[test]
fn a_periodic_function_can_wait_and_await() {
    let mut bench = Bench::new();
    let (journal, a) = (bench.journal(), bench.yields("a", &[], 1));
    bench.scheduler.add_periodic(
        "p",
        coroutine(move |co| async move {
            co.wait(PERIOD * 2).await?;
            journal.say("p", "waited");
            let outcome = co.await_one(&a).await?;
            journal.say("p", format!("{outcome:?}"));
            Ok(None)
        }),
    );
    bench.ticks(6);
    bench.expect(&[
        "2 p: waited",
        "2 scheduled a",
        "3 completed a",
        "4 p: Completed(None)",
    ]);
}

#[test]
fn a_refused_fork_does_not_end_a_periodic_function() {
    let mut bench = Bench::new();
    let strong = bench.parked_with("strong", &["arm"], 5);
    let (journal, weak) = (bench.journal(), bench.parked("weak", &["arm"]));
    bench.start(&[&strong]);
    bench.scheduler.add_periodic(
        "p",
        coroutine(move |co| async move {
            journal.say(
                "p",
                if co.fork(&[weak]).await.is_err() {
                    "refused"
                } else {
                    "forked"
                },
            );
            Ok(None)
        }),
    );
    bench.tick();
    bench.expect(&["0 scheduled strong", "1 p: refused"]);
}

#[test]
fn a_periodic_function_that_fails_is_told_under_its_name_and_is_gone() {
    let mut bench = Bench::new();
    let body = coroutine(|co| async move {
        co.yield_now().await?;
        Err("no".into())
    });
    bench.scheduler.add_periodic("p", body);
    bench.ticks(3);
    bench.expect(&["1 failed p: no"]);
}

#[test]
fn a_periodic_function_that_never_yields_fails() {
    let mut bench = Bench::with_limits(Limits {
        preemptions: 2,
        ..Limits::default()
    });
    let body = coroutine(|_| std::future::pending());
    bench.scheduler.add_periodic("p", body);
    bench.ticks(5);
    bench.expect(&["2 failed p: pre-empted in 3 ticks in a row"]);
}

#[test]
fn a_periodic_function_of_an_op_mode_ends_with_it() {
    let mut bench = Bench::new();
    let journal = bench.journal();
    bench.scheduler.set_opmode(true);
    bench.scheduler.add_periodic(
        "p",
        coroutine(move |co| async move {
            loop {
                journal.say("p", "turn");
                co.yield_now().await?;
            }
        }),
    );
    bench.tick();
    bench.scheduler.set_opmode(false);
    bench.ticks(2);
    bench.expect(&["0 p: turn"]);
}
