//! The rows of the reference's table: what a tick, a start, a wait and an end cost.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gantry_scheduler::{Command, Limits, Mechanisms, Scheduler};

/// A scheduler with its clock.
struct Robot {
    scheduler: Scheduler,
    now: Duration,
}

impl Robot {
    fn new() -> Self {
        let mechanisms = Arc::new(Mechanisms::new(["arm"]).expect("a name"));
        let limits = Limits {
            requests: u32::MAX,
            requests_together: u32::MAX,
            ..Limits::default()
        };
        let scheduler = Scheduler::with_limits(mechanisms, Box::new(()), limits);
        Self {
            scheduler,
            now: Duration::ZERO,
        }
    }

    /// With these commands, after their first tick.
    fn running(commands: &[Command]) -> Self {
        let mut robot = Self::new();
        for command in commands {
            assert!(robot.scheduler.schedule(command).is_success());
        }
        robot.tick();
        robot
    }

    fn tick(&mut self) {
        self.now += Duration::from_millis(20);
        self.scheduler.tick(self.now);
    }
}

fn yields() -> Command {
    Command::builder("yields").build_async(|co| async move {
        loop {
            co.yield_now().await?;
        }
    })
}

fn yields_times(times: usize) -> Command {
    Command::builder("yields").build_async(move |co| async move {
        for _ in 0..times {
            co.yield_now().await?;
        }
        Ok(None)
    })
}

fn one_shot() -> Command {
    Command::builder("one-shot").build_async(|_| async { Ok(None) })
}

fn parks() -> Command {
    Command::builder("parks").build_async(|co| async move { co.park().await.map(|_| None) })
}

/// Forks the children and parks.
fn parent_of(children: Vec<Command>) -> Command {
    Command::builder("parent").build_async(move |co| {
        let children = children.clone();
        async move {
            co.fork(&children).await?;
            co.park().await.map(|_| None)
        }
    })
}

fn awaiting(children: Vec<Command>) -> Command {
    Command::builder("awaits").build_async(move |co| {
        let children = children.clone();
        async move { co.await_all(&children).await.map(|_| None) }
    })
}

fn chain(depth: usize) -> Command {
    (1..depth).fold(yields(), |inner, _| awaiting(vec![inner]))
}

fn many(count: usize, make: impl Fn() -> Command) -> Vec<Command> {
    (0..count).map(|_| make()).collect()
}

fn ticks(c: &mut Criterion) {
    let mut group = c.benchmark_group("tick per yielding command");
    for count in [10, 100, 1_000, 10_000] {
        let mut robot = Robot::running(&many(count, yields));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter(|| robot.tick())
        });
    }
    group.finish();

    let mut robot = Robot::new();
    c.bench_function("idle tick", |b| b.iter(|| robot.tick()));
    let command = one_shot();
    for _ in 0..100_000 {
        robot.scheduler.schedule(&command);
        robot.tick();
    }
    c.bench_function("idle tick after 100,000 schedules", |b| {
        b.iter(|| robot.tick())
    });
    let mut robot = Robot::running(&many(10_000, parks));
    c.bench_function("tick of 10,000 parked commands", |b| {
        b.iter(|| robot.tick())
    });
}

fn starts(c: &mut Criterion) {
    let mut robot = Robot::new();
    let command = one_shot();
    c.bench_function("one-shot at top level", |b| {
        b.iter(|| {
            black_box(robot.scheduler.schedule(&command));
            robot.tick();
        });
    });

    const FORKS: u64 = 1_000;
    let mut group = c.benchmark_group("fork of a one-shot child");
    group.throughput(Throughput::Elements(FORKS));
    let child = one_shot();
    let parent = Command::builder("parent").build_async(move |co| {
        let child = [child.clone()];
        async move {
            for _ in 0..FORKS {
                co.fork(&child).await?;
            }
            Ok(None)
        }
    });
    group.bench_function("1000 in turn", |b| {
        b.iter(|| {
            robot.scheduler.schedule(&parent);
            robot.tick();
        });
    });
    group.finish();

    let mut group = c.benchmark_group("fork");
    for count in [100, 1_000, 5_000] {
        let parent = parent_of(many(count, parks));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            let fresh = || {
                let robot = Robot::new();
                (robot, parent.clone())
            };
            b.iter_batched_ref(
                fresh,
                |(robot, parent)| {
                    robot.scheduler.schedule(parent);
                    robot.tick();
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn awaits(c: &mut Criterion) {
    let mut robot = Robot::new();
    let parent = awaiting(many(100, || yields_times(3)));
    c.bench_function("await-all of 100 that yield 3 times, all 4 ticks", |b| {
        b.iter(|| {
            robot.scheduler.schedule(&parent);
            for _ in 0..4 {
                robot.tick();
            }
            assert!(!parent.is_running());
        });
    });

    let deep = chain(50);
    c.bench_function("await chain 50 deep: start", |b| {
        b.iter_batched_ref(
            Robot::new,
            |robot| {
                robot.scheduler.schedule(&deep);
                robot.tick();
            },
            BatchSize::PerIteration,
        );
    });
    let mut robot = Robot::running(&[deep]);
    c.bench_function("await chain 50 deep: steady tick", |b| {
        b.iter(|| robot.tick())
    });
}

fn ends(c: &mut Criterion) {
    let mut group = c.benchmark_group("cancel a parent of");
    for count in [100, 1_000, 5_000] {
        let parent = parent_of(many(count, parks));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter_batched_ref(
                || Robot::running(std::slice::from_ref(&parent)),
                |robot| robot.scheduler.cancel(&parent),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = ticks, starts, awaits, ends
}
criterion_main!(benches);
