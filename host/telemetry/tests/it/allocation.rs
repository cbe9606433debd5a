//! Nothing allocates in a steady tick.

use std::time::Duration;

use gantry_scheduler::{Command, Event, EventKind, RunId, Tick, Value};
use gantry_telemetry::{Recorder, Statistics, TickTiming, channel};

use crate::support::{PERIOD, us};

#[test]
fn a_steady_tick_allocates_nothing_on_either_side() {
    let (producer, mut consumer) = channel(1024);
    let mut recorder = Recorder::new(producer);
    let mut statistics = Statistics::new();
    let command = Command::builder("superstructure/score").build_async(|_| async { Ok(None) });
    let value = Value::Number(1.0);
    let mut tick = |number: u64| {
        let at = Tick {
            number,
            time: PERIOD * number as u32,
        };
        recorder.begin_tick(at);
        for run in 1..=20 {
            let kinds = [
                EventKind::Scheduled,
                EventKind::Mounted,
                EventKind::Yielded,
                EventKind::Mounted,
                EventKind::Preempted(1),
                EventKind::Interrupted("superstructure/stow"),
                EventKind::Completed(Some(&value)),
            ];
            for (index, kind) in kinds.into_iter().enumerate() {
                let event = Event {
                    tick: at,
                    run: RunId(20 * number + run),
                    parent: None,
                    command: &command,
                    payer: None,
                    kind,
                };
                recorder.event_at(&event, us(index as u64));
            }
        }
        recorder.topic("drive/speed", Some(&Value::Number(number as f64)), None);
        recorder.end_tick(Some(TickTiming {
            period: Some(PERIOD),
            work: us(number),
            late: Some(Duration::from_micros(1)),
        }));
        while let Some(record) = consumer.pop() {
            statistics.record(&record);
        }
    };
    tick(0);
    let measured = allocation_counter::measure(|| (1..100).for_each(&mut tick));
    assert_eq!(measured.count_total, 0);
    assert_eq!(
        statistics.commands()[0].outcomes.completed,
        2000,
        "it did count"
    );
}
