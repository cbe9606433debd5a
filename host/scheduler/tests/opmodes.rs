//! Op modes as scopes.

mod support;

use gantry_scheduler::Binding;
use support::{Bench, Flag};

#[test]
fn what_was_made_in_an_op_mode_is_undone_at_the_start_of_the_next_tick() {
    let mut bench = Bench::new();
    let (a, b) = (bench.parked("a", &[]), bench.parked("b", &[]));
    bench.scheduler.set_opmode(true);
    bench.start(&[&a]);
    bench.scheduler.set_opmode(true);
    bench.scheduler.schedule(&b);
    bench.expect(&["0 scheduled a", "1 scheduled b"]);
    bench.tick();
    bench.expect(&["1 a: cleanup", "1 canceled a"]);
    assert_eq!(bench.running(), ["b"]);
}

#[test]
fn bindings_and_defaults_of_an_op_mode_end_with_it_and_global_ones_stay() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let arm = bench.mechanism("arm");
    let (global, inside) = (
        bench.parked("global", &["arm"]),
        bench.parked("inside", &["arm"]),
    );
    let bound = bench.parked("bound", &[]);
    bench.scheduler.set_default(arm, &global).expect("fits");
    bench.tick();
    assert_eq!(bench.running(), ["global"]);
    bench.scheduler.set_opmode(true);
    bench.scheduler.set_default(arm, &inside).expect("fits");
    bench
        .scheduler
        .bind(&flag.signal(), Binding::OnFalse, &bound);
    bench.tick();
    assert_eq!(bench.running(), ["bound", "inside"]);
    bench.scheduler.set_opmode(false);
    bench.tick();
    assert_eq!(bench.running(), ["global"]);
    assert_eq!(flag.looks(), 1);
}

#[test]
fn an_op_mode_that_is_entered_again_is_another_one() {
    let mut bench = Bench::new();
    let a = bench.parked("a", &[]);
    bench.scheduler.set_opmode(true);
    bench.start(&[&a]);
    bench.scheduler.set_opmode(false);
    bench.scheduler.set_opmode(true);
    bench.tick();
    assert!(!a.is_running());
}

#[test]
fn what_was_once_scheduled_in_an_op_mode_leaves_the_queue_when_that_ends() {
    let mut bench = Bench::new();
    let (once, other) = (bench.one_shot("once", &[]), bench.one_shot("other", &[]));
    bench.scheduler.set_opmode(true);
    bench.start(&[&once]);
    bench.expect(&["0 scheduled once", "0 completed once"]);
    bench.scheduler.set_opmode(true);
    bench.scheduler.schedule(&once);
    bench.scheduler.schedule(&other);
    bench.tick();
    bench.expect(&["1 scheduled once", "1 scheduled other", "1 completed other"]);
    // It is only the end of the op mode that does this.
    bench.start(&[&once]);
    bench.expect(&["2 scheduled once", "2 completed once"]);
}

#[test]
fn what_a_command_of_the_op_mode_forked_leaves_the_queue_in_the_same_tick() {
    let mut bench = Bench::new();
    let once = bench.one_shot("once", &[]);
    let parent = bench.forks("parent", &[], &[&once]);
    bench.scheduler.set_opmode(true);
    bench.start(&[&parent]);
    bench.scheduler.set_opmode(false);
    bench.scheduler.schedule(&once);
    bench.forget();
    bench.tick();
    bench.expect(&["1 parent: cleanup", "1 canceled parent"]);
    bench.start(&[&once]);
    bench.expect(&["2 scheduled once", "2 completed once"]);
}
