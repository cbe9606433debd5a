//! What the crossings cost: loading, starting a run, going round a yield.
//!
//! `yield round trip` is to be compared with the limit in `performance.md`: 0.17 µs in one run,
//! 0.22 µs each over 1,000.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use gantry_hardware::ImageBuilder;
use gantry_plugin::{
    CacheConfig, LogLine, LogSink, Policy, Pool, Preemption, Robot, Runtime, RuntimeConfig, Source,
};
use gantry_scheduler::{Command, Mechanisms, Scheduler, Tick, Value};
use gantry_test_guests::KEEPS_LOCALS;

struct Silence;

impl LogSink for Silence {
    fn line(&self, _: &LogLine<'_>) {}
}

struct Bench {
    runtime: Runtime,
    robot: Robot,
    scheduler: Scheduler,
    tick: Tick,
}

impl Bench {
    fn new(config: RuntimeConfig) -> Self {
        let mechanisms = Arc::new(Mechanisms::default());
        let image = Arc::new(ImageBuilder::new().build());
        let period = Duration::from_millis(20);
        let robot = Robot::new(mechanisms.clone(), image, Arc::new(Silence), period, 0);
        let runtime = Runtime::new(config).expect("a runtime");
        let plugin = runtime
            .load(&source(), &Policy::default(), &robot)
            .expect("a plugin");
        robot.registry.insert(plugin);
        let scheduler = Scheduler::new(mechanisms, Box::new(()));
        Self {
            runtime,
            robot,
            scheduler,
            tick: Tick::default(),
        }
    }

    fn count(&self, ticks: i64) -> Command {
        let arguments = vec![("ticks".to_owned(), Value::Integer(ticks))];
        self.robot
            .registry
            .command("counter/count", arguments)
            .expect("a command")
    }

    fn tick(&mut self) {
        self.tick.number += 1;
        self.tick.time += self.robot.clock.period();
        self.robot.clock.set(self.tick);
        self.scheduler.tick(self.tick.time);
    }
}

fn source() -> Source {
    Source {
        name: "counter".to_owned(),
        origin: "the bench".to_owned(),
        bytes: KEEPS_LOCALS.to_vec(),
        signature: None,
    }
}

fn configs(live_runs: u32) -> [(&'static str, RuntimeConfig); 2] {
    let pool = Pool::for_runs(live_runs);
    [
        (
            "epoch",
            RuntimeConfig {
                pool,
                ..RuntimeConfig::default()
            },
        ),
        (
            "fuel",
            RuntimeConfig {
                pool,
                ..RuntimeConfig::deterministic()
            },
        ),
    ]
}

fn yields(criterion: &mut Criterion) {
    for runs in [1_u32, 100, 1_000] {
        let mut group = criterion.benchmark_group(format!("yield round trip, {runs} live runs"));
        group.throughput(criterion::Throughput::Elements(u64::from(runs)));
        for (mode, config) in configs(runs + 16) {
            let mut bench = Bench::new(config);
            for _ in 0..runs {
                let command = bench
                    .robot
                    .registry
                    .command("counter/yields-on", Vec::new());
                let command = command.expect("a command");
                black_box(bench.scheduler.schedule(&command));
            }
            bench.tick();
            group.bench_function(mode, |bencher| bencher.iter(|| bench.tick()));
        }
        group.finish();
    }
}

fn spawns(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one-shot: start, run, complete");
    for (mode, config) in configs(64) {
        let mut bench = Bench::new(config);
        group.bench_function(format!("{mode}, warm"), |bencher| {
            bencher.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    bench.runtime.maintain();
                    let command = bench.count(0);
                    black_box(bench.scheduler.schedule(&command));
                    let start = std::time::Instant::now();
                    bench.tick();
                    spent += start.elapsed();
                }
                spent
            });
        });
        group.bench_function(format!("{mode}, maintenance included"), |bencher| {
            bencher.iter(|| {
                let command = bench.count(0);
                black_box(bench.scheduler.schedule(&command));
                bench.tick();
                bench.runtime.maintain();
            });
        });
    }
    group.finish();
}

fn loads(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let config = RuntimeConfig {
        preemption: Preemption::real_time(),
        cache: Some(CacheConfig {
            folder: folder.path().join("code"),
            key: folder.path().join("key"),
            only: false,
        }),
        ..RuntimeConfig::default()
    };
    let bench = Bench::new(config);
    criterion.bench_function("load from the cache", |bencher| {
        bencher.iter_batched(
            source,
            |source| {
                bench
                    .runtime
                    .load(&source, &Policy::default(), &bench.robot)
            },
            BatchSize::PerIteration,
        );
    });
}

criterion_group!(benches, yields, spawns, loads);
criterion_main!(benches);
