//! What is recorded, within which bounds, and what becomes of it when the disk is full.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use gantry_scheduler::{RunId, Value};
use gantry_telemetry::{
    EventStream, JsonlOptions, LogLevel, Mode, Record, RecordKind, RecordingBounds,
    RecordingBudgets, RecordingFile, Spool, SpoolWriter, Trouble,
};
use serde_json::Value as Json;

use crate::support::{ms, record, run};

/// A disk with so much room.
#[derive(Clone, Default)]
struct Disk(Rc<RefCell<DiskState>>);

#[derive(Default)]
struct DiskState {
    bytes: Vec<u8>,
    room: usize,
    syncs: usize,
}

impl Disk {
    fn new(room: usize) -> Self {
        let disk = Self::default();
        disk.0.borrow_mut().room = room;
        disk
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().bytes.clone()).unwrap()
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.borrow_mut();
        let fits = bytes.len().min(disk.room);
        if fits == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        disk.room -= fits;
        disk.bytes.extend_from_slice(&bytes[..fits]);
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl RecordingFile for Disk {
    fn sync(&mut self) -> io::Result<()> {
        self.0.borrow_mut().syncs += 1;
        Ok(())
    }
}

fn of(plugin: &str, tick: u64, kind: RecordKind) -> Record {
    Record {
        plugin: Some(plugin.into()),
        ..record(tick, kind)
    }
}

fn topic(plugin: &str, tick: u64, bytes: usize) -> Record {
    let kind = RecordKind::Topic {
        name: "a".into(),
        value: Some(Value::Text("\u{1}".repeat(bytes).into())),
    };
    of(plugin, tick, kind)
}

fn stream(spool: &Spool, limit: u64, budget: u64) -> EventStream {
    let per_second = ["chatty", "quiet"].map(|plugin| (Arc::from(plugin), budget));
    let bounds = RecordingBounds {
        limit,
        budgets: RecordingBudgets {
            per_second: per_second.into_iter().collect(),
        },
    };
    EventStream::new(spool.clone(), run(), JsonlOptions::default(), bounds)
}

/// The lines that come of records.
fn recorded(records: &[Record], limit: u64, budget: u64) -> String {
    let spool = Spool::default();
    let mut stream = stream(&spool, limit, budget);
    for record in records {
        stream.record(record);
    }
    stream.finish();
    let disk = Disk::new(usize::MAX);
    SpoolWriter::new(spool, disk.clone(), false).pump(ms(0));
    disk.text()
}

fn parsed(text: &str) -> Vec<Json> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn count(lines: &[Json], event: &str) -> usize {
    lines.iter().filter(|line| line["event"] == event).count()
}

#[test]
fn a_plugin_records_no_more_than_its_budget_and_what_is_left_out_is_counted() {
    const BUDGET: u64 = 64 << 10;
    let mut records = Vec::new();
    for tick in 0..150 {
        // Six bytes of JSON for each of these, as attack 8 has them.
        records.extend((0..10).map(|_| topic("chatty", tick, 1000)));
        records.push(topic("quiet", tick, 10));
        let run = Some(RunId(tick));
        let completed = RecordKind::Completed(Some(Value::Text("x".repeat(60_000).into())));
        records.push(Record {
            run,
            ..of("chatty", tick, completed)
        });
    }
    let text = recorded(&records, u64::MAX, BUDGET);
    let lines = parsed(&text);
    for second in 0..3 {
        let of_second = text.lines().filter(|line| {
            let line: Json = serde_json::from_str(line).unwrap();
            line["t"].as_f64().is_some_and(|t| t as u64 == second)
        });
        let bytes: usize = of_second.map(str::len).sum();
        // With what the quiet one and the host have.
        assert!(
            bytes < (BUDGET as usize) + (16 << 10),
            "{bytes} bytes in second {second}"
        );
    }
    let quiet = "topic";
    let topics = lines.iter().filter(|line| line["event"] == quiet);
    let short = topics.filter(|line| line["value"].as_str().unwrap().chars().count() == 10);
    assert_eq!(short.count(), 150, "whoever keeps within it is not touched");
    // The lives of runs are whole, without what did not fit.
    assert_eq!(count(&lines, "completed"), 150);
    let without = |line: &&Json| line["left-out"] == 60_000 && line.get("value").is_none();
    assert_eq!(lines.iter().filter(without).count(), 150);
    // Everything is there or counted.
    let dropped: Vec<&Json> = lines
        .iter()
        .filter(|line| line["event"] == "dropped")
        .collect();
    assert!(dropped.iter().all(|line| line["plugin"] == "chatty"));
    let counted: u64 = dropped
        .iter()
        .map(|line| line["others"].as_u64().unwrap())
        .sum();
    let there = count(&lines, "topic") as u64;
    assert_eq!(there + counted, 150 * 11);
    let bytes: u64 = dropped
        .iter()
        .map(|line| line["bytes"].as_u64().unwrap())
        .sum();
    assert_eq!(bytes, counted * 1000 + 150 * 60_000);
    // It is told once a second.
    let told: Vec<&Json> = lines
        .iter()
        .filter(|line| line["event"] == "limit-exceeded")
        .collect();
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|line| line["plugin"] == "chatty"));
    assert_eq!(told[0]["limit"], "recorded-bytes-per-second");
    assert_eq!(
        text,
        recorded(&records, u64::MAX, BUDGET),
        "the same each time"
    );
}

#[test]
fn a_recording_ends_below_its_limit_with_a_line_that_says_so() {
    const LIMIT: u64 = 20_000;
    let log = |tick| {
        of(
            "unbounded",
            tick,
            RecordKind::Log {
                plugin: "unbounded".into(),
                level: LogLevel::Info,
                text: "x".repeat(500).into(),
            },
        )
    };
    let records: Vec<Record> = (0..100).map(log).collect();
    let text = recorded(&records, LIMIT, 1 << 20);
    assert!(
        text.len() as u64 <= LIMIT && text.len() > 18_000,
        "{}",
        text.len()
    );
    let lines = parsed(&text);
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["event"], &last["limit"]),
        (&"recording-full".into(), &LIMIT.into())
    );

    let spool = Spool::default();
    let mut stream = stream(&spool, LIMIT, 1 << 20);
    for record in &records {
        stream.record(record);
    }
    assert!(stream.is_full());
    assert_eq!(stream.missing() as usize, 100 - count(&lines, "log"));
}

#[test]
fn a_full_disk_is_told_once_and_tried_again_and_nothing_is_cut() {
    let spool = Spool::default();
    let mut stream = stream(&spool, u64::MAX, 1 << 20);
    let disk = Disk::new(150);
    let mut writer = SpoolWriter::new(spool, disk.clone(), false);
    assert!(writer.pump(ms(0)).is_none());
    let mut told = 0;
    for tick in 0..200 {
        stream.record(&record(tick, RecordKind::Mode(Mode::Disabled)));
        match writer.pump(ms(20 * tick)) {
            Some(Trouble::Failed(error)) => {
                assert_eq!(error.kind(), io::ErrorKind::StorageFull);
                told += 1;
            }
            Some(Trouble::Recovered) => panic!("it is full"),
            None => {}
        }
    }
    assert_eq!(told, 1);
    assert!(writer.is_failing() && writer.unwritten() > 0);
    assert!(!disk.text().ends_with('\n'), "a line is cut");
    disk.0.borrow_mut().room = usize::MAX;
    assert!(
        writer.pump(ms(4000)).is_none(),
        "not before a second is over"
    );
    assert!(matches!(writer.pump(ms(5001)), Some(Trouble::Recovered)));
    assert_eq!(writer.unwritten(), 0);
    assert_eq!(count(&parsed(&disk.text()), "mode"), 200);
}

#[test]
fn what_waits_for_a_disk_is_bounded_and_what_is_more_is_counted() {
    let spool = Spool::with_room(10_000);
    let mut stream = stream(&spool, u64::MAX, 1 << 20);
    for tick in 0..1000 {
        stream.record(&record(tick, RecordKind::Note("x".repeat(100).into())));
    }
    let disk = Disk::new(usize::MAX);
    let mut writer = SpoolWriter::new(spool, disk.clone(), false);
    writer.pump(ms(0));
    stream.record(&record(1000, RecordKind::Note("after".into())));
    stream.finish();
    writer.finish(ms(0));
    let lines = parsed(&disk.text());
    let there = count(&lines, "note") as u64;
    assert!(there < 100, "{there}");
    let dropped = lines
        .iter()
        .find(|line| line["event"] == "dropped")
        .unwrap();
    assert_eq!(dropped["others"].as_u64().unwrap() + there, 1001);
    assert_eq!(dropped["tick"], 1000, "before what comes next");
    assert_eq!(stream.missing() + there, 1001);
    assert_eq!(lines.last().unwrap()["text"], "after");
}

#[test]
fn a_recording_is_put_on_the_disk_every_two_seconds_and_at_its_end() {
    let spool = Spool::default();
    let mut stream = stream(&spool, u64::MAX, 1 << 20);
    let disk = Disk::new(usize::MAX);
    let mut writer = SpoolWriter::new(spool, disk.clone(), true);
    for tenth in 0..=100 {
        stream.record(&record(tenth, RecordKind::Mode(Mode::Disabled)));
        writer.pump(Duration::from_millis(100 * tenth));
    }
    assert_eq!(disk.0.borrow().syncs, 5);
    stream.record(&record(101, RecordKind::Mode(Mode::Disabled)));
    stream.finish();
    writer.finish(Duration::from_millis(10_050));
    assert_eq!(disk.0.borrow().syncs, 6);
}

#[test]
fn the_header_and_modes_are_due_at_once_and_the_rest_is_not() {
    let spool = Spool::default();
    let mut stream = stream(&spool, u64::MAX, 1 << 20);
    let disk = Disk::new(usize::MAX);
    let mut writer = SpoolWriter::new(spool.clone(), disk, false);
    assert!(spool.is_due(), "the header");
    writer.pump(ms(0));
    stream.record(&record(0, RecordKind::Note("x".into())));
    assert!(!spool.is_due());
    stream.record(&record(0, RecordKind::Mode(Mode::EmergencyStopped)));
    assert!(spool.is_due());
}
