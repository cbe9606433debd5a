//! Ten thousand live runs, and dropping runs wherever they are.

mod support;

use gantry_plugin::{Pool, RuntimeConfig};
use gantry_scheduler::Value;
use gantry_test_guests::{HOGS, KEEPS_LOCALS};
use support::Bench;

#[test]
fn ten_thousand_live_runs_fit_in_memory() {
    const RUNS: usize = 10_000;
    let mut config = RuntimeConfig::deterministic();
    config.pool = Pool {
        warm: 0,
        ..Pool::for_runs(RUNS as u32 + 16)
    };
    let mut bench = Bench::with(config);
    let mut policy = support::trusting();
    policy.limits.live_runs = Some(u32::MAX);
    policy.limits.memory_together = usize::MAX;
    bench.load_with("counter", KEEPS_LOCALS, &policy).unwrap();
    let before = resident();
    let arguments = || vec![("ticks".to_owned(), Value::Integer(3))];
    let commands: Vec<_> = (0..RUNS)
        .map(|_| {
            bench
                .robot
                .registry
                .command("counter/count", arguments())
                .unwrap()
        })
        .collect();
    for command in &commands {
        assert!(bench.scheduler.schedule(command).is_success());
    }
    bench.ticks(3);
    assert_eq!(
        bench.scheduler.run_count(),
        RUNS,
        "{:?}",
        bench.ended("counter/count")
    );
    let each = resident().saturating_sub(before) / RUNS;
    bench.tick();
    let ended = bench.events();
    let ended = ended
        .iter()
        .filter(|event| *event == "counter/count completed 3")
        .count();
    assert_eq!(ended, RUNS);
    bench.runtime.maintain();
    assert!(each < 200 << 10, "{each} bytes per live run");
}

/// Bytes of memory that this process has, where that can be told.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap_or_default();
    let kilobytes = line
        .split_whitespace()
        .nth(1)
        .and_then(|number| number.parse::<usize>().ok());
    kilobytes.unwrap_or(0) << 10
}

/// GHSA-3r89-v5mq-j5xf, CVE-2026-27195: what is in flight is dropped, and the pool goes on.
#[test]
fn calls_in_flight_can_be_dropped() {
    let mut config = RuntimeConfig::deterministic();
    config.pool = Pool {
        warm: 2,
        ..Pool::for_runs(24)
    };
    let mut bench = Bench::with(config);
    bench.load("counter", KEEPS_LOCALS);
    bench.load("hogs", HOGS);
    for round in 0..50 {
        // One is suspended in a host call, one in the middle of a loop; neither is over.
        let commands = [
            bench.schedule("counter/count"),
            bench.schedule("hogs/loops"),
        ];
        bench.ticks(round % 3 + 1);
        assert!(commands.iter().all(gantry_scheduler::Command::is_running));
        bench.scheduler.cancel_all();
        if round % 5 == 0 {
            bench.runtime.maintain();
        }
    }
    bench.runtime.maintain();
    assert!(bench.finish("hogs/works-a-while").starts_with("completed"));
}

#[test]
fn a_scheduler_can_be_dropped_with_everything_in_flight() {
    let mut bench = Bench::new();
    bench.load("counter", KEEPS_LOCALS);
    bench.load("hogs", HOGS);
    for _ in 0..5 {
        bench.schedule("counter/count");
        bench.schedule("hogs/loops");
    }
    bench.ticks(2);
    let Bench {
        scheduler,
        runtime,
        robot,
        ..
    } = bench;
    drop(runtime);
    drop(robot);
    drop(scheduler);
}

/// RUSTSEC-2026-0358: an instance whose start function is pre-empted, goes on, is dropped.
mod a_start_function {
    use super::*;

    /// A plugin whose start function counts to a number.
    fn counting(to: u32) -> Vec<u8> {
        let mut module = wat::parse_str(format!(
            r#"(module
                (memory (export "memory") 1)
                (func $start (local $i i32)
                    (loop $again
                        (local.set $i (i32.add (local.get $i) (i32.const 1)))
                        (br_if $again (i32.lt_u (local.get $i) (i32.const {to})))))
                (start $start)
                (data (i32.const 256) "starts")
                (data (i32.const 272) "0.1.0")
                (data (i32.const 288) "run")
                (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                    (i32.const 4096))
                ;; An ok with a name, a version and one command, all else being empty.
                (func (export "gantry:command/plugin@0.1.0#describe") (result i32)
                    (i32.store (i32.const 4) (i32.const 256))
                    (i32.store (i32.const 8) (i32.const 6))
                    (i32.store (i32.const 12) (i32.const 272))
                    (i32.store (i32.const 16) (i32.const 5))
                    (i32.store (i32.const 28) (i32.const 512))
                    (i32.store (i32.const 32) (i32.const 1))
                    (i32.store (i32.const 512) (i32.const 288))
                    (i32.store (i32.const 516) (i32.const 3))
                    (i32.const 0))
                (func (export "gantry:command/plugin@0.1.0#run")
                    (param i32 i32 i32 i32) (result i32)
                    (i32.const 1024)))"#
        ))
        .unwrap();
        let mut wit = wit_parser::Resolve::default();
        let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/command/0.1");
        let (package, _) = wit.push_path(contract).unwrap();
        let world = wit
            .select_world(&[package], Some("command-plugin"))
            .unwrap();
        let encoding = wit_component::StringEncoding::UTF8;
        wit_component::embed_component_metadata(&mut module, &wit, world, encoding).unwrap();
        let mut encoder = wit_component::ComponentEncoder::default();
        encoder
            .validate(true)
            .module(&module)
            .unwrap()
            .encode()
            .unwrap()
    }

    #[test]
    fn that_takes_many_slices_starts_in_the_end() {
        let mut bench = Bench::new();
        bench.load("starts", &counting(1_000_000));
        // It does not fit in a slice, so no instance is kept warm, and the run takes some ticks.
        bench.runtime.maintain();
        let command = bench.schedule("starts/run");
        bench.tick();
        assert!(command.is_running());
        bench.ticks(20);
        assert_eq!(bench.ended("starts/run").as_deref(), Some("completed"));
    }

    #[test]
    fn that_is_pre_empted_can_be_dropped() {
        let mut bench = Bench::new();
        bench.load("starts", &counting(10_000_000));
        for ticks in [1, 2, 5] {
            let command = bench.schedule("starts/run");
            bench.ticks(ticks);
            bench.scheduler.cancel(&command);
            assert!(!command.is_running());
            bench.runtime.maintain();
        }
    }

    #[test]
    fn that_never_ends_is_refused_at_load() {
        let bench = Bench::new();
        let error = bench.load_with("starts", &counting(u32::MAX), &support::trusting());
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("it did not answer within 4s of computing"),
            "{error}"
        );
    }
}
