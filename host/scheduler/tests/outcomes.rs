//! How an awaited command ended.

mod support;

use gantry_scheduler::Value;
use support::Bench;

#[test]
fn a_command_that_returns_is_completed_with_its_value() {
    let mut bench = Bench::new();
    let a = bench.script("a", |_| async { Ok(Some(Value::Number(1.5))) });
    let waiter = bench.awaits("waiter", &[], &[&a]);
    bench.start(&[&waiter]);
    bench.expect(&[
        "0 scheduled waiter",
        "0 scheduled a",
        "0 completed a with 1.5",
        "0 waiter: [Completed(Some(Number(1.5)))]",
        "0 completed waiter",
    ]);
}

#[test]
fn a_command_that_fails_is_failed_with_its_message() {
    let mut bench = Bench::new();
    let a = bench.fails("a", 0, "jammed");
    let waiter = bench.awaits("waiter", &[], &[&a]);
    bench.start(&[&waiter]);
    bench.expect(&[
        "0 scheduled waiter",
        "0 scheduled a",
        "0 failed a: jammed",
        "0 waiter: [Failed(Failure { command: \"a\", message: \"jammed\" })]",
        "0 completed waiter",
    ]);
}

#[test]
fn a_native_body_that_panics_fails_be_it_before_its_first_await() {
    let mut bench = Bench::new();
    let late = bench.script("late", |co| async move {
        co.yield_now().await?;
        panic!("late")
    });
    let early = bench.script("early", |_| {
        assert!(std::hint::black_box(false), "early");
        async { Ok(None) }
    });
    bench.start(&[&late, &early]);
    bench.tick();
    bench.expect(&[
        "0 scheduled late",
        "0 scheduled early",
        "0 failed early: panicked: early",
        "1 failed late: panicked: late",
    ]);
}

#[test]
fn a_command_that_is_canceled_is_canceled_whoever_started_it() {
    let mut bench = Bench::new();
    let a = bench.parked("a", &[]);
    let waiter = bench.awaits("waiter", &[], &[&a]);
    bench.start(&[&a]);
    bench.start(&[&waiter]);
    bench.scheduler.cancel(&a);
    bench.forget();
    bench.tick();
    bench.expect(&["2 waiter: [Canceled]", "2 completed waiter"]);
}

#[test]
fn a_command_that_loses_a_mechanism_is_interrupted_by_name() {
    let mut bench = Bench::new();
    let a = bench.parked("a", &["arm"]);
    // The waiter is no parent of it, or it would be canceled with it.
    let waiter = bench.awaits("waiter", &[], &[&a]);
    let rival = bench.parked("rival", &["arm"]);
    bench.start(&[&a]);
    bench.start(&[&waiter]);
    bench.forget();
    bench.start(&[&rival]);
    bench.expect(&[
        "2 scheduled rival",
        "2 interrupted a by rival",
        "2 a: cleanup",
        "2 canceled a",
        "2 waiter: [Interrupted(\"rival\")]",
        "2 completed waiter",
    ]);
}

#[test]
fn a_tree_that_ends_over_a_refused_fork_is_interrupted() {
    let mut bench = Bench::new();
    let strong = bench.parked_with("strong", &["arm"], 5);
    let refused = bench.one_shot("refused", &["arm"]);
    let later = bench.script("later", {
        let refused = refused.clone();
        move |co| {
            let refused = refused.clone();
            async move {
                co.yield_now().await?;
                co.fork(&[refused]).await.map(|()| None)
            }
        }
    });
    let root = bench.forks("root", &[], &[&later]);
    let waiter = bench.awaits("waiter", &[], &[&root]);
    bench.start(&[&strong, &root]);
    bench.forget();
    bench.scheduler.schedule(&waiter);
    bench.ticks(2);
    bench.expect(&[
        "1 scheduled waiter",
        "1 interrupted later by strong",
        "1 root: cleanup",
        "1 canceled root",
        "1 canceled later",
        "2 waiter: [Interrupted(\"strong\")]",
        "2 completed waiter",
    ]);
}
