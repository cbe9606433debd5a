//! When a scope ends, what was made in it is undone.

mod support;

use gantry_scheduler::Binding;
use support::{Bench, Flag, Slot};

#[test]
fn the_end_of_a_run_undoes_its_bindings_and_its_defaults() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let (global, inner) = (
        bench.parked("global", &["arm"]),
        bench.parked("inner", &["arm"]),
    );
    let bound = bench.parked("bound", &[]);
    let arm = bench.mechanism("arm");
    bench.scheduler.set_default(arm, &global).expect("fits");
    let (signal, commands) = (flag.signal(), [inner, bound]);
    let owner = bench.script("owner", move |co| {
        let (signal, [inner, bound]) = (signal.clone(), commands.clone());
        async move {
            co.set_default(arm, &inner).await?;
            co.bind(&signal, Binding::WhileFalse, &bound).await?;
            co.yield_now().await?;
            co.yield_now().await?;
            Ok(None)
        }
    });
    bench.start(&[&owner]);
    bench.tick();
    assert_eq!(bench.running(), ["owner", "inner", "bound"]);
    bench.tick();
    assert_eq!(bench.running(), [""; 0]);
    bench.tick();
    assert_eq!(bench.running(), ["global"]);
    assert_eq!(flag.looks(), 2);
}

#[test]
fn a_command_scheduled_in_an_op_mode_ends_with_it() {
    let mut bench = Bench::new();
    let (outside, inside) = (bench.parked("outside", &[]), bench.parked("inside", &[]));
    bench.scheduler.schedule(&outside);
    bench.scheduler.set_opmode(true);
    bench.start(&[&inside]);
    bench.scheduler.set_opmode(false);
    bench.tick();
    assert_eq!(bench.running(), ["outside"]);
}

#[test]
fn the_commands_of_a_binding_are_canceled_with_it_whoever_started_them() {
    let mut bench = Bench::new();
    let bound = bench.parked("bound", &[]);
    bench.scheduler.schedule(&bound);
    bench.scheduler.set_opmode(true);
    bench
        .scheduler
        .bind(&Flag::default().signal(), Binding::OnTrue, &bound);
    bench.tick();
    assert!(bound.is_running());
    bench.scheduler.set_opmode(false);
    bench.tick();
    assert!(!bound.is_running());
}

#[test]
fn a_command_that_its_own_binding_cancels_can_be_started_by_another_in_the_next_tick() {
    let mut bench = Bench::new();
    let (low, again) = (Flag::default(), Flag::default());
    let signal = low.signal();
    let slot = Slot::default();
    let bound = slot.clone();
    let owner = bench.script("owner", move |co| {
        let (signal, bound) = (signal.clone(), bound.get());
        async move {
            // Its first sample is an edge, which cancels the owner.
            co.bind(&signal, Binding::RetryWhileTrue, &bound[0]).await?;
            co.park().await.map(|_| None)
        }
    });
    slot.fill(&[&owner]);
    bench
        .scheduler
        .bind(&again.signal(), Binding::OnTrue, &owner);
    bench.start(&[&owner]);
    bench.tick();
    assert_eq!(bench.running(), [""; 0]);
    // The binding is gone before anything is polled.
    again.set(true);
    bench.tick();
    assert_eq!(bench.running(), ["owner"]);
}
