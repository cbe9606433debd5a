//! What the loop pays for a record, which is handed over and read in the same thread.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use gantry_scheduler::{Command, Event, EventKind, RunId, Tick};
use gantry_telemetry::{Consumer, Recorder, Statistics, channel};

const BATCH: usize = 1000;

fn events(criterion: &mut Criterion) {
    let command = Command::builder("superstructure/score").build_async(|_| async { Ok(None) });
    let event = |kind| Event {
        tick: Tick {
            number: 3,
            time: Duration::from_millis(60),
        },
        run: RunId(7),
        parent: Some(RunId(3)),
        command: &command,
        payer: None,
        kind,
    };
    let mut group = criterion.benchmark_group("record");
    group.throughput(criterion::Throughput::Elements(BATCH as u64));
    let fresh = || {
        let (producer, consumer) = channel(4 * BATCH);
        (Recorder::new(producer), consumer)
    };
    for (name, kind) in [
        ("mounted", EventKind::Mounted),
        ("yielded", EventKind::Yielded),
        ("interrupted", EventKind::Interrupted("superstructure/stow")),
    ] {
        let event = event(kind);
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(
                fresh,
                |(recorder, _)| {
                    for _ in 0..BATCH {
                        recorder.event(black_box(&event));
                    }
                },
                BatchSize::LargeInput,
            );
        });
    }
    let (mounted, yielded) = (event(EventKind::Mounted), event(EventKind::Yielded));
    group.bench_function("mounted and yielded, timed, and read", |bencher| {
        let (mut recorder, mut consumer) = fresh();
        let mut statistics = Statistics::new();
        bencher.iter(|| {
            for clock in 0..BATCH as u64 / 2 {
                recorder.event_at(black_box(&mounted), Duration::from_micros(2 * clock));
                recorder.event_at(black_box(&yielded), Duration::from_micros(2 * clock + 1));
            }
            read(&mut consumer, &mut statistics);
        });
    });
    group.finish();
}

fn read(consumer: &mut Consumer, statistics: &mut Statistics) {
    while let Some(record) = consumer.pop() {
        statistics.record(&record);
    }
}

criterion_group!(benches, events);
criterion_main!(benches);
