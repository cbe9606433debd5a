//! Runs that never yield, many at once, beside others that do.

mod support;

use gantry_scheduler::Value;
use gantry_test_guests::{HOGS, KEEPS_LOCALS};
use support::Bench;

/// Twenty of them, between a run that is older and one that is newer. Returns how many ticks it
/// took until the twenty were canceled.
fn twenty(bench: &mut Bench, hog: &str) -> usize {
    bench.load("hogs", HOGS);
    bench.load("counter", KEEPS_LOCALS);
    let count = |bench: &mut Bench| {
        let arguments = vec![("ticks".to_owned(), Value::Integer(100))];
        let registry = &bench.robot.registry;
        let command = registry.command("counter/count", arguments).unwrap();
        assert!(bench.scheduler.schedule(&command).is_success());
        command
    };
    let older = count(bench);
    let hogs: Vec<_> = (0..20).map(|_| bench.schedule(hog)).collect();
    let newer = count(bench);
    let mut ticks = 0;
    while hogs.iter().any(gantry_scheduler::Command::is_running) {
        bench.tick();
        ticks += 1;
    }
    while older.is_running() || newer.is_running() {
        bench.tick();
    }
    let times = |event: &str| bench.events().iter().filter(|e| *e == event).count();
    assert_eq!(times(&format!("{hog} canceled")), 20);
    assert_eq!(times("counter/count completed 4950"), 2);
    ticks
}

#[test]
fn others_go_on_beside_twenty_that_loop_or_ask_for_ever() {
    // A tick in which it is not their turn counts, for those that loop and for those that ask: what
    // they make the host do is charged.
    for (hog, expected) in [("hogs/loops", 26), ("hogs/ping-pongs", 26)] {
        let mut bench = Bench::new();
        let ticks = twenty(&mut bench, hog);
        assert_eq!(ticks, expected, "{hog}");
        let innocent = "counter/count preempted".to_owned();
        assert!(!bench.events().contains(&innocent), "{hog}");
    }
}

/// Nothing is left of the first tick for a run that comes last, so that it is stopped in the middle
/// of what it does before it yields for the first time. It has its turn soon, whatever the others do.
#[test]
fn one_that_was_stopped_once_has_its_turn_beside_twenty() {
    for hog in ["hogs/loops", "hogs/ping-pongs"] {
        let mut bench = Bench::new();
        bench.load("hogs", HOGS);
        bench.load("worker", HOGS);
        for _ in 0..20 {
            bench.schedule(hog);
        }
        let worker = bench.schedule("worker/works-a-little");
        let mut ticks = 0;
        while worker.is_running() {
            bench.tick();
            ticks += 1;
        }
        let end = bench.ended("worker/works-a-little").unwrap();
        assert!(end.starts_with("completed"), "{hog}: {end}");
        assert!(bench.count("worker/works-a-little preempted") > 0, "{hog}");
        assert!(ticks <= 9, "{ticks} beside {hog}");
    }
}

#[test]
fn the_same_in_real_time() {
    for hog in ["hogs/loops", "hogs/ping-pongs"] {
        twenty(&mut Bench::real_time(), hog);
    }
}
