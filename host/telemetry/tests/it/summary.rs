//! What a person reads at the end.

use std::sync::Arc;

use gantry_scheduler::RunId;
use gantry_telemetry::{Mode, RecordKind, Slowest, TickTiming};

use crate::golden;
use crate::support::{Script, ms, us};

const SCORE: &[(&str, &str)] = &[
    ("pieces in the goal", "4"),
    ("missed", "1"),
    ("points", "28"),
];

/// 15 s on its own and 10 s driven by people.
fn a_match() -> Script {
    let mut script = Script::default();
    script.mode(Mode::Disabled);
    let leds = script.start(None, "leds/show-state");
    script.mode(Mode::Autonomous("two-ball".into()));
    let auto = script.start(None, "autos/two-ball");
    let mut stow = script.start(None, "superstructure/stow");
    shot(&mut script, auto, stow, 200, 1800);
    let group = script.start(
        Some(auto),
        "(drivetrain/drive-distance & superstructure/intake)",
    );
    let drive = script.start(Some(group), "drivetrain/drive-distance");
    let intake = script.start(Some(group), "superstructure/intake");
    script.at(5200).complete(drive);
    script.at(6400).complete(intake).complete(group);
    let back = script.start(Some(auto), "drivetrain/drive-distance");
    script.at(9000).complete(back);
    let vision = script.start(Some(auto), "vision/find-goal");
    script.event(vision, RecordKind::Preempted(1)).after(ms(2));
    script
        .at(9020)
        .event(vision, RecordKind::Preempted(2))
        .after(ms(2));
    script
        .at(9040)
        .fail(vision, "no target in 3 frames\u{1b}[2J");
    stow = script.start(None, "superstructure/stow");
    shot(&mut script, auto, stow, 9600, 11_000);
    script.at(13_000).complete(auto);
    script.at(15_000).mode(Mode::Teleoperated("drive".into()));
    let mut arcade = script.start(None, "drivetrain/arcade-drive");
    for push in 0..6 {
        let at = 15_600 + push * 1400;
        script.at(at).interrupt(arcade, "drivetrain/align");
        let align = script.start(None, "drivetrain/align");
        script.at(at + 400).cancel(align);
        arcade = script.start(None, "drivetrain/arcade-drive");
    }
    script.at(22_000).host(RecordKind::DriverFault {
        driver: "can-bus".into(),
        message: "no answer from device 7 for 100 ms; check its wiring and its power".into(),
    });
    script
        .at(22_500 / 20 * 20)
        .host(RecordKind::DriverRecovered {
            driver: "can-bus".into(),
        });
    for blink in 0..200 {
        script.at(18_000 + blink * 20);
        let one_shot = script.schedule(Some(leds), "leds/blink");
        script
            .event(one_shot, RecordKind::Mounted)
            .complete(one_shot);
    }
    script.at(25_000).mode(Mode::Disabled).cancel(arcade);
    script
}

fn shot(script: &mut Script, auto: RunId, stow: RunId, from: u64, to: u64) {
    script.at(from).interrupt(stow, "superstructure/shoot");
    let shoot = script.start(Some(auto), "superstructure/shoot");
    let spin = script.start(Some(shoot), "superstructure/spin-up");
    script.at(from + 800).complete(spin);
    script.at(to).complete(shoot);
}

fn virtual_ticks(script: &mut Script) {
    script.ticks(1251, |_| None);
}

#[test]
fn a_match_in_virtual_time_is_told() {
    let mut script = a_match();
    virtual_ticks(&mut script);
    golden::check("match-in-virtual-time.txt", &script.summary(SCORE, false));
}

#[test]
fn a_match_in_real_time_is_told() {
    let mut script = a_match();
    for record in &mut script.records {
        if matches!(record.kind, RecordKind::Yielded | RecordKind::Completed(_)) {
            record.body = Some(us(14));
        }
    }
    let slowest = Slowest {
        command: "vision/find-goal".into(),
        took: ms(21),
    };
    script.at(9020).host(RecordKind::Late {
        by: us(3200),
        slowest: Some(slowest),
    });
    script.ticks(1251, |tick| {
        Some(TickTiming {
            period: (tick > 0).then(|| us(19_990 + tick % 20)),
            work: us(180 + tick % 97 * 3),
            late: None,
        })
    });
    golden::check("match-in-real-time.txt", &script.summary(SCORE, false));
}

#[test]
fn nothing_at_all_is_told_too() {
    golden::check("nothing.txt", &Script::default().summary(&[], false));
}

#[test]
fn colours_only_add_escapes() {
    let script = a_match();
    let coloured = script.summary(SCORE, true);
    assert!(coloured.contains("\u{1b}[31m"), "failures are red");
    assert_eq!(without_escapes(&coloured), script.summary(SCORE, false));
}

#[test]
fn names_and_messages_of_plugins_cannot_move_the_cursor_or_widen_the_page() {
    let mut script = Script::default();
    let evil = format!("evil\u{1b}[2J/{}", "x".repeat(300));
    let mut parent = None;
    for depth in 0..60 {
        parent = Some(
            script
                .at(depth * 20)
                .start(parent, &format!("{evil}{depth}")),
        );
        script.event(parent.unwrap(), RecordKind::Preempted(1));
    }
    script
        .at(1200)
        .fail(parent.unwrap(), &format!("{evil}\n{evil}"));
    script.host(RecordKind::DriverFault {
        driver: evil.as_str().into(),
        message: "\u{7}".into(),
    });
    script.interrupt(RunId(1), &evil);
    script.mode(Mode::Test(Arc::from(evil.as_str())));
    let summary = script.summary(&[(&evil, &evil)], false);
    for line in summary.lines() {
        assert!(!line.contains(char::is_control), "{line:?}");
        assert!(line.chars().count() <= 100, "{line}");
    }
    assert!(summary.contains("more rows"), "{summary}");
}

#[test]
fn a_message_of_several_lines_is_told_as_one() {
    let mut script = Script::default();
    let run = script.at(20).start(None, "arm/raise");
    script.fail(run, "trap: unreachable\n  at raise\n  at run");
    let summary = script.summary(&[], false);
    assert!(
        summary.contains("failed: trap: unreachable at raise at run"),
        "{summary}"
    );
}

#[test]
fn runs_of_one_name_in_one_place_share_a_row_and_are_counted() {
    let mut script = Script::default();
    for push in 0..40 {
        let run = script.at(push * 100).start(None, "leds/blink");
        script.at(push * 100 + 40).complete(run);
    }
    let summary = script.summary(&[], false);
    let chart = summary.split("Commands").next().unwrap();
    assert_eq!(chart.matches("leds/blink").count(), 1, "{summary}");
    assert!(chart.contains("× 40"), "{summary}");
}

#[test]
fn a_run_that_never_started_is_not_drawn() {
    let mut script = Script::default();
    let run = script.start(None, "a");
    script.schedule(None, "queued");
    script.at(200).complete(run);
    let summary = script.summary(&[], false);
    assert!(!summary.split("Commands").next().unwrap().contains("queued"));
}

#[test]
fn hours_of_short_runs_keep_the_last_of_them_sharp() {
    let mut script = Script::default();
    for push in 0..100_000 {
        let run = script.at(push * 100).start(None, "leds/blink");
        script.at(push * 100 + 40).complete(run);
    }
    let run = script.at(100_000 * 100).start(None, "leds/blink");
    script.at(100_000 * 100 + 2_000_000).fail(run, "tired");
    let summary = script.summary(&[], false);
    let row = summary
        .lines()
        .find(|line| line.contains("leds/blink"))
        .unwrap();
    assert!(row.contains("✗  × 100,001"), "{row}");
    let bar: String = row.chars().filter(|c| "█✓✗".contains(*c)).collect();
    assert!(bar.ends_with("█████✗"), "{row}");
}

/// Text without ANSI colours.
fn without_escapes(text: &str) -> String {
    let mut plain = String::new();
    let mut pieces = text.split('\u{1b}');
    plain.push_str(pieces.next().unwrap());
    for piece in pieces {
        plain.push_str(piece.split_once('m').unwrap().1);
    }
    plain
}
