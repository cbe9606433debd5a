//! Bindings and default commands of a robot's description: what was built up before an op mode does not
//! count in it.

mod support;

use std::time::Duration;

use gantry_scheduler::Binding::{self, *};
use gantry_scheduler::{Edge, FirstLook, Signal};
use support::{Bench, Flag};

const F: bool = false;
const T: bool = true;

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

/// Plays values of a signal from the start of an op mode, which is entered twice, one per tick; says in
/// which ticks a command was scheduled (`+`) and canceled (`-`). Both times have to give the same.
#[track_caller]
fn play(
    make: impl Fn(&Signal) -> Signal,
    on: Binding,
    first: FirstLook,
    values: &[bool],
) -> String {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let signal = make(&flag.signal());
    let mut played = Vec::new();
    for _ in 0..2 {
        bench.scheduler.set_enabled(true);
        bench.scheduler.set_opmode(true);
        bench.scheduler.end_opmodes();
        let command = bench.parked("a", &[]);
        bench.scheduler.declare(&signal, on, &command, first);
        let ticks = values.iter().map(|value| {
            flag.set(*value);
            let before = command.is_running();
            bench.tick();
            match (before, command.is_running()) {
                (false, true) => '+',
                (true, false) => '-',
                _ => '.',
            }
        });
        played.push(ticks.collect::<String>());
        bench.scheduler.set_enabled(false);
        bench.scheduler.set_opmode(false);
        flag.set(!values[0]);
        bench.ticks(2);
    }
    assert_eq!(played[0], played[1], "the second time");
    played.remove(0)
}

#[track_caller]
fn plain(on: Binding, values: &[bool]) -> String {
    play(Signal::clone, on, FirstLook::Baseline, values)
}

#[test]
fn what_the_first_look_finds_is_what_changes_are_counted_from() {
    let held = [T, T, F, T];
    assert_eq!(plain(OnTrue, &held), "...+");
    assert_eq!(plain(ToggleOnTrue, &held), "...+");
    assert_eq!(plain(OnFalse, &held), "..+.");
    let free = [F, F, T, F];
    assert_eq!(plain(OnTrue, &free), "..+.");
    assert_eq!(plain(OnFalse, &free), "...+");
    assert_eq!(plain(ToggleOnFalse, &free), "...+");
}

#[test]
fn what_runs_while_a_signal_is_so_starts_with_the_first_look() {
    assert_eq!(plain(WhileTrue, &[T, F, T]), "+-+");
    assert_eq!(plain(RetryWhileTrue, &[T, F, T]), "+-+");
    assert_eq!(plain(WhileFalse, &[T, F, T]), ".+-");
    assert_eq!(plain(WhileFalse, &[F, T, F]), "+-+");
}

#[test]
fn a_description_may_say_that_the_first_look_is_an_edge() {
    let edge = |on, values: &[bool]| play(Signal::clone, on, FirstLook::Edge, values);
    assert_eq!(edge(OnTrue, &[T, F]), "+.");
    assert_eq!(edge(OnFalse, &[F, T]), "+.");
    assert_eq!(edge(ToggleOnFalse, &[F, T]), "+.");
}

#[test]
fn a_debounce_begins_with_the_op_mode() {
    let debounced = |edge, on, values: &[bool]| {
        let make = move |signal: &Signal| signal.debounce(ms(40), edge);
        play(make, on, FirstLook::Baseline, values)
    };
    // Nobody touches anything.
    for edge in [Edge::Rising, Edge::Falling, Edge::Both] {
        for on in [OnTrue, OnFalse, WhileTrue, ToggleOnTrue, ToggleOnFalse] {
            assert_eq!(debounced(edge, on, &[F; 6]), "......", "{edge:?} {on:?}");
        }
    }
    // Held from before: it never becomes true, but it is.
    let held = [T, T, T, T, T, T, F, T, T, T];
    for edge in [Edge::Rising, Edge::Both] {
        assert_eq!(debounced(edge, OnTrue, &held[..6]), "......", "{edge:?}");
        assert_eq!(debounced(edge, WhileTrue, &held[..4]), "..+.", "{edge:?}");
    }
    assert_eq!(debounced(Edge::Rising, OnTrue, &held), ".........+");
    // A press of which only the end is within the op mode.
    assert_eq!(debounced(Edge::Rising, OnTrue, &[T, F, F, F]), "....");
}

#[test]
fn presses_are_counted_within_one_op_mode() {
    let twice = |signal: &Signal| signal.multi_press(2, Duration::from_secs(10));
    let once = [F, T, F, F];
    assert_eq!(play(twice, OnTrue, FirstLook::Baseline, &once), "....");
    // The one that is held from before is none.
    let held = [T, F, T, F, T];
    assert_eq!(play(twice, OnTrue, FirstLook::Baseline, &held), "....+");
    let edges = |signal: &Signal| signal.rising_edge();
    assert_eq!(play(edges, OnTrue, FirstLook::Baseline, &[T, F, T]), "..+");
    let falling = |signal: &Signal| signal.falling_edge();
    assert_eq!(
        play(falling, OnTrue, FirstLook::Baseline, &[F, F, F]),
        "..."
    );
    assert_eq!(
        play(falling, OnTrue, FirstLook::Baseline, &[T, F, F]),
        ".+."
    );
}

#[test]
fn a_binding_that_counts_in_every_op_mode_begins_anew_with_each() {
    let mut bench = Bench::new().with_refusals();
    let flag = Flag::default();
    let (once, held) = (bench.one_shot("once", &[]), bench.parked("held", &[]));
    bench.scheduler.set_enabled(false);
    let signal = flag.signal();
    bench
        .scheduler
        .declare(&signal, OnTrue, &once, FirstLook::Baseline);
    bench
        .scheduler
        .declare(&signal, WhileTrue, &held, FirstLook::Baseline);
    bench.tick();
    flag.set(true);
    bench.ticks(2);
    bench.expect(&[
        "1 start-refused once (binding): disabled",
        "1 start-refused held (binding): disabled",
    ]);
    // Both were pressed before: one waits for a new press, the other is held.
    bench.scheduler.set_enabled(true);
    bench.scheduler.set_opmode(true);
    bench.ticks(2);
    bench.expect(&["3 scheduled held"]);
    flag.set(false);
    bench.tick();
    flag.set(true);
    bench.tick();
    bench.expect(&[
        "5 held: cleanup",
        "5 canceled held",
        "6 scheduled once",
        "6 scheduled held",
        "6 completed once",
    ]);
}

#[test]
fn an_op_mode_that_ends_and_begins_between_two_ticks_begins_anew() {
    let mut bench = Bench::new();
    let (flag, arm) = (Flag::default(), bench.mechanism("arm"));
    flag.set(true);
    let scheduled = bench.parked("scheduled", &[]);
    let bound = bench.parked("bound", &[]);
    let default = bench.parked("default", &["arm"]);
    for _ in 0..2 {
        bench.scheduler.set_enabled(false);
        bench.scheduler.set_opmode(false);
        bench.scheduler.end_opmodes();
        bench.scheduler.set_enabled(true);
        bench.scheduler.set_opmode(true);
        bench.scheduler.declare_default(arm, &default).unwrap();
        let signal = flag.signal();
        bench
            .scheduler
            .declare(&signal, WhileTrue, &bound, FirstLook::Baseline);
        bench.scheduler.schedule(&scheduled);
        bench.tick();
    }
    let started = [
        "scheduled scheduled",
        "scheduled bound",
        "scheduled default",
    ];
    let lines = bench.take();
    for line in started {
        for tick in 0..2 {
            assert!(
                lines.contains(&format!("{tick} {line}")),
                "{line}: {lines:#?}"
            );
        }
    }
    bench.tick();
    assert_eq!(bench.running().len(), 3, "{:?}", bench.running());
}

#[test]
fn a_default_that_ends_at_once_is_told_and_rests() {
    let mut bench = Bench::new().with_refusals();
    let arm = bench.mechanism("arm");
    let short = bench.one_shot("short", &["arm"]);
    bench.scheduler.declare_default(arm, &short).unwrap();
    bench.ticks(100);
    let lines = bench.take();
    let starts: Vec<_> = lines
        .iter()
        .filter(|line| line.contains("scheduled"))
        .collect();
    let told = lines.iter().filter(|line| line.contains("ends at once"));
    // Five in a row, then one each quarter of a second, which 12.5 ticks are.
    assert_eq!(told.count(), 1, "{lines:#?}");
    assert_eq!(starts.len(), 5 + 95 / 13, "{starts:#?}");
    assert_eq!(starts[5], "17 scheduled short");
}

#[test]
fn a_default_that_others_end_does_not_rest() {
    let mut bench = Bench::new().with_refusals();
    let arm = bench.mechanism("arm");
    let (default, other) = (
        bench.parked("default", &["arm"]),
        bench.one_shot("other", &["arm"]),
    );
    bench.scheduler.declare_default(arm, &default).unwrap();
    for _ in 0..20 {
        bench.tick();
        bench.start(&[&other]);
    }
    let lines = bench.take();
    let starts = lines
        .iter()
        .filter(|line| line.ends_with("scheduled default"));
    assert_eq!(starts.count(), 20);
}

#[test]
fn a_default_that_is_not_declared_starts_in_every_tick() {
    let mut bench = Bench::new().with_refusals();
    let arm = bench.mechanism("arm");
    let short = bench.one_shot("short", &["arm"]);
    bench.scheduler.set_default(arm, &short).unwrap();
    bench.ticks(100);
    assert_eq!(bench.take().len(), 200);
}
