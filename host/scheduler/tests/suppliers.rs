//! What the runs of one supplier may take, whatever they are.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use gantry_scheduler::{
    Binding, Command, Resource, Signal, StateMachine, Supplier, SupplierLimits, Value, condition,
    sequence,
};
use support::Bench;

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
fn what_a_supplier_starts_is_taken_from_its_own_share() {
    let mut bench = Bench::new();
    let limited = || {
        Supplier::with_limits(SupplierLimits {
            runs: Some(3),
            conditions: Some(2),
            ..SupplierLimits::default()
        })
    };
    let (starter, other) = (limited(), limited());
    let never = Signal::new(|| false);
    // The wait within it is nobody's by name.
    let until = bench
        .parked("parked", &[])
        .supplied_by(&other)
        .until(&never);
    let starts = bench.forks("starts", &[], &[&until]).supplied_by(&starter);
    bench.start(&[&starts]);
    assert!(!until.is_running(), "four runs are too many");
    let starts = until.supplied_by(&starter);
    bench.start(&[&starts]);
    assert!(starts.is_running());
    assert_eq!(starter.claimed(Resource::Runs), 3);
    assert_eq!(starter.claimed(Resource::Conditions), 1);
    assert_eq!(other.claimed(Resource::Runs), 0);
    bench.scheduler.cancel_all();
    assert_eq!(starter.claimed(Resource::Runs), 0);
    assert_eq!(starter.claimed(Resource::Conditions), 0);
}

#[test]
fn a_fork_for_which_there_is_no_room_starts_none_of_its_commands() {
    let mut bench = Bench::new();
    let supplier = Supplier::with_limits(SupplierLimits {
        runs: Some(3),
        ..SupplierLimits::default()
    });
    let parked = [(); 3].map(|()| bench.parked("parked", &[]));
    // One that is named twice runs once, and one that runs already needs no room.
    let twice = [&parked[0], &parked[1], &parked[1], &parked[0]];
    let fits = bench.forks("fits", &[], &twice).supplied_by(&supplier);
    bench.start(&[&fits]);
    assert!(parked[0].is_running() && parked[1].is_running());
    bench.scheduler.cancel_all();
    let all: Vec<&Command> = parked.iter().collect();
    let forks = bench.forks("forks", &[], &all).supplied_by(&supplier);
    bench.forget();
    bench.start(&[&forks]);
    let tick = bench.scheduler.now().number - 1;
    bench.expect(&[
        &format!("{tick} scheduled forks"),
        &format!("{tick} interrupted forks by runs limit"),
        &format!("{tick} canceled forks"),
    ]);
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
        let dropped = "what it returned was dropped: no more may be kept";
        assert_eq!(outcomes.matches(dropped).count(), 1, "{outcomes}");
    }
}

#[test]
fn messages_of_failures_are_kept_within_the_same_limit() {
    let mut bench = Bench::new();
    let supplier = Supplier::with_limits(SupplierLimits {
        bytes: Some(25),
        ..SupplierLimits::default()
    });
    let fails = bench.fails("fails", 1, "0123456789");
    let parked = bench.parked("parked", &[]);
    let awaits = bench.awaits("a", &[], &[&fails, &fails, &fails, &parked]);
    bench.start(&[&awaits.supplied_by(&supplier)]);
    bench.ticks(2);
    assert_eq!(supplier.claimed(Resource::Bytes), 20);
    assert!(supplier.was_refused(Resource::Bytes));
    assert!(!supplier.was_refused(Resource::Bytes), "it is told once");
    bench.scheduler.cancel_all();
    assert_eq!(supplier.claimed(Resource::Bytes), 0);
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
