//! Hostile guests: what happens to each, and that an innocent robot beside it notices nothing.
//!
//! `tests/README.md` has the table of them, which `GANTRY_BLESS=1 cargo test -p gantry-plugin
//! --test hostile` writes. `cargo test -p gantry-plugin --test hostile real_time -- --nocapture`
//! prints how long ticks took.
#![allow(missing_docs, unreachable_pub)]

mod attacks;
mod bombs;
mod guest;
mod scene;
#[path = "../support/mod.rs"]
mod support;
mod table;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use attacks::{Attack, Guest};
use gantry_plugin::RuntimeConfig;
use scene::{PERIOD_FUEL, Report, play, real_time, virtual_time};
use support::{PERIOD, source, trusting};

fn find(name: &str) -> Attack {
    let mut all = attacks::all().into_iter();
    all.find(|attack| attack.name == name).unwrap()
}

/// What comes of an attack in virtual time. It is played once, whoever asks.
fn report(attack: &Attack) -> Arc<Report> {
    type Reports = Mutex<HashMap<&'static str, Arc<OnceLock<Arc<Report>>>>>;
    static REPORTS: OnceLock<Reports> = OnceLock::new();
    let slot = {
        let reports = REPORTS.get_or_init(Mutex::default);
        let mut reports = reports.lock().unwrap_or_else(PoisonError::into_inner);
        reports.entry(attack.name).or_default().clone()
    };
    let made = slot.get_or_init(|| Arc::new(play(Some(attack), virtual_time())));
    made.clone()
}

/// What the innocent robot does when it is alone.
fn alone() -> &'static Report {
    static ALONE: OnceLock<Report> = OnceLock::new();
    ALONE.get_or_init(|| play(None, virtual_time()))
}

/// What is asked of every attack.
fn check(name: &str) {
    let attack = find(&name.replace('_', "-"));
    let report = report(&attack);
    let seen = format!("{:?} {:?}", report.refused, report.hostile);
    assert!(
        seen.contains(attack.comes_to),
        "{name} came to {}",
        table::what_happens(&attack, &report)
    );
    assert_eq!(
        report.innocent,
        alone().innocent,
        "the innocent one noticed"
    );
    assert!(
        report.busiest < PERIOD_FUEL,
        "{} instructions in one tick",
        report.busiest
    );
}

macro_rules! tests {
    ($($name:ident: $guest:expr => $comes_to:expr;)*) => {
        mod attack {
            $(#[test] fn $name() { super::check(stringify!($name)); })*
        }
    };
}

attacks::attacks!(tests);

#[test]
fn the_innocent_robot_does_something() {
    let lines = &alone().innocent;
    let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
    assert_eq!(count("arm.voltage"), scene::TICKS as usize);
    assert_eq!(count("innocent/pulses completed 3"), 8);
    assert_eq!(count("info innocent/holds the arm is at"), 8);
    assert!(alone().hostile.is_empty(), "{:?}", alone().hostile);
}

#[test]
fn every_attack_does_the_same_every_time() {
    for attack in attacks::all() {
        // One of them depends on when a thread gets its turn, and the bombs never run.
        if attack.name == "path-race" || matches!(attack.guest, Guest::Made(_)) {
            continue;
        }
        let (first, second) = (report(&attack), play(Some(&attack), virtual_time()));
        assert_eq!(first.hostile, second.hostile, "{}", attack.name);
        assert_eq!(first.busiest, second.busiest, "{}", attack.name);
    }
}

#[test]
fn a_description_does_not_depend_on_how_often_it_was_asked_for() {
    let bench = support::Bench::with(virtual_time());
    let bytes = guest::from_file("describe-that-lies");
    let plugin = source("liar", &bytes);
    for _ in 0..3 {
        let loaded = bench.runtime.load(&plugin, &trusting(), &bench.robot);
        assert_eq!(loaded.unwrap().description().version, "0.1.0");
        bench.runtime.maintain();
    }
}

/// In real time a clock preempts, and the length of a tick counts. What else the machine does takes
/// time, too, so that a late tick has to be late three times.
#[test]
#[ignore = "measures time, so it wants a machine that does little else; .ci/run runs it"]
fn no_attack_makes_a_tick_late_in_real_time() {
    let mut late = Vec::new();
    for attack in attacks::all() {
        if matches!(attack.guest, Guest::Made(_)) {
            continue;
        }
        let name = attack.name;
        let longest = || play(Some(&attack), real_time()).longest;
        let mut time = longest();
        for _ in 0..2 {
            if time > PERIOD {
                time = time.min(longest());
            }
        }
        println!("{name:<40} {time:>8.2?} in the longest tick");
        if time > PERIOD {
            late.push((name, time));
        }
    }
    assert!(late.is_empty(), "{late:?}");
}

#[test]
fn no_bomb_takes_long_to_load() {
    for attack in attacks::all() {
        let Guest::Made(make) = attack.guest else {
            continue;
        };
        let bench = support::Bench::with(RuntimeConfig::deterministic());
        let (bytes, start) = (make(), scene::processor_time());
        let loaded = bench.load_with("hostile", &bytes, &trusting());
        let time = scene::processor_time() - start;
        println!(
            "{:<40} {time:>8.2?} until it is {}",
            attack.name,
            match loaded {
                Ok(_) => "loaded",
                Err(_) => "refused",
            }
        );
        assert!(time < Duration::from_secs(30), "{} {time:?}", attack.name);
    }
}
