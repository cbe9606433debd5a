//! The field: picking up, shooting, scoring and missing.

use crate::support::Rig;

const ROLLER: &[(&str, &str)] = &[
    ("motor", "neo-550"),
    ("gearing", "5"),
    ("moment-of-inertia", "0.001 kg*m^2"),
];
const WHEEL: &[(&str, &str)] = &[
    ("motor", "neo-vortex"),
    ("gearing", "1"),
    ("moment-of-inertia", "0.002 kg*m^2"),
];
const DRIVE: &[(&str, &str)] = &[
    ("motor", "neo"),
    ("gearing", "8.46"),
    ("wheel-diameter", "6 in"),
    ("track-width", "0.6 m"),
    ("mass", "52 kg"),
    ("start-x", "2 m"),
];
const ARM: &[(&str, &str)] = &[
    ("motor", "neo"),
    ("gearing", "60"),
    ("length", "0.5 m"),
    ("mass", "1 kg"),
    ("min-angle", "0 deg"),
    ("max-angle", "90 deg"),
    ("start-angle", "0 deg"),
];
const FIELD: &[(&str, &str)] = &[
    ("drivebase", "drive"),
    ("intake", "intake"),
    ("feeder", "feeder"),
    ("shooter", "shooter"),
    ("arm", "arm"),
    ("pieces", "2.5, 0.1; 9, 3"),
    ("capacity", "2"),
    ("preload", "1"),
    ("goal-x", "4 m"),
    ("goal-y", "0 m"),
    ("shot-distance", "2 m"),
    ("shot-speed", "4000 rpm"),
    ("shot-speed-tolerance", "150 rpm"),
];

fn field(extra: &[(&str, &str)]) -> Rig {
    let mut parameters = FIELD.to_vec();
    parameters.retain(|(key, _)| extra.iter().all(|(other, _)| other != key));
    parameters.extend(extra);
    Rig::new(&[
        ("drive", "differential-drive", DRIVE),
        ("intake", "flywheel", ROLLER),
        ("feeder", "flywheel", ROLLER),
        ("shooter", "flywheel", WHEEL),
        ("arm", "arm", ARM),
        ("field", "field", &parameters),
        ("beam", "beam-break", &[("of", "field"), ("count", "2")]),
    ])
}

/// Held, scored, missed, remaining.
fn count(rig: &Rig) -> [f64; 4] {
    ["held", "scored", "missed", "remaining"].map(|port| rig.number(&format!("field.{port}")))
}

/// Lets the wheel reach the speed of a shot, then feeds for a second.
fn shoot(rig: &mut Rig) {
    // 4000 rpm: the free speed of 6784 rpm scaled, and the free current on top.
    rig.write("shooter.voltage", 7.16);
    rig.run(3.0);
    rig.write("feeder.voltage", 8.0);
    rig.run(1.0);
}

#[test]
fn a_piece_in_front_of_a_running_intake_is_picked_up_after_a_moment() {
    let mut rig = field(&[]);
    assert_eq!(count(&rig), [1.0, 0.0, 0.0, 2.0]);
    rig.write("intake.voltage", 6.0);
    rig.run(0.1);
    assert_eq!(count(&rig), [1.0, 0.0, 0.0, 1.0]);
    assert!(!rig.boolean("beam.broken"));
    rig.run(0.3);
    assert_eq!(count(&rig), [2.0, 0.0, 0.0, 1.0]);
    assert!(rig.boolean("beam.broken"));
}

#[test]
fn nothing_is_picked_up_by_a_slow_a_full_or_a_raised_intake() {
    for (voltage, extra) in [
        (2.0, ("capacity", "2")),
        (6.0, ("capacity", "1")),
        (6.0, ("intake-reach", "0.4 m")),
        (6.0, ("intake-width", "10 cm")),
    ] {
        let mut rig = field(&[extra]);
        rig.write("intake.voltage", voltage);
        rig.run(1.0);
        assert_eq!(count(&rig), [1.0, 0.0, 0.0, 2.0], "{voltage} {extra:?}");
    }
    let mut raised = field(&[
        ("intake-angle", "45 deg"),
        ("intake-angle-tolerance", "5 deg"),
    ]);
    raised.write("intake.voltage", 6.0);
    raised.run(1.0);
    assert_eq!(count(&raised), [1.0, 0.0, 0.0, 2.0]);
}

#[test]
fn a_shot_within_every_window_scores_once() {
    let mut rig = field(&[]);
    assert!(rig.boolean("field.intake-beam-break"));
    shoot(&mut rig);
    assert_eq!(count(&rig), [0.0, 1.0, 0.0, 2.0]);
    assert!(!rig.boolean("field.intake-beam-break"));
}

#[test]
fn a_shot_outside_any_window_misses() {
    for extra in [
        ("shot-distance", "3 m"),
        ("goal-y", "1.5 m"),
        ("shot-speed", "5000 rpm"),
        ("shot-angle", "60 deg"),
    ] {
        let mut rig = field(&[extra, ("shot-angle-tolerance", "10 deg")]);
        shoot(&mut rig);
        assert_eq!(count(&rig), [0.0, 0.0, 1.0, 2.0], "{extra:?}");
    }
}

#[test]
fn a_wheel_that_hardly_turns_does_not_take_the_piece() {
    let mut rig = field(&[]);
    rig.write("feeder.voltage", 8.0);
    rig.run(1.0);
    assert_eq!(count(&rig), [1.0, 0.0, 0.0, 2.0]);
}
