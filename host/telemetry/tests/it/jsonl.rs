//! The event stream.

use std::time::Duration;

use gantry_scheduler::Value;
use gantry_telemetry::{JsonlOptions, LogLevel, Mode, RecordKind, Slowest, TickTiming};

use crate::golden;
use crate::support::{Script, ms, us};

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
        let value = Some(value);
        script.host(RecordKind::Topic { name, value });
    }
    script.host(RecordKind::Topic {
        name: "drive/state".into(),
        value: None,
    });
    script.host(RecordKind::Output {
        channel: "arm.voltage".into(),
        value: Value::Number(-0.5),
    });
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
    script.host(RecordKind::LeftOut {
        plugin: "arm-kit".into(),
        events: 3,
        bytes: 4096,
    });
    script.host(RecordKind::RecordingFull { limit: 2 << 30 });
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
