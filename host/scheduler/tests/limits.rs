//! One tick's work is finite whatever the bodies do.

mod support;

use gantry_scheduler::{Binding, Command, Limits, Signal};
use support::{Bench, Slot};

#[test]
fn runs_are_nested_so_deep_and_no_deeper() {
    // In a thread of 2 MiB, such as tests have: the stack bears the deepest nesting.
    let mut bench = Bench::new();
    let depth = Limits::default().depth;
    let mut deepest = bench.parked("deepest", &[]);
    for _ in 1..depth {
        deepest = bench.awaits("level", &[], &[&deepest]);
    }
    bench.start(&[&deepest]);
    assert_eq!(bench.scheduler.run_count(), depth);
    bench.scheduler.cancel(&deepest);
    assert_eq!(bench.scheduler.run_count(), 0);
    bench.forget();

    let deeper = bench.awaits("deeper", &[], &[&deepest]);
    bench.start(&[&deeper]);
    assert_eq!(bench.scheduler.run_count(), 0, "the whole tree is canceled");
}

#[test]
fn a_command_that_forks_a_new_one_of_its_kind_for_ever_ends_at_the_limit() {
    fn again(bench_name: &'static str) -> Command {
        Command::builder(bench_name).build_async(move |co| async move {
            co.fork(&[again(bench_name)]).await.map(|()| None)
        })
    }
    let mut bench = Bench::new();
    bench.start(&[&again("a")]);
    assert_eq!(bench.scheduler.run_count(), 0);
}

#[test]
fn a_run_is_served_so_many_requests_per_tick() {
    let mut bench = Bench::with_limits(Limits {
        requests: 10,
        ..Limits::default()
    });
    let journal = bench.journal();
    let a = bench.script("a", move |co| {
        let journal = journal.clone();
        async move {
            for turn in 0..25 {
                co.set_cancel_on_fork_failure(true).await?;
                if turn % 10 == 9 {
                    journal.say("a", format!("{turn}"));
                }
            }
            Ok(None)
        }
    });
    bench.start(&[&a]);
    bench.ticks(2);
    bench.expect(&[
        "0 scheduled a",
        "0 preempted a 1",
        "1 a: 9",
        "1 preempted a 2",
        "2 a: 19",
        "2 completed a",
    ]);
}

#[test]
fn a_run_that_asks_without_end_is_canceled_like_one_that_spins() {
    let limits = Limits {
        requests: 10,
        preemptions: 3,
        ..Limits::default()
    };
    let mut bench = Bench::with_limits(limits);
    let a = bench.script("a", |co| async move {
        loop {
            co.set_cancel_on_fork_failure(true).await?;
        }
    });
    bench.start(&[&a]);
    bench.ticks(3);
    assert!(!a.is_running());
}

#[test]
fn a_fork_counts_for_each_of_its_commands() {
    let mut bench = Bench::with_limits(Limits {
        requests: 10,
        ..Limits::default()
    });
    let ten: Vec<Command> = (0..10).map(|_| bench.one_shot("c", &[])).collect();
    let slot = Slot::default();
    slot.fill(&ten.iter().collect::<Vec<_>>());
    let a = bench.script("a", move |co| {
        let ten = slot.get();
        async move {
            co.fork(&ten).await?;
            co.fork(&ten).await.map(|()| None)
        }
    });
    bench.start(&[&a]);
    assert!(a.is_running(), "it is pre-empted after the first");
    bench.ticks(3);
    assert!(!a.is_running());
}

#[test]
fn one_call_cannot_start_more_than_a_run_is_served() {
    let mut bench = Bench::with_limits(Limits {
        requests: 2,
        ..Limits::default()
    });
    let three: Vec<Command> = (0..3).map(|_| bench.one_shot("c", &[])).collect();
    let a = bench.awaits("a", &[], &three.iter().collect::<Vec<_>>());
    bench.start(&[&a]);
    bench.expect(&[
        "0 scheduled a",
        "0 refused a",
        "0 failed a: one call can start 2 commands at most, not 3",
    ]);
}

#[test]
fn when_all_together_ask_too_much_nobody_is_canceled_for_it_and_all_go_on() {
    let limits = Limits {
        requests: 100,
        requests_together: 100,
        preemptions: if cfg!(miri) { 40 } else { 1_000 },
        depth: 8,
        ..Limits::default()
    };
    let mut bench = Bench::with_limits(limits);
    let polite = bench.script("polite", |co| async move {
        loop {
            co.set_cancel_on_fork_failure(true).await?;
            co.yield_now().await?;
        }
    });
    let greedy = bench.script("greedy", |co| async move {
        loop {
            co.set_cancel_on_fork_failure(true).await?;
        }
    });
    bench.start(&[&polite, &greedy]);
    bench.ticks(if cfg!(miri) { 50 } else { 1_000 });
    bench.forget();
    bench.tick();
    assert!(polite.is_running());
    assert!(!greedy.is_running(), "it was pre-empted once too often");
}

#[test]
fn being_put_off_for_others_neither_counts_as_a_preemption_nor_ends_a_row_of_them() {
    let limits = Limits {
        requests: 10,
        requests_together: 15,
        preemptions: 2,
        ..Limits::default()
    };
    let mut bench = Bench::with_limits(limits);
    let other = bench.script("other", |co| async move {
        loop {
            // In every second tick it leaves the others less than what they may ask for.
            for _ in 0..8 {
                co.set_cancel_on_fork_failure(true).await?;
            }
            co.yield_now().await?;
            co.yield_now().await?;
        }
    });
    let greedy = bench.script("greedy", |co| async move {
        loop {
            co.set_cancel_on_fork_failure(true).await?;
        }
    });
    bench.start(&[&greedy, &other]);
    bench.ticks(5);
    bench.expect(&[
        "0 scheduled greedy",
        "0 scheduled other",
        "0 preempted greedy 0",
        "1 preempted greedy 1",
        "2 preempted greedy 0",
        "3 preempted greedy 2",
        "4 preempted greedy 0",
        "5 preempted greedy 3",
        "5 interrupted greedy by the limit of 2 pre-emptions in a row",
        "5 canceled greedy",
    ]);
}

#[test]
fn a_run_that_is_put_off_for_others_keeps_its_answer() {
    let limits = Limits {
        requests_together: 1,
        ..Limits::default()
    };
    let mut bench = Bench::with_limits(limits);
    let child = bench.script("child", |_| async { Err("no".into()) });
    let a = bench.awaits("a", &[], &[&child]);
    bench.start(&[&a]);
    bench.tick();
    bench.expect(&[
        "0 scheduled a",
        "0 scheduled child",
        "0 failed child: no",
        "0 preempted a 0",
        "1 a: [Failed(Failure { command: \"child\", message: \"no\" })]",
        "1 completed a",
    ]);
}

#[test]
fn bindings_of_runs_are_bounded_and_counted_back_when_they_end() {
    let mut bench = Bench::with_limits(Limits {
        scoped_bindings: 5,
        ..Limits::default()
    });
    let idle = bench.one_shot("idle", &[]);
    let signal = Signal::new(|| false).negate().negate();
    let a = bench.script("a", move |co| {
        let (idle, signal) = (idle.clone(), signal.clone());
        async move {
            co.bind(&signal, Binding::OnTrue, &idle).await?;
            co.yield_now().await?;
            co.bind(&signal, Binding::OnTrue, &idle)
                .await
                .map(|()| None)
        }
    });
    for _ in 0..10 {
        bench.start(&[&a]);
        bench.forget();
        bench.tick();
        let tick = bench.scheduler.now().number - 1;
        bench.expect(&[
            &format!("{tick} refused a"),
            &format!(
                "{tick} failed a: the bindings of running commands look at 5 conditions already, \
                 which is the most they may"
            ),
        ]);
    }
}
