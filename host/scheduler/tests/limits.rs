//! One tick's work is finite whatever the bodies do.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use gantry_scheduler::{
    Binding, Command, Limits, Signal, StateMachine, Supplier, SupplierLimits, Value, condition,
    sequence,
};
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

#[test]
fn a_supplier_has_limits_of_its_own_for_nesting_and_bindings() {
    let mut bench = Bench::new();
    let supplier = Supplier::with_limits(SupplierLimits {
        depth: Some(3),
        conditions: Some(4),
        ..SupplierLimits::default()
    });
    let supplied = |name: &'static str| Command::builder(name).supplier(&supplier);
    // However deep it is nested below others, its own limit is what counts.
    let nest = |bench: &Bench, innermost: Command, levels: usize| {
        (0..levels).fold(innermost, |below, _| bench.awaits("level", &[], &[&below]))
    };
    for (levels, fits) in [(2, true), (3, false)] {
        let innermost =
            supplied("innermost").build_async(|co| async move { match co.park().await? {} });
        let whole = nest(&bench, innermost.clone(), levels);
        bench.start(&[&whole]);
        assert_eq!(innermost.is_running(), fits, "{levels} levels above it");
        bench.scheduler.cancel_all();
    }
    // What it has bound counts, and no longer when the scope has ended.
    let idle = bench.one_shot("idle", &[]);
    let signal = Signal::new(|| false).negate();
    let binds = |times: usize| {
        let (idle, signal) = (idle.clone(), signal.clone());
        supplied("binds").build_async(move |co| {
            let (idle, signal) = (idle.clone(), signal.clone());
            async move {
                for _ in 0..times {
                    co.bind(&signal, Binding::OnTrue, &idle).await?;
                }
                co.yield_now().await?;
                Ok(None)
            }
        })
    };
    for _ in 0..3 {
        let (two, one) = (binds(2), binds(1));
        bench.tick();
        bench.tick();
        bench.forget();
        bench.start(&[&two, &one]);
        let tick = bench.scheduler.now().number - 1;
        bench.expect(&[
            &format!("{tick} scheduled binds"),
            &format!("{tick} scheduled binds"),
            &format!("{tick} refused binds"),
            &format!(
                "{tick} failed binds: the bindings and waits of commands of the same supplier look \
                 at 4 conditions at most, and 2 more are too many"
            ),
        ]);
    }
}

#[test]
fn what_one_supplier_asks_too_much_does_not_put_the_others_off() {
    let mut bench = Bench::new();
    let supplier = Supplier::with_limits(SupplierLimits {
        requests: Some(100),
        ..SupplierLimits::default()
    });
    // Groups of groups of commands that end at once: a thousand in all, and again and again.
    let once = bench.one_shot("once", &[]);
    let group = |members: &[Command]| sequence(members).supplied_by(&supplier);
    let ten = |of: &Command| group(&vec![of.clone(); 10]);
    let thousand = ten(&ten(&ten(&once)));
    let other = bench.yields("other", &[], 20);
    bench.start(&[&thousand, &other]);
    for _ in 0..5 {
        bench.forget();
        bench.tick();
        let lines = bench.take();
        let ended = lines.iter().filter(|line| line.ends_with("completed once"));
        assert!((20..=100).contains(&ended.count()), "{lines:?}");
        assert!(!lines.iter().any(|line| line.contains("preempted other")));
    }
    assert!(thousand.is_running() && other.is_running());
    for _ in 0..100 {
        bench.tick();
    }
    assert!(!thousand.is_running(), "it comes to its end");
}

#[test]
fn a_supplier_has_so_many_runs_and_its_next_is_refused() {
    let mut bench = Bench::new();
    let supplier = Supplier::with_limits(SupplierLimits {
        runs: Some(2),
        ..SupplierLimits::default()
    });
    let supplied = |bench: &Bench| bench.parked("parked", &[]).supplied_by(&supplier);
    let [a, b, c] = [(); 3].map(|()| supplied(&bench));
    let others = bench.parked("other", &[]);
    bench.start(&[&a, &others]);
    // Queued ones count as well, and a group as much as what it runs.
    let group = sequence(std::slice::from_ref(&b)).supplied_by(&supplier);
    bench.forget();
    bench.start(&[&group]);
    bench.expect(&[
        "1 scheduled parked",
        "1 interrupted parked by runs limit",
        "1 canceled parked",
    ]);
    let refused = bench.scheduler.schedule(&c);
    assert!(refused.is_success(), "{refused:?}");
    bench.scheduler.cancel_all();
    assert!(bench.scheduler.schedule(&b).is_success());
}

#[test]
fn waits_of_a_supplier_count_like_its_bindings_until_they_are_over() {
    let mut bench = Bench::new();
    let supplier = Supplier::with_limits(SupplierLimits {
        conditions: Some(5),
        ..SupplierLimits::default()
    });
    let signal = Signal::new(|| false).negate().negate();
    let waits = || condition(&signal).supplied_by(&supplier);
    for _ in 0..3 {
        let (first, second) = (waits(), waits());
        bench.start(&[&first]);
        assert!(first.is_running());
        bench.forget();
        bench.start(&[&second]);
        let tick = bench.scheduler.now().number - 1;
        bench.expect(&[
            &format!("{tick} scheduled wait until"),
            &format!("{tick} refused wait until"),
            &format!(
                "{tick} failed wait until: the bindings and waits of commands of the same supplier \
                 look at 5 conditions at most, and 3 more are too many"
            ),
        ]);
        bench.scheduler.cancel(&first);
    }
    // One that is over at once is looked at once.
    let long = (0..30).fold(Signal::new(|| true), |signal, _| signal.negate());
    let over = condition(&long).supplied_by(&supplier);
    bench.forget();
    bench.start(&[&over]);
    assert!(!over.is_running());
}

#[test]
fn results_that_are_awaited_are_kept_within_a_limit() {
    let mut bench = Bench::new();
    let supplier = Supplier::with_limits(SupplierLimits {
        bytes: Some(25),
        ..SupplierLimits::default()
    });
    let large = bench.script("large", |co| async move {
        co.yield_now().await?;
        Ok(Some(Value::Text("0123456789".into())))
    });
    let awaits = bench.awaits("a", &[], &[&large, &large, &large]);
    let awaits = awaits.supplied_by(&supplier);
    for _ in 0..2 {
        bench.forget();
        bench.start(&[&awaits]);
        bench.tick();
        let tick = bench.scheduler.now().number - 1;
        let lines = bench.take();
        let outcomes = lines.iter().find(|line| line.contains(" a: ")).unwrap();
        assert!(outcomes.starts_with(&format!("{tick} ")), "{outcomes}");
        assert_eq!(outcomes.matches("Completed").count(), 2, "{outcomes}");
        let dropped = "its result of 10 bytes was dropped: 25 bytes is the most";
        assert_eq!(outcomes.matches(dropped).count(), 1, "{outcomes}");
    }
}

#[test]
fn a_state_machine_looks_once_at_a_transition_that_names_its_state_twice() {
    let mut bench = Bench::new();
    let supplier = Supplier::with_limits(SupplierLimits {
        conditions: Some(2),
        ..SupplierLimits::default()
    });
    let looks = Arc::new(AtomicU32::new(0));
    let signal = Signal::new({
        let looks = looks.clone();
        move || {
            looks.fetch_add(1, Relaxed);
            false
        }
    });
    let mut machine = StateMachine::new("machine");
    let state = machine.add_state("state", bench.parked("parked", &[]));
    machine.switch_when(&[state; 100], None, signal).unwrap();
    let machine = machine.build(state).unwrap().supplied_by(&supplier);
    bench.start(&[&machine]);
    assert!(
        machine.is_running(),
        "two conditions: the state and its signal"
    );
    let before = looks.load(Relaxed);
    bench.tick();
    assert_eq!(looks.load(Relaxed), before + 1);
}
