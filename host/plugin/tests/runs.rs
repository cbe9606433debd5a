//! Runs of well-behaved and of hostile guests, driven by the scheduler.

mod support;

use std::time::Duration;

use gantry_plugin::{Budget, Pool, RuntimeConfig};
use gantry_scheduler::Value;
use gantry_test_guests::{CLEANS_UP, HOGS, KEEPS_LOCALS};
use support::{Bench, trusting};

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.into()))
}

#[test]
fn locals_are_kept_across_a_thousand_ticks() {
    let mut bench = Bench::new();
    bench.load("counter", KEEPS_LOCALS);
    let count = bench.schedule("counter/count");
    bench.ticks(1000);
    assert!(count.is_running());
    bench.tick();
    assert_eq!(
        bench.ended("counter/count").as_deref(),
        Some("completed 499500")
    );
}

#[test]
fn the_same_in_real_time() {
    let mut bench = Bench::real_time();
    bench.load("counter", KEEPS_LOCALS);
    bench.runtime.maintain();
    assert_eq!(bench.finish_count(50), "completed 1225");
}

impl Bench {
    fn finish_count(&mut self, ticks: i64) -> String {
        let arguments = vec![("ticks".to_owned(), Value::Integer(ticks))];
        let command = self
            .robot
            .registry
            .command("counter/count", arguments)
            .unwrap();
        assert!(self.scheduler.schedule(&command).is_success());
        while command.is_running() {
            self.tick();
        }
        self.ended("counter/count").unwrap()
    }
}

#[test]
fn a_warm_instance_is_used_once() {
    let mut bench = Bench::new();
    let plugin = bench.load("counter", KEEPS_LOCALS);
    assert_eq!(bench.finish_count(1), "completed 0");
    assert_eq!(plugin.statistics().cold, 1);
    bench.runtime.maintain();
    let warm = 4;
    for _ in 0..warm + 1 {
        bench.finish_count(1);
    }
    assert_eq!(
        (plugin.statistics().started, plugin.statistics().cold),
        (warm + 2, 2)
    );
    assert_eq!(plugin.statistics().completed, warm + 2);
}

/// In both modes of pre-emption.
fn a_loop_is_preempted(mut bench: Bench) {
    bench.load("hogs", HOGS);
    bench.load("counter", KEEPS_LOCALS);
    let looping = bench.schedule("hogs/loops");
    let counting = bench.schedule("counter/count");
    bench.ticks(20);
    assert!(looping.is_running() && counting.is_running());
    let preempted = bench
        .events()
        .iter()
        .filter(|event| *event == "hogs/loops preempted")
        .count();
    assert!(preempted >= 19, "{preempted}");
    bench.scheduler.cancel(&looping);
    assert!(!looping.is_running());
    // It has no cleanup that ends.
    assert!(
        bench
            .events()
            .contains(&"hogs/loops cleanup-overrun".to_owned())
    );
    bench.runtime.maintain();
    bench.tick();
    assert!(counting.is_running());
}

#[test]
fn a_loop_is_preempted_by_fuel() {
    a_loop_is_preempted(Bench::new());
}

#[test]
fn a_loop_is_preempted_by_epochs() {
    a_loop_is_preempted(Bench::real_time());
}

#[test]
fn a_ping_pong_of_requests_is_preempted() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    let command = bench.schedule("hogs/ping-pongs");
    bench.ticks(3);
    assert!(command.is_running());
    assert!(
        bench
            .events()
            .contains(&"hogs/ping-pongs preempted".to_owned())
    );
}

#[test]
fn long_work_is_spread_over_ticks_and_ends_the_same() {
    let result = |slice: u64| {
        let mut bench = Bench::new();
        let mut policy = trusting();
        policy.limits.slice = Budget {
            time: Duration::from_millis(1),
            fuel: slice,
        };
        let plugin = bench.load_with("hogs", HOGS, &policy).unwrap();
        (
            bench.finish("hogs/works-a-while"),
            plugin.statistics().preempted,
        )
    };
    let (small, times) = result(1_000_000);
    let (large, fewer) = result(3_000_000);
    assert!(small.starts_with("completed "), "{small}");
    assert_eq!(small, large);
    assert!(times > fewer && fewer >= 1, "{times} {fewer}");
    assert_eq!(result(1_000_000), (small, times));
}

#[test]
fn cleanup_runs_when_a_run_is_canceled() {
    let mut bench = Bench::new();
    bench.load("cleans-up", CLEANS_UP);
    let command = bench.schedule("cleans-up/in-time");
    bench.tick();
    assert_eq!(bench.topic("cleaned-up"), None);
    bench.scheduler.cancel(&command);
    assert_eq!(bench.topic("cleaned-up"), text("in-time"));
    assert_eq!(
        bench.ended("cleans-up/in-time").as_deref(),
        Some("canceled")
    );
    assert!(!bench.events().iter().any(|event| event.contains("overrun")));
}

#[test]
fn a_cleanup_that_never_ends_is_dropped() {
    let mut bench = Bench::new();
    bench.never_cleans_up();
    assert_eq!(bench.topic("cleaning-up"), text("never"));
    // The guard is never dropped: the run was, on the host's side.
    assert_eq!(bench.topic("cleaned-up"), None);
}

/// How far the guest comes within its budget depends on the machine; how it ends does not.
#[test]
fn a_cleanup_that_never_ends_is_dropped_in_real_time() {
    Bench::real_time().never_cleans_up();
}

impl Bench {
    fn never_cleans_up(&mut self) {
        self.load("cleans-up", CLEANS_UP);
        let command = self.schedule("cleans-up/never");
        self.tick();
        self.scheduler.cancel(&command);
        assert_eq!(
            self.events().split_off(1),
            [
                "cleans-up/never cleanup-overrun",
                "cleans-up/never canceled"
            ]
        );
    }
}

#[test]
fn outputs_may_be_written_in_a_cleanup_and_are_safe_after_it() {
    let mut bench = Bench::new();
    bench.load("cleans-up", CLEANS_UP);
    let command = bench.schedule("cleans-up/writes");
    bench.tick();
    assert_eq!(bench.output("arm.voltage"), 6.0);
    bench.scheduler.cancel(&command);
    bench.tick();
    assert_eq!(bench.output("arm.voltage"), 0.0);
    let refused = bench.topic("refused").unwrap().to_string();
    assert!(
        refused.contains("99 V is outside the range of"),
        "{refused}"
    );
}

#[test]
fn every_later_request_answers_canceled_too() {
    let mut bench = Bench::new();
    bench.load("cleans-up", CLEANS_UP);
    let command = bench.schedule("cleans-up/asks-on");
    bench.tick();
    bench.scheduler.cancel(&command);
    assert_eq!(bench.topic("asked-on"), text("100 times canceled"));
}

#[test]
fn a_cleanup_may_cancel_others() {
    let mut bench = Bench::new();
    bench.load("cleans-up", CLEANS_UP);
    let command = bench.schedule("cleans-up/cancels-another");
    bench.tick();
    bench.scheduler.cancel(&command);
    assert_eq!(bench.topic("canceled-another"), text("Ok(()) false"));
    assert_eq!(bench.topic("cleaned-up"), text("in-time"));
}

#[test]
fn a_cleanup_does_not_sleep() {
    let mut bench = Bench::new();
    bench.load("cleans-up", CLEANS_UP);
    let command = bench.schedule("cleans-up/sleeps-on");
    bench.tick();
    bench.scheduler.cancel(&command);
    assert_eq!(bench.topic("slept-on"), text("an hour"));
}

#[test]
fn a_trap_ends_its_run_and_names_functions() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    bench.load("counter", KEEPS_LOCALS);
    let other = bench.schedule("counter/count");
    let ended = bench.finish("hogs/traps");
    assert!(
        ended.starts_with("failed trap: wasm `unreachable` instruction executed"),
        "{ended}"
    );
    assert!(
        ended.contains("\n  at test_guest_hogs::fall_over"),
        "{ended}"
    );
    assert!(other.is_running());
    // The next run has an instance of its own.
    assert!(bench.finish("hogs/works-a-while").starts_with("completed"));
}

#[test]
fn a_panic_is_told_first() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    let ended = bench.finish("hogs/panics");
    let first = ended.lines().next().unwrap();
    assert!(
        first.starts_with("failed panicked at tests/guests/hogs/src/lib.rs:"),
        "{ended}"
    );
    assert!(
        ended.contains("index out of bounds: the len is 0 but the index is 3"),
        "{ended}"
    );
    assert!(ended.contains("\n  at test_guest_hogs::stumble"), "{ended}");
}

#[test]
fn an_error_is_told_as_it_is() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    assert_eq!(bench.finish("hogs/fails"), "failed the arm is stuck");
}

#[test]
fn an_exit_fails_the_run() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    let ended = bench.finish("hogs/exits");
    let expected = "failed called `exit` with code 1; a command ends by returning from `run`";
    assert!(ended.starts_with(expected), "{ended}");
}

#[test]
fn memory_ends_at_its_limit() {
    let mut bench = Bench::new();
    let mut policy = trusting();
    policy.limits.memory = 8 << 20;
    bench.load_with("hogs", HOGS, &policy).unwrap();
    let ended = bench.finish("hogs/grows");
    assert!(ended.starts_with("failed trap: "), "{ended}");
    assert!(
        ended.contains("was refused more: its limit is 8.0 MiB"),
        "{ended}"
    );
}

#[test]
fn the_stack_ends_too() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    let ended = bench.finish("hogs/recurses");
    assert!(ended.starts_with("failed trap: "), "{ended}");
    assert!(ended.contains("\n  at test_guest_hogs::recurse"), "{ended}");
    assert!(ended.ends_with("\n  at …"), "{ended}");
}

#[test]
fn handles_end_at_their_limit() {
    let mut bench = Bench::new();
    let mut policy = trusting();
    policy.limits.handles = 100;
    bench.load_with("hogs", HOGS, &policy).unwrap();
    let ended = bench.finish("hogs/hoards-handles");
    assert_eq!(
        ended,
        "failed the run holds 100 handles, which is the most; drop those it does not need (`limits.handles`)"
    );
}

#[test]
fn a_huge_argument_ends_the_run() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    let ended = bench.finish("hogs/shouts");
    assert!(ended.starts_with("failed "), "{ended}");
    assert!(bench.log.lines().is_empty());
}

#[test]
fn a_flood_of_log_lines_is_cut() {
    let mut bench = Bench::new();
    bench.load("hogs", HOGS);
    bench.finish("hogs/floods-the-log");
    let lines = bench.log.lines();
    let ticks = bench
        .events()
        .iter()
        .filter(|event| event.ends_with(" preempted"))
        .count()
        + 1;
    assert!(
        lines.len() <= 201 * ticks,
        "{} lines in {ticks} ticks",
        lines.len()
    );
    assert!(
        lines
            .iter()
            .any(|line| line.ends_with("more lines were dropped: too many in one tick"))
    );
}

#[test]
fn a_full_pool_fails_the_run_and_recovers() {
    let mut config = RuntimeConfig::deterministic();
    config.pool = Pool {
        warm: 0,
        ..Pool::for_runs(3)
    };
    let mut bench = Bench::with(config);
    let mut policy = trusting();
    policy.limits.live_runs = Some(10);
    bench.load_with("counter", KEEPS_LOCALS, &policy).unwrap();
    let commands: Vec<_> = (0..4).map(|_| bench.schedule("counter/count")).collect();
    bench.tick();
    assert_eq!(
        commands
            .iter()
            .filter(|command| command.is_running())
            .count(),
        3
    );
    let ended = bench.ended("counter/count").unwrap();
    assert!(
        ended.starts_with("failed could not start: no room for another run"),
        "{ended}"
    );
    // Even without maintenance: what is over makes room.
    let running = commands
        .iter()
        .find(|command| command.is_running())
        .unwrap();
    bench.scheduler.cancel(running);
    let next = bench.schedule("counter/count");
    bench.tick();
    assert!(next.is_running(), "{:?}", bench.ended("counter/count"));
}

#[test]
fn two_executions_are_the_same() {
    let execute = || {
        let mut bench = Bench::new();
        bench.load("hogs", HOGS);
        bench.load("counter", KEEPS_LOCALS);
        for name in [
            "hogs/loops",
            "hogs/works-a-while",
            "hogs/ping-pongs",
            "counter/count",
        ] {
            bench.schedule(name);
        }
        for _ in 0..40 {
            bench.tick();
            bench.runtime.maintain();
        }
        bench.events()
    };
    assert_eq!(execute(), execute());
}
