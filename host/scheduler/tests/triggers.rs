//! Bindings of commands to signals.

mod support;

use gantry_scheduler::Binding::{self, *};
use support::{Bench, Flag};

/// Binds a parked command and plays values of the signal, one per tick; says in which ticks the
/// command was scheduled (`+`) and canceled (`-`).
fn play(binding: Binding, values: &[bool]) -> String {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let command = bench.parked("a", &[]);
    bench.scheduler.bind(&flag.signal(), binding, &command);
    values
        .iter()
        .map(|value| {
            flag.set(*value);
            let before = command.is_running();
            bench.tick();
            match (before, command.is_running()) {
                (false, true) => '+',
                (true, false) => '-',
                _ => '.',
            }
        })
        .collect()
}

const F: bool = false;
const T: bool = true;

#[test]
fn each_binding_starts_and_cancels_on_its_edges() {
    let values = [F, T, T, F, F, T];
    assert_eq!(play(OnTrue, &values), ".+....");
    assert_eq!(play(OnFalse, &values), "+.....");
    assert_eq!(play(WhileTrue, &values), ".+.-.+");
    assert_eq!(play(WhileFalse, &values), "+-.+.-");
    assert_eq!(play(RetryWhileTrue, &values), ".+.-.+");
    assert_eq!(play(RetryWhileFalse, &values), "+-.+.-");
    assert_eq!(play(ToggleOnTrue, &values), ".+...-");
    assert_eq!(play(ToggleOnFalse, &values), "+..-..");
}

#[test]
fn the_first_sample_counts_as_an_edge() {
    assert_eq!(play(OnTrue, &[T]), "+");
    assert_eq!(play(ToggleOnFalse, &[F, F]), "+.");
}

#[test]
fn only_retrying_bindings_start_a_command_again_while_the_signal_holds() {
    for (binding, times) in [(WhileTrue, 1), (RetryWhileTrue, 3)] {
        let mut bench = Bench::new();
        let flag = Flag::default();
        flag.set(true);
        let a = bench.one_shot("a", &[]);
        bench.scheduler.bind(&flag.signal(), binding, &a);
        bench.ticks(3);
        let lines = [
            "0 scheduled a",
            "0 completed a",
            "1 scheduled a",
            "1 completed a",
            "2 scheduled a",
            "2 completed a",
        ];
        bench.expect(&lines[..2 * times]);
    }
}

#[test]
fn a_signal_is_looked_at_once_per_tick() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let a = bench.one_shot("a", &[]);
    bench.scheduler.bind(&flag.signal(), OnTrue, &a);
    bench.ticks(5);
    assert_eq!(flag.looks(), 5);
}

#[test]
fn triggers_are_polled_in_the_order_in_which_they_were_made() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let (a, b) = (bench.one_shot("a", &["arm"]), bench.one_shot("b", &["arm"]));
    bench.scheduler.bind(&flag.signal(), OnFalse, &a);
    bench.scheduler.bind(&flag.signal(), OnFalse, &b);
    bench.tick();
    bench.expect(&[
        "0 scheduled a",
        "0 interrupted a by b",
        "0 canceled a",
        "0 scheduled b",
        "0 completed b",
    ]);
}

#[test]
fn a_binding_made_in_a_body_starts_children_and_is_gone_with_the_run() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let bound = bench.parked("bound", &[]);
    let (signal, command) = (flag.signal(), bound.clone());
    let owner = bench.script("owner", move |co| {
        let (signal, command) = (signal.clone(), command.clone());
        async move {
            co.bind(&signal, WhileTrue, &command).await?;
            co.park().await.map(|_| None)
        }
    });
    bench.start(&[&owner]);
    flag.set(true);
    bench.tick();
    let runs = bench.scheduler.runs();
    assert_eq!(runs[1].parent, Some(runs[0].id));
    bench.scheduler.cancel(&owner);
    bench.forget();
    flag.set(false);
    bench.tick();
    flag.set(true);
    let looks = flag.looks();
    bench.tick();
    bench.expect(&[]);
    assert_eq!(flag.looks(), looks, "it is not polled any more");
}

#[test]
fn a_signal_that_panics_does_not_stop_the_other_triggers() {
    let mut bench = Bench::new();
    let a = bench.one_shot("a", &[]);
    let broken = gantry_scheduler::Signal::new(|| panic!("broken"));
    bench.scheduler.bind(&broken, OnTrue, &a);
    bench.scheduler.bind(&Flag::default().signal(), OnFalse, &a);
    bench.tick();
    bench.expect(&["0 scheduled a", "0 completed a"]);
}
