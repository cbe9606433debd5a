//! Numbers about a run.

use gantry_scheduler::RunId;
use gantry_telemetry::{CommandStatistics, Outcomes, RecordKind, Slowest, TickTiming};

use crate::support::{Script, ms, us};

fn command(script: &Script, name: &str) -> CommandStatistics {
    let commands = script.statistics().commands();
    let found = commands.into_iter().find(|command| &*command.name == name);
    found.expect("it is known")
}

#[test]
fn outcomes_are_counted_per_command() {
    let mut script = Script::default();
    let runs: Vec<_> = (0..5).map(|_| script.start(None, "shoot")).collect();
    script.complete(runs[0]).complete(runs[1]).cancel(runs[2]);
    script.interrupt(runs[3], "stow").fail(runs[4], "jammed");
    let shoot = command(&script, "shoot");
    assert_eq!(shoot.runs, 5);
    assert_eq!(
        shoot.outcomes,
        Outcomes {
            completed: 2,
            canceled: 1,
            interrupted: 1,
            failed: 1
        }
    );
    assert_eq!(shoot.outcomes.total(), 5);
    assert_eq!(shoot.last_failure.as_deref(), Some("jammed"));
    let interruptions = script.statistics().interruptions().to_vec();
    assert_eq!(interruptions.len(), 1);
    assert_eq!((&*interruptions[0].by, interruptions[0].count), ("stow", 1));
}

#[test]
fn run_time_is_robot_time_from_scheduled_to_the_end_or_to_now() {
    let mut script = Script::default();
    let first = script.at(1000).start(None, "drive");
    script.at(1500).complete(first);
    assert_eq!(command(&script, "drive").run_time, ms(500));
    script.at(2000).start(None, "drive");
    script.at(2200).host(RecordKind::TickEnded(None));
    let drive = command(&script, "drive");
    assert_eq!((drive.run_time, drive.running), (ms(700), 1));
}

#[test]
fn a_run_that_left_the_queue_in_silence_is_not_running() {
    let mut script = Script::default();
    script.schedule(None, "drive");
    script.at(5000).host(RecordKind::TickEnded(None));
    let drive = command(&script, "drive");
    assert_eq!((drive.runs, drive.running), (1, 0));
    assert_eq!(drive.run_time, ms(0));
}

#[test]
fn a_run_whose_beginning_was_lost_counts_as_ended_without_a_time() {
    let mut script = Script::default();
    let run = script.start(None, "drive");
    script.records.clear();
    script.at(800).complete(run);
    let drive = command(&script, "drive");
    assert_eq!((drive.outcomes.completed, drive.run_time), (1, ms(0)));
}

#[test]
fn a_long_run_is_remembered_however_many_others_were_canceled_in_the_queue() {
    let mut script = Script::default();
    let long = script.start(None, "long");
    for tick in 1..2000 {
        script.at(tick * 20).schedule(None, "queued");
    }
    script.complete(long);
    assert_eq!(command(&script, "long").run_time, ms(1999 * 20));
}

#[test]
fn body_time_adds_up_whatever_ended_the_span() {
    let mut script = Script::default();
    let run = script.start(None, "drive");
    script.after(us(10));
    script.event(run, RecordKind::Preempted(1)).after(us(2000));
    script.event(run, RecordKind::Preempted(2)).after(us(2000));
    script.complete(run).after(us(5));
    let drive = command(&script, "drive");
    assert_eq!(drive.body_time, us(4015));
    assert_eq!((drive.preemptions, drive.worst_preemption), (2, 2));
}

#[test]
fn loop_timing_is_counted_to_three_digits() {
    let mut script = Script::default();
    script.ticks(1000, |tick| {
        Some(TickTiming {
            period: Some(ms(if tick == 500 { 35 } else { 20 })),
            work: us(100 + tick),
            late: None,
        })
    });
    let slowest = Slowest {
        command: "vision".into(),
        took: ms(30),
    };
    for (by, slowest) in [(us(10), None), (ms(15), Some(slowest)), (us(20), None)] {
        script.host(RecordKind::Late { by, slowest });
    }
    let statistics = script.statistics();
    assert_eq!(statistics.ticks(), 1000);
    assert_eq!(statistics.late_ticks(), 3);
    let worst = statistics.worst_late_tick().unwrap();
    assert_eq!(
        (worst.by, &*worst.slowest.as_ref().unwrap().command),
        (ms(15), "vision")
    );
    let close = |a: std::time::Duration, b: std::time::Duration| {
        assert!(a.abs_diff(b) < b / 500, "{a:?} is not {b:?}");
    };
    close(statistics.period().quantile(0.5), ms(20));
    close(statistics.period().mean(), us(20_015));
    close(statistics.period().max(), ms(35));
    close(statistics.work().quantile(0.99), us(1090));
    close(statistics.work().quantile(0.999), us(1099));
    assert_eq!(statistics.work().count(), 1000);
}

#[test]
fn names_without_end_are_counted_together() {
    let mut script = Script::default();
    for number in 0..5000 {
        let run = script.start(None, &format!("evil/{number}"));
        script.complete(run);
    }
    let commands = script.statistics().commands();
    assert_eq!(commands.len(), 4097);
    assert_eq!(&*commands[4096].name, "(others)");
    assert_eq!(commands[4096].outcomes.completed, 5000 - 4096);
}

#[test]
fn lost_records_are_told() {
    let mut script = Script::default();
    let (bodies, others) = (40, 2);
    script.host(RecordKind::Dropped { bodies, others });
    assert_eq!(script.statistics().dropped(), 42);
    assert!(script.summary(&[], false).contains("42 events were lost"));
    assert_eq!(RunId(1), script.start(None, "a"), "and counting goes on");
}

#[test]
fn refused_starts_are_counted_by_what_was_in_the_way() {
    let refused = |by: Option<&str>, again| RecordKind::StartRefused {
        command: "raise".into(),
        source: gantry_scheduler::StartSource::Binding,
        reason: "lower-priority-than-running",
        by: by.map(Into::into),
        message: "in the way".into(),
        again,
    };
    let mut script = Script::default();
    script
        .host(refused(Some("hold"), 0))
        .host(refused(Some("hold"), 9))
        .host(refused(Some("other"), 0))
        .host(refused(Some("hold"), 0));
    let statistics = script.statistics();
    let counted = statistics.refused_starts().iter();
    let counted: Vec<_> = counted
        .map(|c| (c.by.as_deref(), c.times, c.ticks))
        .collect();
    assert_eq!(counted, [(Some("hold"), 2, 11), (Some("other"), 1, 1)]);
}
