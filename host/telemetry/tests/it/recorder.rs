//! What the loop records.

use std::time::Duration;

use gantry_scheduler::{Command, Event, EventKind, Failure, RunId, Tick, Value};
use gantry_telemetry::{
    Consumer, LogLevel, Record, RecordKind, Recorder, Slowest, TickTiming, channel,
};

use crate::support::{ms, us};

const TICK: Tick = Tick {
    number: 3,
    time: Duration::from_millis(60),
};

fn recorder() -> (Recorder, Consumer) {
    let (producer, consumer) = channel(64);
    let mut recorder = Recorder::new(producer);
    recorder.begin_tick(TICK);
    (recorder, consumer)
}

fn command(name: &str) -> Command {
    Command::builder(name).build_async(|_| async { Ok(None) })
}

fn event<'a>(run: u64, command: &'a Command, kind: EventKind<'a>) -> Event<'a> {
    Event {
        tick: TICK,
        run: RunId(run),
        parent: (run > 1).then(|| RunId(run - 1)),
        command,
        payer: None,
        kind,
    }
}

fn all(mut consumer: Consumer) -> Vec<Record> {
    std::iter::from_fn(|| consumer.pop()).collect()
}

#[test]
fn an_event_is_recorded_with_its_run_and_what_came_with_it() {
    let (mut recorder, consumer) = recorder();
    let score = command("score");
    let value = Value::Number(2.5);
    recorder.event(&event(2, &score, EventKind::Completed(Some(&value))));
    recorder.event(&event(2, &score, EventKind::Interrupted("stow")));
    let records = all(consumer);
    assert_eq!(
        records[0],
        Record {
            at: TICK,
            run: Some(RunId(2)),
            parent: Some(RunId(1)),
            command: Some("score".into()),
            plugin: None,
            body: None,
            kind: RecordKind::Completed(Some(value)),
        }
    );
    assert_eq!(records[1].kind, RecordKind::Interrupted("stow".into()));
}

#[test]
fn a_body_is_not_charged_for_the_child_that_it_starts() {
    let (mut recorder, consumer) = recorder();
    let (parent, child) = (command("parent"), command("child"));
    recorder.event_at(&event(1, &parent, EventKind::Mounted), us(100));
    recorder.event_at(&event(2, &child, EventKind::Scheduled), us(110));
    recorder.event_at(&event(2, &child, EventKind::Mounted), us(120));
    recorder.event_at(&event(2, &child, EventKind::Completed(None)), us(170));
    recorder.event_at(&event(1, &parent, EventKind::Yielded), us(200));
    let bodies: Vec<_> = all(consumer).iter().map(|record| record.body).collect();
    assert_eq!(bodies, [None, None, None, Some(us(50)), Some(us(50))]);
}

#[test]
fn a_run_that_ends_without_being_resumed_used_no_time() {
    let (mut recorder, consumer) = recorder();
    let waiting = command("waiting");
    recorder.event_at(&event(1, &waiting, EventKind::Canceled), us(100));
    assert_eq!(all(consumer)[0].body, None);
}

#[test]
fn a_late_tick_names_the_body_that_took_longest_in_it() {
    let (mut recorder, consumer) = recorder();
    let (quick, slow) = (command("quick"), command("slow"));
    let timing = TickTiming {
        period: Some(ms(20)),
        work: ms(23),
        late: Some(ms(3)),
    };
    recorder.event_at(&event(1, &slow, EventKind::Mounted), ms(0));
    recorder.event_at(&event(1, &slow, EventKind::Preempted(1)), ms(22));
    recorder.event_at(&event(2, &quick, EventKind::Mounted), ms(22));
    recorder.event_at(&event(2, &quick, EventKind::Yielded), ms(23));
    recorder.end_tick(Some(timing));
    recorder.begin_tick(Tick { number: 4, ..TICK });
    recorder.end_tick(Some(timing));
    let records = all(consumer);
    let slowest = Slowest {
        command: "slow".into(),
        took: ms(22),
    };
    let late = |slowest| RecordKind::Late { by: ms(3), slowest };
    assert_eq!(records[4].kind, late(Some(slowest)));
    assert_eq!(records[5].kind, RecordKind::TickEnded(Some(timing)));
    assert_eq!(records[6].kind, late(None), "each tick for itself");
}

#[test]
fn what_the_host_says_happens_in_the_present_tick() {
    let (mut recorder, consumer) = recorder();
    recorder.log(
        "autos",
        "autos/two-ball",
        Some(RunId(9)),
        LogLevel::Warn,
        "hm",
    );
    recorder.log("autos", "", None, LogLevel::Info, "loaded");
    recorder.driver_fault("can-bus", "silence");
    recorder.driver_recovered("can-bus");
    recorder.topic("drive/pose", Some(&Value::Numbers([1.0, 2.0].into())), None);
    recorder.note("hello");
    recorder.end_tick(None);
    let records = all(consumer);
    assert!(records.iter().all(|record| record.at == TICK));
    assert_eq!(records[0].run, Some(RunId(9)));
    assert_eq!(records[0].command.as_deref(), Some("autos/two-ball"));
    assert_eq!(records[1].command, None);
    let names: Vec<_> = records.iter().map(|record| record.kind.name()).collect();
    assert_eq!(
        names,
        [
            "log",
            "log",
            "driver-fault",
            "driver-recovered",
            "topic",
            "note",
            "tick-ended"
        ]
    );
}

#[test]
fn what_is_too_long_for_an_event_is_cut() {
    const MOST: usize = 256 << 10;
    let (producer, consumer) = channel(8192);
    let mut recorder = Recorder::new(producer);
    let big = command("big");
    let text = "é".repeat(MOST);
    let failure = Failure {
        command: "big".into(),
        message: text.as_str().into(),
    };
    let values = [
        Value::Text(text.as_str().into()),
        Value::Numbers(vec![0.5; MOST / 8].into()),
        Value::Numbers(vec![0.5; MOST / 8 + 1].into()),
    ];
    for value in &values {
        recorder.event(&event(1, &big, EventKind::Completed(Some(value))));
    }
    recorder.event(&event(1, &big, EventKind::Failed(&failure)));
    recorder.event(&event(1, &big, EventKind::Refused(&text)));
    recorder.topic("big", Some(&values[0]), None);
    recorder.note(&text);

    let cut = format!("{}…", "é".repeat(MOST / 2));
    let cut_value = Value::Text(cut.as_str().into());
    let told = Value::Text("32769 numbers, too many for an event".into());
    let kinds: Vec<_> = all(consumer)
        .into_iter()
        .map(|record| record.kind)
        .collect();
    let expected = [
        RecordKind::Completed(Some(cut_value.clone())),
        RecordKind::Completed(Some(values[1].clone())),
        RecordKind::Completed(Some(told)),
        RecordKind::Failed(Failure {
            command: "big".into(),
            message: cut.as_str().into(),
        }),
        RecordKind::Refused(cut.as_str().into()),
        RecordKind::Topic {
            name: "big".into(),
            value: Some(cut_value),
        },
        RecordKind::Note(cut.into()),
    ];
    assert!(kinds == expected, "{} records", kinds.len());
}
