//! Yield, wait, wait-until, park.

mod support;

use std::time::Duration;

use gantry_scheduler::{Edge, WaitResult};
use support::{Bench, Flag, PERIOD};

#[test]
fn yield_goes_on_with_the_next_tick() {
    let mut bench = Bench::new();
    let a = bench.yields("a", &[], 2);
    bench.start(&[&a]);
    bench.ticks(2);
    bench.expect(&["0 scheduled a", "2 completed a"]);
}

#[test]
fn a_wait_ends_with_the_first_tick_at_or_after_its_time() {
    let mut bench = Bench::new();
    let exact = bench.script("exact", |co| async move {
        co.wait(PERIOD * 2).await.map(|()| None)
    });
    let longer = bench.script("longer", |co| async move {
        co.wait(PERIOD * 2 + Duration::from_millis(1))
            .await
            .map(|()| None)
    });
    bench.start(&[&exact, &longer]);
    bench.forget();
    bench.ticks(3);
    bench.expect(&["2 completed exact", "3 completed longer"]);
}

#[test]
fn a_wait_of_no_time_is_over_at_once() {
    let mut bench = Bench::new();
    let a = bench.script("a", |co| async move {
        co.wait(Duration::ZERO).await.map(|()| None)
    });
    bench.start(&[&a]);
    bench.expect(&["0 scheduled a", "0 completed a"]);
}

#[test]
fn a_waiting_run_is_not_resumed_before_its_time() {
    let mut bench = Bench::new().with_turns();
    let a = bench.script("a", |co| async move {
        co.wait(PERIOD * 50).await.map(|()| None)
    });
    bench.start(&[&a]);
    bench.forget();
    bench.ticks(49);
    bench.expect(&[]);
    bench.tick();
    bench.expect(&["50 mounted a", "50 completed a"]);
}

#[test]
fn many_waits_end_newest_first_when_they_end_together() {
    let mut bench = Bench::new();
    let sleepers: Vec<_> = (0..5)
        .map(|index| {
            bench.script(&format!("s{index}"), |co| async move {
                co.wait(PERIOD).await.map(|()| None)
            })
        })
        .collect();
    bench.start(&sleepers.iter().collect::<Vec<_>>());
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 completed s4",
        "1 completed s3",
        "1 completed s2",
        "1 completed s1",
        "1 completed s0",
    ]);
}

#[test]
fn wait_until_looks_at_once_and_then_once_per_tick() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let signal = flag.signal();
    let a = bench.script("a", move |co| {
        let signal = signal.clone();
        async move { co.wait_until(&signal).await.map(|()| None) }
    });
    bench.start(&[&a]);
    assert_eq!(flag.looks(), 1, "in the first turn");
    bench.ticks(2);
    assert_eq!(flag.looks(), 3);
    flag.set(true);
    bench.tick();
    bench.expect(&["0 scheduled a", "3 completed a"]);
    bench.start(&[&a]);
    bench.expect(&["4 scheduled a", "4 completed a"]);
}

fn until(bench: &Bench, flag: &Flag, timeout: Duration) -> gantry_scheduler::Command {
    let (journal, signal) = (bench.journal(), flag.signal());
    bench.script("a", move |co| {
        let (journal, signal) = (journal.clone(), signal.clone());
        async move {
            let result = co.wait_until_timeout(&signal, Some(timeout)).await?;
            journal.say(
                "a",
                if result == WaitResult::Met {
                    "met"
                } else {
                    "timed out"
                },
            );
            Ok(None)
        }
    })
}

#[test]
fn wait_until_says_whether_it_timed_out() {
    let mut bench = Bench::new();
    let a = until(&bench, &Flag::default(), PERIOD * 2);
    bench.start(&[&a]);
    bench.ticks(2);
    bench.expect(&["0 scheduled a", "2 a: timed out", "2 completed a"]);
}

#[test]
fn wait_until_checks_the_condition_before_the_clock() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let a = until(&bench, &flag, PERIOD);
    bench.start(&[&a]);
    flag.set(true);
    bench.tick();
    bench.expect(&["0 scheduled a", "1 a: met", "1 completed a"]);
    let none = until(&bench, &flag, Duration::ZERO);
    bench.start(&[&none]);
    flag.set(false);
    bench.start(&[&none]);
    bench.expect(&[
        "2 scheduled a",
        "2 a: met",
        "2 completed a",
        "3 scheduled a",
        "3 a: timed out",
        "3 completed a",
    ]);
}

#[test]
fn park_never_returns() {
    let mut bench = Bench::new().with_turns();
    let a = bench.parked("a", &[]);
    bench.start(&[&a]);
    bench.forget();
    bench.ticks(100);
    bench.expect(&[]);
}

#[test]
fn a_condition_that_panics_counts_as_false_and_the_tick_goes_on() {
    let mut bench = Bench::new();
    let a = bench.script("a", |co| async move {
        let broken = gantry_scheduler::Signal::new(|| panic!("broken"));
        co.wait_until(&broken).await.map(|()| None)
    });
    let b = bench.yields("b", &[], 1);
    bench.start(&[&a, &b]);
    bench.tick();
    assert_eq!(bench.running(), ["a"]);
    bench.scheduler.cancel(&a);
    bench.expect(&[
        "0 scheduled a",
        "0 scheduled b",
        "1 completed b",
        "2 canceled a",
    ]);
}

#[test]
fn a_wait_for_a_debounced_signal_waits_for_what_comes_after_it_began() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let pressed = flag
        .signal()
        .debounce(Duration::from_millis(200), Edge::Rising);
    let waits = bench.script("waits", move |co| {
        let pressed = pressed.clone();
        async move {
            co.wait(Duration::from_secs(2)).await?;
            co.wait_until(&pressed).await.map(|()| None)
        }
    });
    bench.start(&[&waits]);
    flag.set(true);
    bench.ticks(40);
    flag.set(false);
    bench.ticks(80);
    flag.set(true);
    bench.ticks(5);
    flag.set(false);
    bench.ticks(5);
    flag.set(true);
    bench.ticks(10);
    assert!(waits.is_running(), "200 ms are not over");
    bench.tick();
    assert!(!waits.is_running());
}
