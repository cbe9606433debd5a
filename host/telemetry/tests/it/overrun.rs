//! Messages about late ticks.

use gantry_telemetry::{OverrunReports, RecordKind, Slowest};

use crate::support::{PERIOD, ms, record, us};

fn late(slowest: Option<Slowest>) -> RecordKind {
    RecordKind::Late {
        by: us(3200),
        slowest,
    }
}

#[test]
fn a_message_names_the_slow_command() {
    let slowest = Slowest {
        command: "vision/find-goal".into(),
        took: us(21_340),
    };
    let message = OverrunReports::default().record(&record(451, late(Some(slowest))));
    assert_eq!(
        message.unwrap().to_string(),
        "tick 451 ended 3.2 ms late; longest in it: `vision/find-goal`, 21.3 ms"
    );
}

#[test]
fn late_ticks_in_a_row_give_one_message_in_an_interval_and_are_counted() {
    let mut reports = OverrunReports::new(ms(1000));
    let told: Vec<_> = (0..102)
        .filter_map(|tick| reports.record(&record(tick, late(None))))
        .map(|message| message.to_string())
        .collect();
    assert_eq!(u128::from(50_u32), ms(1000).as_nanos() / PERIOD.as_nanos());
    assert_eq!(
        told,
        [
            "tick 0 ended 3.2 ms late",
            "tick 50 ended 3.2 ms late (49 more late ticks since the last message)",
            "tick 100 ended 3.2 ms late (49 more late ticks since the last message)",
        ]
    );
}

#[test]
fn other_records_are_no_messages() {
    let message = OverrunReports::default().record(&record(0, RecordKind::TickEnded(None)));
    assert_eq!(message, None);
}
