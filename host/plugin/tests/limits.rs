//! What all runs of one plugin together may take, and what happens when they want more.

mod support;

use gantry_plugin::{Limits, Policy};
use gantry_test_guests::{FORKS, HOGS, KEEPS_LOCALS};
use support::{Bench, trusting};

fn limited(change: impl FnOnce(&mut Limits)) -> Policy {
    let mut policy = trusting();
    change(&mut policy.limits);
    policy
}

#[test]
fn more_live_runs_than_the_limit_fail_at_once_and_say_why() {
    let mut bench = Bench::new();
    let policy = limited(|limits| limits.live_runs = Some(3));
    bench.load_with("counter", KEEPS_LOCALS, &policy).unwrap();
    let runs: Vec<_> = (0..5).map(|_| bench.schedule("counter/count")).collect();
    bench.tick();
    let running: Vec<_> = runs.iter().filter(|run| run.is_running()).collect();
    assert_eq!(running.len(), 3);
    assert_eq!(
        bench.ended("counter/count").unwrap(),
        "failed the plugin has 3 live runs, which is the most (`limits.live-runs`)"
    );
    bench.scheduler.cancel(running[0]);
    let another = bench.schedule("counter/count");
    bench.tick();
    assert!(another.is_running(), "one that is over makes room");
}

#[test]
fn one_plugin_leaves_room_for_the_others_by_default() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    bench.load("counter", KEEPS_LOCALS);
    // The pool has room for 64.
    let runs: Vec<_> = (0..70).map(|_| bench.schedule("hogs/loops")).collect();
    bench.tick();
    assert_eq!(runs.iter().filter(|run| run.is_running()).count(), 48);
    let counting = bench.schedule("counter/count");
    bench.ticks(3);
    assert!(counting.is_running());
}

#[test]
fn log_lines_of_a_second_are_cut_and_told_in_one_line() {
    let mut bench = Bench::new();
    let policy = limited(|limits| limits.log_lines_per_second = 50);
    let hogs = bench.load_with("hogs", HOGS, &policy).unwrap();
    for tick in 0..100 {
        assert_eq!(hogs.review(bench.now()), None);
        if tick == 0 || tick == 60 {
            bench.schedule("hogs/floods-the-log");
        }
        bench.tick();
    }
    let lines = bench.log.lines();
    let (told, others): (Vec<_>, Vec<_>) = lines
        .iter()
        .partition(|line| line.contains("over 50 in one second"));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("warn hogs "), "{told:?}");
    assert_eq!(others.len(), 2 * 50);
}

#[test]
fn a_run_that_hands_over_too_many_bytes_in_one_tick_fails() {
    let mut bench = Bench::new();
    let policy = limited(|limits| limits.bytes_per_tick = 1000);
    bench.load_with("hogs", HOGS, &policy).unwrap();
    let ended = bench.finish("hogs/floods-the-log");
    assert!(
        ended.starts_with(
            "failed the plugin has handed the host 994 bytes in this tick and may hand it 1000 \
             bytes (`limits.bytes-per-tick`)"
        ),
        "{ended}"
    );
    let done = bench.finish("hogs/works-a-while");
    assert!(done.starts_with("completed"), "{done}");
}

#[test]
fn forks_beyond_the_limit_of_a_tick_are_refused_and_said_so() {
    for most in [1, 1000] {
        let mut bench = Bench::new();
        let policy = limited(|limits| limits.forks_per_tick = most);
        bench.load_with("forks", FORKS, &policy).unwrap();
        let ended = bench.finish("forks/parent");
        let refused = ended.contains("may start 1 (`limits.forks-per-tick`)");
        assert_eq!(refused, most == 1, "{ended}");
    }
}
