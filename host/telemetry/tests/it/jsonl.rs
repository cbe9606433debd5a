//! The event stream.

use std::io::{self, Write};
use std::time::Duration;

use gantry_scheduler::Value;
use gantry_telemetry::{
    JsonlError, JsonlOptions, JsonlWriter, LogLevel, Mode, RecordKind, Slowest, TickTiming,
};

use crate::golden;
use crate::support::{Script, ms, record, run, us};

const EVERYTHING: JsonlOptions = JsonlOptions {
    bodies: true,
    timings: true,
};

fn every_kind() -> Script {
    let mut script = Script::default();
    script.mode(Mode::Disabled);
    script.at(20).mode(Mode::Autonomous("two-ball".into()));
    let auto = script.start(None, "autos/two-ball");
    script.after(us(12));
    let drive = script.start(Some(auto), "drivetrain/drive-distance");
    script.event(drive, RecordKind::Preempted(1)).after(ms(2));
    script.at(40).complete_with(drive, Value::Number(2.5));
    for value in [
        Value::Boolean(true),
        Value::Integer(-3),
        Value::Number(f64::NAN),
        Value::Text("\"quoted\"\n\u{1b}".into()),
        Value::Numbers([1.0, 0.1 + 0.2, f64::NEG_INFINITY].into()),
    ] {
        let name = "drive/state".into();
        script.host(RecordKind::Topic { name, value });
    }
    let shoot = script.start(Some(auto), "superstructure/shoot");
    script.fail(shoot, "jammed");
    script.event(
        auto,
        RecordKind::Log {
            plugin: "autos".into(),
            level: LogLevel::Warn,
            text: "no ball".into(),
        },
    );
    script.event(auto, RecordKind::CleanupOverrun);
    script.interrupt(auto, "autos/other");
    script.host(RecordKind::DriverFault {
        driver: "can-bus".into(),
        message: "silence".into(),
    });
    script.host(RecordKind::DriverRecovered {
        driver: "can-bus".into(),
    });
    let slowest = Slowest {
        command: "autos/two-ball".into(),
        took: ms(21),
    };
    script.host(RecordKind::Late {
        by: ms(3),
        slowest: Some(slowest),
    });
    script.host(RecordKind::TickEnded(Some(TickTiming {
        period: Some(us(20_001)),
        work: ms(23),
        late: Some(ms(3)),
    })));
    script.host(RecordKind::Reloaded {
        plugin: "arm-kit".into(),
        from: "0.1.0".into(),
        to: "0.2.0".into(),
        digest: "0123abcd".into(),
    });
    script.host(RecordKind::ReloadRefused {
        plugin: "arm-kit".into(),
        message: "parsing: the file is empty".into(),
    });
    script.host(RecordKind::Quarantined {
        plugin: "arm-kit".into(),
        times: 2,
        time: Some(Duration::from_secs(4)),
        message: "it failed too often".into(),
    });
    script.host(RecordKind::Released {
        plugin: "arm-kit".into(),
    });
    script.host(RecordKind::Quarantined {
        plugin: "arm-kit".into(),
        times: 3,
        time: None,
        message: "it failed again".into(),
    });
    script.host(RecordKind::Note("the end is near".into()));
    script.host(RecordKind::Dropped {
        bodies: 4,
        others: 1,
    });
    script.mode(Mode::EmergencyStopped);
    script
}

#[test]
fn every_kind_of_event_has_its_line() {
    golden::check("events.jsonl", &every_kind().jsonl(JsonlOptions::default()));
    golden::check(
        "events-with-everything.jsonl",
        &every_kind().jsonl(EVERYTHING),
    );
}

#[test]
fn every_line_is_an_object_that_says_what_and_when() {
    for (index, line) in every_kind().jsonl(EVERYTHING).lines().enumerate() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(object["event"].is_string(), "{line}");
        if index > 0 {
            assert!(object["tick"].is_u64() && object["t"].is_f64(), "{line}");
        }
    }
}

#[test]
fn every_event_and_key_is_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/events.md");
    let documentation = std::fs::read_to_string(path).unwrap();
    for line in every_kind().jsonl(EVERYTHING).lines() {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).unwrap();
        let event = object["event"].as_str().unwrap();
        for name in object.keys().map(String::as_str).chain([event]) {
            assert!(
                documentation.contains(&format!("`{name}`")),
                "`{name}` of {line}"
            );
        }
    }
}

#[test]
fn real_time_stays_out_unless_it_is_asked_for() {
    let timed = every_kind();
    let mut again = every_kind();
    for record in &mut again.records {
        record.body = record.body.map(|body| body * 3);
        match &mut record.kind {
            RecordKind::Late { by, slowest } => (*by, *slowest) = (ms(1), None),
            RecordKind::TickEnded(timing) => *timing = None,
            _ => {}
        }
    }
    let options = JsonlOptions {
        bodies: true,
        timings: false,
    };
    assert_eq!(timed.jsonl(options), again.jsonl(options));
    assert_ne!(timed.jsonl(EVERYTHING), again.jsonl(EVERYTHING));
}

#[test]
fn a_file_is_written_and_holds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let script = every_kind();
    let mut writer = JsonlWriter::create(&path, run(), EVERYTHING).unwrap();
    for record in &script.records {
        writer.record(record).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        script.jsonl(EVERYTHING)
    );
}

#[test]
fn a_file_that_cannot_be_made_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/events.jsonl");
    let error = JsonlWriter::create(&path, run(), EVERYTHING).unwrap_err();
    assert!(matches!(error, JsonlError::Create { .. }));
    assert_eq!(
        error.to_string().replace(path.to_str().unwrap(), "PATH"),
        "cannot create the event file `PATH`: No such file or directory (os error 2); name a \
         file in a folder that exists and may be written to"
    );
}

#[test]
fn a_full_disk_is_named_with_what_to_do() {
    let full = Full { room: 300 };
    let mut writer = JsonlWriter::new(full, "/match/7".as_ref(), run(), EVERYTHING).unwrap();
    let error = (0..20)
        .find_map(|tick| writer.record(&record(tick, RecordKind::Mounted)).err())
        .unwrap();
    assert_eq!(
        error.to_string(),
        "cannot write to the event file `/match/7`: no storage space; the events up to here are \
         kept, free some space or name another file"
    );
}

/// A disk that fills up.
struct Full {
    room: usize,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.room -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
