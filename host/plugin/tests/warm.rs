//! Instances that are kept ready: a part of the pool for all plugins, which gives way to runs.

mod support;

use gantry_plugin::{Limits, Policy, Pool, RuntimeConfig};
use gantry_test_guests::{HELLO, KEEPS_LOCALS};
use support::{Bench, trusting};

fn bench(live_runs: u32) -> Bench {
    let mut config = RuntimeConfig::deterministic();
    config.pool = Pool::for_runs(live_runs);
    Bench::with(config)
}

/// The plugin that is loaded last runs as many commands as it may, while the others only keep
/// instances ready.
fn scene() -> Vec<String> {
    let mut bench = bench(32);
    for number in 0..9 {
        bench.load(&format!("idle{number}"), HELLO);
    }
    let last = bench.load("last", KEEPS_LOCALS);
    bench.runtime.maintain();
    let counting: Vec<_> = (0..24).map(|_| bench.schedule("last/count")).collect();
    for _ in 0..4 {
        bench.tick();
        bench.runtime.maintain();
    }
    assert!(counting.iter().all(gantry_scheduler::Command::is_running));
    assert_eq!(last.statistics().failed, 0);
    bench.events()
}

#[test]
fn idle_plugins_leave_room_for_the_runs_of_others() {
    let events = scene();
    assert!(
        !events.iter().any(|event| event.contains("failed")),
        "{events:?}"
    );
    // Who has found an instance that was ready is nobody's business.
    assert_eq!(events, scene());
}

#[test]
fn a_run_has_the_room_of_what_is_only_ready() {
    let mut bench = bench(32);
    let policy = Policy {
        limits: Limits {
            live_runs: Some(32),
            ..Limits::default()
        },
        ..trusting()
    };
    bench.load("idle", HELLO);
    let busy = bench.load_with("busy", KEEPS_LOCALS, &policy).unwrap();
    bench.runtime.maintain();
    let counting: Vec<_> = (0..32).map(|_| bench.schedule("busy/count")).collect();
    bench.tick();
    assert!(counting.iter().all(gantry_scheduler::Command::is_running));
    let statistics = busy.statistics();
    assert_eq!((statistics.started, statistics.failed), (32, 0));
    // One more plugin can be loaded when those are over.
    for command in &counting {
        bench.scheduler.cancel(command);
    }
    bench.load("late", HELLO);
}

#[test]
fn a_plugin_with_runs_has_one_ready_before_one_without() {
    let mut bench = bench(16);
    for number in 0..9 {
        bench.load(&format!("idle{number}"), HELLO);
    }
    let last = bench.load("last", HELLO);
    // Four are kept ready, and none of them for the last.
    for _ in 0..3 {
        bench.runtime.maintain();
        bench.finish("last/hello");
    }
    let statistics = last.statistics();
    assert_eq!((statistics.started, statistics.cold), (3, 1));
}
