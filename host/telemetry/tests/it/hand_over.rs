//! The ring between the loop and the reader.

use gantry_scheduler::Value;
use gantry_telemetry::{Consumer, RecordKind, channel};

use crate::support::record;

fn names(consumer: &mut Consumer) -> Vec<&'static str> {
    std::iter::from_fn(|| consumer.pop())
        .map(|record| record.kind.name())
        .collect()
}

#[test]
fn records_come_out_in_the_order_in_which_they_went_in() {
    let (mut producer, mut consumer) = channel(16);
    for kind in [
        RecordKind::Scheduled,
        RecordKind::Mounted,
        RecordKind::Canceled,
    ] {
        producer.push(record(0, kind));
    }
    assert_eq!(names(&mut consumer), ["scheduled", "mounted", "canceled"]);
}

#[test]
fn bodies_leave_a_quarter_of_the_ring_to_the_rest() {
    let (mut producer, mut consumer) = channel(16);
    for _ in 0..20 {
        producer.push(record(0, RecordKind::Mounted));
    }
    for _ in 0..4 {
        producer.push(record(0, RecordKind::Canceled));
    }
    let names = names(&mut consumer);
    assert_eq!(names[..12], ["mounted"; 12]);
    assert_eq!(names[12..], ["canceled"; 4]);
}

#[test]
fn what_was_lost_is_counted_and_reported_before_what_comes_next() {
    let (mut producer, mut consumer) = channel(16);
    for _ in 0..14 {
        producer.push(record(0, RecordKind::Yielded));
    }
    for _ in 0..7 {
        producer.push(record(0, RecordKind::Completed(None)));
    }
    assert_eq!(names(&mut consumer).len(), 16, "and the ring is empty now");
    producer.push(record(5, RecordKind::Scheduled));
    let report = consumer.pop().unwrap();
    assert_eq!(
        report.kind,
        RecordKind::Dropped {
            bodies: 2,
            others: 3
        }
    );
    assert_eq!(report.at.number, 5);
    producer.push(record(5, RecordKind::Scheduled));
    assert_eq!(names(&mut consumer), ["scheduled", "scheduled"], "once");
}

#[test]
fn a_flood_does_not_fill_the_ring_with_reports() {
    let (mut producer, mut consumer) = channel(16);
    for _ in 0..100 {
        producer.push(record(0, RecordKind::Mounted));
        producer.push(record(0, RecordKind::Canceled));
    }
    for _ in 0..3 {
        // There is room for an event, but not for the bulk.
        consumer.pop().unwrap();
        producer.push(record(1, RecordKind::Failed(failure())));
    }
    let names = names(&mut consumer);
    assert_eq!(names.len(), 16);
    assert!(!names.contains(&"dropped"), "{names:?}");
    assert_eq!(names[13..], ["failed"; 3]);
}

#[test]
fn what_waits_is_bounded_in_bytes_as_well() {
    let (mut producer, mut consumer) = channel(4096);
    for number in 0..100 {
        producer.push(record(number, topic(64 << 10)));
    }
    producer.push(record(100, RecordKind::Failed(failure())));
    assert_eq!(
        producer.lost(),
        76,
        "a megabyte and a half is three quarters"
    );
    assert_eq!(
        names(&mut consumer).pop(),
        Some("failed"),
        "for which a quarter is left"
    );
    producer.push(record(101, topic(64 << 10)));
    let report = consumer.pop().unwrap();
    let (bodies, others) = (0, 76);
    assert_eq!(report.kind, RecordKind::Dropped { bodies, others });
    assert_eq!(names(&mut consumer), ["topic"]);
    for number in 0..10_000 {
        producer.push(record(number, topic(64 << 10)));
        consumer.pop().unwrap();
    }
    assert_eq!(producer.lost(), 0, "what was taken does not count");
}

#[test]
fn a_flood_of_bytes_does_not_fill_the_ring_with_reports() {
    let (mut producer, mut consumer) = channel(4096);
    for number in 0..1000 {
        producer.push(record(number, topic(64 << 10)));
        if number % 10 == 9 {
            consumer.pop().unwrap();
        }
    }
    let names = names(&mut consumer);
    assert!(!names.contains(&"dropped"), "{} records", names.len());
}

#[test]
fn the_reader_learns_that_nothing_can_come_any_more() {
    let (mut producer, mut consumer) = channel(16);
    producer.push(record(0, RecordKind::Mounted));
    assert!(!consumer.is_finished());
    drop(producer);
    assert!(!consumer.is_finished(), "something is left");
    consumer.pop().unwrap();
    assert!(consumer.is_finished());
}

#[test]
fn a_reader_in_another_thread_gets_everything_or_its_count() {
    const SENT: u64 = 20_000;
    let (mut producer, mut consumer) = channel(64);
    let reader = std::thread::spawn(move || {
        let (mut read, mut lost) = (0, 0);
        while !consumer.is_finished() {
            match consumer.pop().map(|record| record.kind) {
                Some(RecordKind::Dropped { bodies, others }) => lost += bodies + others,
                Some(_) => read += 1,
                None => std::thread::yield_now(),
            }
        }
        (read, lost)
    });
    for number in 0..SENT {
        let kind = match number % 4 {
            0 => RecordKind::Canceled,
            _ => RecordKind::Mounted,
        };
        producer.push(record(number, kind));
    }
    let unreported = producer.lost();
    drop(producer);
    let (read, lost) = reader.join().unwrap();
    assert_eq!(read + lost + unreported, SENT);
}

fn topic(bytes: usize) -> RecordKind {
    RecordKind::Topic {
        name: "a".into(),
        value: Some(Value::Text("x".repeat(bytes).into())),
    }
}

fn failure() -> gantry_scheduler::Failure {
    gantry_scheduler::Failure {
        command: "a".into(),
        message: "b".into(),
    }
}
