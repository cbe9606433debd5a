//! Signals made of signals.

mod support;

use std::time::Duration;

use gantry_scheduler::{Binding, Edge, MAX_SIGNAL_PARTS, Signal, Tick};
use support::{Bench, Flag};

/// Plays values of a signal, one per tick of 10 ms, and returns what is made of it.
fn play(make: impl Fn(&Signal) -> Signal, values: &str) -> String {
    let flag = Flag::default();
    let made = make(&flag.signal());
    let sample = |(number, value)| {
        flag.set(value == '#');
        let number = number as u64;
        let tick = Tick {
            number,
            time: Duration::from_millis(10 * number),
        };
        let result = made.sample(tick);
        assert_eq!(made.sample(tick), result, "a second look in one tick");
        if result { '#' } else { '.' }
    };
    values.chars().enumerate().map(sample).collect()
}

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

#[test]
fn and_or_and_not_follow_their_operands() {
    let on = Signal::new(|| true);
    let off = Signal::new(|| false);
    assert_eq!(play(|a| a.both(&on), ".#."), ".#.");
    assert_eq!(play(|a| a.both(&off), ".#."), "...");
    assert_eq!(play(|a| a.either(&on), ".#."), "###");
    assert_eq!(play(|a| a.either(&off), ".#."), ".#.");
    assert_eq!(play(Signal::negate, ".#."), "#.#");
}

#[test]
fn edges_last_one_tick_and_the_first_look_is_none() {
    assert_eq!(play(Signal::rising_edge, "##..##"), "....#.");
    assert_eq!(play(Signal::falling_edge, "..##.."), "....#.");
}

#[test]
fn a_debounce_delays_the_edges_it_is_told_to() {
    let values = "..####..#....";
    assert_eq!(
        play(|a| a.debounce(ms(20), Edge::Rising), values),
        "....##......."
    );
    assert_eq!(
        play(|a| a.debounce(ms(20), Edge::Both), values),
        "....#######.."
    );
    assert_eq!(
        play(|a| a.debounce(ms(20), Edge::Falling), "##.##...."),
        "#######.."
    );
}

#[test]
fn a_multi_press_is_true_from_the_last_press_until_it_is_released() {
    assert_eq!(play(|a| a.multi_press(2, ms(30)), "#.##..."), "..##...");
    assert_eq!(
        play(|a| a.multi_press(2, ms(10)), "#.##..."),
        ".......",
        "too slow"
    );
    assert_eq!(
        play(|a| a.multi_press(2, ms(30)), "#.#.#.#"),
        "..#...#",
        "pairs"
    );
}

#[test]
fn a_multi_press_bears_any_count() {
    assert_eq!(
        play(|a| a.multi_press(0, ms(30)), ".#.#"),
        ".#.#",
        "none is one"
    );
    assert_eq!(play(|a| a.multi_press(1, ms(0)), ".#.#"), ".#.#");
    assert_eq!(
        play(|a| a.multi_press(u32::MAX, Duration::MAX), "#.#.#.#"),
        "......."
    );
}

#[test]
fn a_signal_that_is_combined_with_itself_too_often_is_refused_where_it_would_be_looked_at() {
    let flag = Flag::default();
    let mut large = flag.signal();
    for _ in 0..if cfg!(miri) { 100 } else { 100_000 } {
        large = large.both(&large).negate();
    }
    assert!(large.parts() > MAX_SIGNAL_PARTS);
    assert!(!large.sample(Tick::default()));
    assert_eq!(flag.looks(), 0);

    let mut bench = Bench::new();
    let idle = bench.one_shot("idle", &[]);
    let (a, b) = (large.clone(), large);
    let waits = bench.script("waits", move |co| {
        let signal = a.clone();
        async move { co.wait_until(&signal).await.map(|()| None) }
    });
    let binds = bench.script("binds", move |co| {
        let (signal, idle) = (b.clone(), idle.clone());
        async move {
            co.bind(&signal, Binding::OnTrue, &idle)
                .await
                .map(|()| None)
        }
    });
    bench.start(&[&waits, &binds]);
    let why = "a signal can be made of 1000 conditions and combinators at most; one that is \
               combined with itself has twice as many";
    bench.expect(&[
        "0 scheduled waits",
        "0 scheduled binds",
        "0 refused binds",
        &format!("0 failed binds: {why}"),
        "0 refused waits",
        &format!("0 failed waits: {why}"),
    ]);
}
