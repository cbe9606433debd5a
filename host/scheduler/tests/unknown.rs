//! Signals whose value is not known: a sensor that has not answered.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use gantry_scheduler::Binding::{self, *};
use gantry_scheduler::{Edge, FirstLook, Signal, Tick};
use support::Bench;

/// A measurement that a test sets.
#[derive(Clone, Default)]
struct Sensor(Arc<AtomicU8>);

impl Sensor {
    fn set(&self, value: char) {
        let value = match value {
            '?' => 0,
            '.' => 1,
            _ => 2,
        };
        self.0.store(value, Ordering::Relaxed);
    }

    fn signal(&self) -> Signal {
        let sensor = self.0.clone();
        Signal::measured(move || match sensor.load(Ordering::Relaxed) {
            0 => None,
            value => Some(value == 2),
        })
    }
}

/// Plays values of a signal (`?` unknown, `.` false, `#` true), one per tick of 10 ms.
fn play(make: impl Fn(&Signal) -> Signal, values: &str) -> String {
    let sensor = Sensor::default();
    let made = make(&sensor.signal());
    let look = |(number, value)| {
        sensor.set(value);
        let number = number as u64;
        let tick = Tick {
            number,
            time: Duration::from_millis(10 * number),
        };
        match made.look(tick) {
            None => '?',
            Some(true) => '#',
            Some(false) => '.',
        }
    };
    values.chars().enumerate().map(look).collect()
}

#[test]
fn unknown_stays_unknown_unless_the_other_operand_decides() {
    let (on, off) = (Signal::new(|| true), Signal::new(|| false));
    let unknown = Signal::measured(|| None);
    assert_eq!(play(Signal::negate, "?.#"), "?#.");
    assert_eq!(play(|a| a.both(&on), "?.#"), "?.#");
    assert_eq!(play(|a| a.both(&off), "?.#"), "...");
    assert_eq!(play(|a| a.either(&on), "?.#"), "###");
    assert_eq!(play(|a| a.either(&off), "?.#"), "?.#");
    assert_eq!(play(|a| unknown.both(a), "?.#"), "?.?");
    assert_eq!(play(|a| unknown.either(a), "?.#"), "??#");
    assert!(!unknown.sample(Tick::default()));
}

#[test]
fn what_remembers_begins_anew_after_what_is_unknown() {
    let ms = Duration::from_millis;
    assert_eq!(play(Signal::rising_edge, "?#?.#"), "?#?.#");
    assert_eq!(play(Signal::falling_edge, "?.#?.#."), "?..?..#");
    let debounced = |edge| move |a: &Signal| a.debounce(ms(20), edge);
    assert_eq!(play(debounced(Edge::Rising), "##?###"), "..?..#");
    assert_eq!(play(debounced(Edge::Falling), "?..#.."), "?..###");
    assert_eq!(play(|a| a.multi_press(2, ms(100)), "#.?#."), "..?#.");
}

/// Says in which ticks a command is started (`+`) and canceled (`-`).
fn bound(make: impl Fn(&Signal) -> Signal, on: Binding, values: &str) -> String {
    let play = |declared: bool| -> String {
        let (mut bench, sensor) = (Bench::new(), Sensor::default());
        let (command, signal) = (bench.parked("a", &[]), make(&sensor.signal()));
        match declared {
            true => bench
                .scheduler
                .declare(&signal, on, &command, FirstLook::Baseline),
            false => bench.scheduler.bind(&signal, on, &command),
        }
        let ticks = values.chars().map(|value| {
            sensor.set(value);
            let before = command.is_running();
            bench.tick();
            match (before, command.is_running()) {
                (false, true) => '+',
                (true, false) => '-',
                _ => '.',
            }
        });
        ticks.collect()
    };
    let declared = play(true);
    assert_eq!(play(false), declared, "made by a command");
    declared
}

#[test]
fn nothing_starts_because_of_what_is_not_known() {
    for on in [
        OnTrue,
        OnFalse,
        WhileTrue,
        WhileFalse,
        RetryWhileTrue,
        RetryWhileFalse,
        ToggleOnTrue,
        ToggleOnFalse,
    ] {
        assert_eq!(bound(Signal::clone, on, "???"), "...", "{on:?}");
        assert_eq!(bound(Signal::negate, on, "???"), "...", "{on:?}");
    }
    // The first answer is no change to false, but one to true.
    assert_eq!(bound(Signal::clone, OnFalse, "??..#."), ".....+");
    assert_eq!(bound(Signal::clone, OnTrue, "??##"), "..+.");
    assert_eq!(bound(Signal::clone, WhileTrue, "?#?#"), ".+-+");
    assert_eq!(bound(Signal::clone, WhileFalse, "?.?."), ".+-+");
}

#[test]
fn no_wait_ends_because_of_what_is_not_known() {
    let (mut bench, sensor) = (Bench::new(), Sensor::default());
    let far = sensor.signal().negate();
    let waits = bench.script("waits", move |co| {
        let far = far.clone();
        async move { co.wait_until(&far).await.map(|()| None) }
    });
    bench.start(&[&waits]);
    bench.ticks(3);
    assert!(waits.is_running());
    sensor.set('.');
    bench.tick();
    assert!(!waits.is_running());
}
