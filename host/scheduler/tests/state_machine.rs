//! State machines.

mod support;

use std::sync::Arc;

use gantry_scheduler::{Command, GroupError, Signal, StateMachine, StateObserver};
use support::{Bench, Flag, Journal};

struct Told(Journal);

impl StateObserver for Told {
    fn entered(&self, state: &str) {
        self.0.say("enter", state);
    }

    fn exited(&self, state: &str) {
        self.0.say("exit", state);
    }
}

fn machine(bench: &Bench, states: &[&Command]) -> StateMachine {
    let mut machine = StateMachine::new("m");
    machine.observe(Arc::new(Told(bench.journal())));
    for state in states {
        machine.add_state(state.name().clone(), (*state).clone());
    }
    machine
}

#[test]
fn a_transition_fires_on_a_rising_edge_and_the_target_starts_in_the_same_tick() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let (a, b) = (bench.parked("a", &["arm"]), bench.parked("b", &["arm"]));
    let mut m = machine(&bench, &[&a, &b]);
    m.switch_when(&[0], Some(1), flag.signal()).expect("states");
    m.switch_when(&[1], Some(0), flag.signal()).expect("states");
    let m = m.build(0).expect("a state");
    bench.start(&[&m]);
    bench.tick();
    bench.expect(&["0 scheduled m", "0 scheduled a", "0 enter: a"]);
    flag.set(true);
    bench.tick();
    // The signal of the way back has risen too: it has never been looked at.
    bench.expect(&[
        "2 exit: a",
        "2 a: cleanup",
        "2 canceled a",
        "2 scheduled b",
        "2 enter: b",
        "2 exit: b",
        "2 b: cleanup",
        "2 canceled b",
        "2 scheduled a",
        "2 enter: a",
    ]);
    bench.ticks(3);
    bench.expect(&[]);
}

#[test]
fn transitions_are_checked_in_the_order_in_which_they_were_added() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    flag.set(true);
    let (a, b, c) = (
        bench.parked("a", &[]),
        bench.parked("b", &[]),
        bench.parked("c", &[]),
    );
    let mut m = machine(&bench, &[&a, &b, &c]);
    m.switch_when(&[0], Some(2), flag.signal()).expect("states");
    m.switch_when(&[0], Some(1), flag.signal()).expect("states");
    bench.start(&[&m.build(0).expect("a state")]);
    assert_eq!(bench.running(), ["m", "c"]);
}

#[test]
fn a_state_without_a_next_one_ends_the_machine() {
    let mut bench = Bench::new();
    let a = bench.yields("a", &[], 1);
    let m = machine(&bench, &[&a]).build(0).expect("a state");
    bench.start(&[&m]);
    bench.ticks(2);
    bench.expect(&[
        "0 scheduled m",
        "0 scheduled a",
        "0 enter: a",
        "1 completed a",
        "1 exit: a",
        "1 completed m",
    ]);
}

#[test]
fn completion_transitions_are_looked_up_once_when_the_command_has_ended() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let (a, b, c) = (
        bench.yields("a", &[], 1),
        bench.parked("b", &[]),
        bench.parked("c", &[]),
    );
    let mut m = machine(&bench, &[&a, &b, &c]);
    m.switch_on_completion(&[0], Some(1), Some(flag.signal()))
        .expect("states");
    m.switch_on_completion(&[0], Some(2), None).expect("states");
    bench.start(&[&m.build(0).expect("a state")]);
    assert_eq!(flag.looks(), 0);
    bench.ticks(2);
    assert_eq!(flag.looks(), 1);
    assert_eq!(bench.running(), ["m", "c"]);
}

#[test]
fn a_ring_of_states_that_end_at_once_costs_a_tick_each() {
    let mut bench = Bench::new();
    let (a, b) = (bench.one_shot("a", &[]), bench.one_shot("b", &[]));
    let mut m = StateMachine::new("m");
    m.add_state("a", a);
    m.add_state("b", b);
    m.switch_on_completion(&[0], Some(1), None).expect("states");
    m.switch_on_completion(&[1], Some(0), None).expect("states");
    bench.start(&[&m.build(0).expect("a state")]);
    bench.ticks(2);
    bench.expect(&[
        "0 scheduled m",
        "0 scheduled a",
        "0 completed a",
        "1 scheduled b",
        "1 completed b",
        "2 scheduled a",
        "2 completed a",
    ]);
}

#[test]
fn a_transition_to_nowhere_ends_the_machine() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let a = bench.parked("a", &[]);
    let mut m = machine(&bench, &[&a]);
    m.switch_when(&[], None, flag.signal()).expect("states");
    bench.start(&[&m.build(0).expect("a state")]);
    bench.forget();
    flag.set(true);
    bench.tick();
    bench.expect(&["1 exit: a", "1 a: cleanup", "1 canceled a", "1 completed m"]);
}

#[test]
fn a_state_that_fails_cancels_the_machine() {
    let mut bench = Bench::new();
    let a = bench.fails("a", 1, "no");
    let m = machine(&bench, &[&a]).build(0).expect("a state");
    let waiter = bench.awaits("waiter", &[], &[&m]);
    bench.start(&[&waiter]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 failed a: no",
        "1 canceled m",
        "1 waiter: [Failed(Failure { command: \"a\", message: \"no\" })]",
        "1 completed waiter",
    ]);
}

#[test]
fn a_state_that_was_never_added_is_refused() {
    let bench = Bench::new();
    let mut m = machine(&bench, &[&bench.one_shot("a", &[])]);
    let error = m
        .switch_when(&[0], Some(3), Signal::new(|| true))
        .expect_err("no such state");
    assert_eq!(
        error,
        GroupError::NoState {
            machine: "m".into(),
            state: 3,
            count: 1
        }
    );
    assert!(m.build(1).is_err());
}

#[test]
fn the_transitions_together_are_bounded() {
    let bench = Bench::new();
    let mut m = machine(&bench, &[&bench.one_shot("a", &[])]);
    let mut large = Signal::new(|| false);
    for _ in 0..8 {
        large = large.both(&large);
    }
    assert_eq!(large.parts(), 511);
    assert_eq!(m.switch_when(&[], None, large.clone()), Ok(()));
    assert_eq!(
        m.switch_when(&[], None, large),
        Err(GroupError::TooLarge("m".into()))
    );
}
