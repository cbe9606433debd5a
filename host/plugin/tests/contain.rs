//! What goes wrong in the host while it works for a guest ends that guest's run and nothing else.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use gantry_plugin::{LogLine, LogSink, Verdict};
use gantry_test_guests::{HOGS, KEEPS_LOCALS};
use support::Bench;

/// Panics while it is told to.
#[derive(Default)]
struct Broken(AtomicBool);

impl LogSink for Broken {
    fn line(&self, _: &LogLine<'_>) {
        assert!(!self.0.load(Relaxed), "the disk is full");
    }
}

fn bench() -> (Bench, Arc<Broken>) {
    let mut bench = Bench::new();
    let broken = Arc::new(Broken::default());
    bench.robot.log = broken.clone();
    (bench, broken)
}

#[test]
fn a_panic_in_a_host_function_fails_that_run_alone() {
    let (mut bench, broken) = bench();
    let hogs = bench.load("hogs", HOGS);
    bench.load("counter", KEEPS_LOCALS);
    let counting = bench.schedule("counter/count");
    broken.0.store(true, Relaxed);
    for run in 0..5 {
        assert_eq!(hogs.review(bench.now()), None, "{run}");
        assert_eq!(
            bench.finish("hogs/floods-the-log"),
            "failed the host panicked in a call of this run: the disk is full"
        );
        bench.runtime.maintain();
    }
    assert!(counting.is_running());
    let verdict = hogs.review(bench.now());
    assert!(
        matches!(verdict, Some(Verdict::Quarantined { .. })),
        "{verdict:?}"
    );

    broken.0.store(false, Relaxed);
    hogs.supplier().restore();
    bench.scheduler.cancel(&counting);
    assert_eq!(
        bench.finish("hogs/works-a-while").split(' ').next(),
        Some("completed")
    );
}

#[test]
fn its_outputs_are_safe_in_the_same_tick() {
    let (mut bench, broken) = bench();
    bench.load("hogs", HOGS);
    let arm = bench.robot.mechanisms.find("arm").unwrap();
    let hogs = bench.robot.registry.plugin("hogs").unwrap();
    let builder = gantry_scheduler::Command::builder("drives").requires([arm]);
    let command = hogs
        .command_as(builder, "drives-and-logs", Vec::new())
        .unwrap();
    bench.scheduler.schedule(&command);
    bench.tick();
    assert_eq!(bench.output("arm.voltage"), 6.0);
    broken.0.store(true, Relaxed);
    bench.tick();
    assert_eq!(bench.count("drives failed"), 1);
    assert_eq!(bench.output("arm.voltage"), 0.0);
}
