//! Motors, mechanisms and the drivetrain against closed-form results.

use std::f64::consts::{PI, TAU};

use gantry_hardware::quantity::Quantity;
use gantry_hardware::sim;
use gantry_hardware::sim::motor::{Gearmotor, MOTORS, MotorConstants};

use crate::support::{Device, Rig, assert_near};

const GRAVITY: f64 = 9.806_65;

fn constants(name: &str) -> &'static MotorConstants {
    MOTORS.iter().find(|motor| motor.name == name).unwrap()
}

/// Ohms of one motor, N·m per A, and rad/s per V.
fn derived(name: &str) -> (f64, f64, f64) {
    let m = constants(name);
    let resistance = 12.0 / m.stall_current;
    let speed_per_volt = m.free_speed / (12.0 - resistance * m.free_current);
    (resistance, m.stall_torque / m.stall_current, speed_per_volt)
}

/// A flywheel on one NEO, 2:1, 0.01 kg·m², no limit to speak of.
const WHEEL: &[(&str, &str)] = &[
    ("motor", "neo"),
    ("gearing", "2"),
    ("moment-of-inertia", "0.01 kg*m^2"),
    ("current-limit", "1000 A"),
];

#[test]
fn every_motor_can_be_named_and_reaches_its_free_speed_and_free_current() {
    let flywheel = sim::model("flywheel").unwrap();
    let Quantity::Choice(names) = flywheel.parameter("motor").unwrap().quantity else {
        panic!("the motor is chosen by name");
    };
    assert_eq!(names, MOTORS.iter().map(|m| m.name).collect::<Vec<_>>());
    for motor in MOTORS {
        let mut parameters = WHEEL.to_vec();
        parameters[0].1 = motor.name;
        parameters[2].1 = "0.001 kg*m^2";
        let mut rig = Rig::new(&[("wheel", "flywheel", &parameters)]);
        rig.write("wheel.voltage", 12.0);
        rig.run(30.0);
        let velocity = rig.number("wheel.velocity");
        assert_near(velocity, motor.free_speed / 2.0, 1e-6 * motor.free_speed);
        assert_near(rig.number("wheel.current"), motor.free_current, 1e-3);
    }
}

#[test]
fn a_stalled_motor_has_its_stall_torque_and_current() {
    for motor in MOTORS {
        let gearmotor = Gearmotor::new(motor, 2.0, 10.0, 1e6);
        let current = gearmotor.current(12.0, 0.0);
        assert_near(current, 2.0 * motor.stall_current, 1e-9);
        assert_near(gearmotor.torque(current), 20.0 * motor.stall_torque, 1e-9);
    }
}

#[test]
fn a_flywheel_spins_up_with_its_time_constant() {
    let (resistance, kt, kv) = derived("neo");
    // J·R / (G²·Kt/Kv)
    let tau = 0.01 * resistance / (4.0 * kt / kv);
    let mut rig = Rig::new(&[("wheel", "flywheel", WHEEL)]);
    rig.write("wheel.voltage", 12.0);
    let end = constants("neo").free_speed / 2.0;
    for step in 1..40 {
        rig.tick();
        let expected = end * (1.0 - (-0.02 * f64::from(step) / tau).exp());
        assert_near(rig.number("wheel.velocity"), expected, 1e-6 * end);
    }
}

#[test]
fn the_current_limit_bounds_the_torque() {
    let mut parameters = WHEEL.to_vec();
    parameters[3].1 = "20 A";
    let mut rig = Rig::new(&[("wheel", "flywheel", &parameters)]);
    rig.write("wheel.voltage", 12.0);
    rig.run(0.2);
    let (_, kt, _) = derived("neo");
    // J·ω = G·Kt·(limit − free current)·t while the limit holds.
    let expected = 2.0 * kt * (20.0 - constants("neo").free_current) * 0.2 / 0.01;
    assert_near(rig.number("wheel.velocity"), expected, 1e-6);
    assert_near(rig.number("wheel.current"), 20.0, 1e-9);
}

#[test]
fn at_zero_volts_the_motor_brakes_and_stops() {
    let mut rig = Rig::new(&[("wheel", "flywheel", WHEEL)]);
    rig.write("wheel.voltage", 12.0);
    rig.run(5.0);
    rig.write("wheel.voltage", 0.0);
    rig.tick();
    assert!(rig.number("wheel.current") < 0.0);
    rig.run(5.0);
    assert_eq!(rig.number("wheel.velocity"), 0.0);
}

#[test]
fn energy_that_goes_in_is_in_the_wheel_or_has_become_heat() {
    // A motor whose constants agree, Kt = 1/Kv: 12 V = 100 A · R, less 2 A · R at 600 rad/s.
    let resistance = 0.12 / 2.0;
    let ideal = MotorConstants {
        name: "ideal",
        free_speed: 600.0,
        stall_torque: 100.0 * (12.0 - 2.0 * 0.12) / 600.0,
        stall_current: 100.0,
        free_current: 2.0,
    };
    let motor = Gearmotor::new(&ideal, 2.0, 3.0, 40.0);
    let (inertia, h, command, bus) = (0.02, 1e-4, 9.0, 12.0);
    let (mut speed, mut supplied, mut lost) = (0.0, 0.0, 0.0);
    for _ in 0..20_000 {
        let next = motor.advance(speed, command, bus, inertia, 0.0, h);
        for at in [speed, next] {
            let current = motor.current(command, at);
            supplied += 0.5 * h * bus * motor.supply_current(command, at, bus);
            lost += 0.5 * h * (current * current * resistance + motor.friction() * at);
        }
        speed = next;
    }
    let stored = 0.5 * inertia * speed * speed;
    assert!(stored > 100.0, "{stored}");
    assert_near(supplied, stored + lost, 1e-4 * supplied);
}

#[test]
fn the_battery_sags_by_its_resistance_and_all_devices_share_it() {
    let battery = [("open-circuit", "12.5 V"), ("resistance", "20 mohm")];
    let elevator = [
        ("motor", "cim"),
        ("motors", "2"),
        ("gearing", "10"),
        ("current-limit", "1000 A"),
        ("drum-radius", "2 cm"),
        ("mass", "5 kg"),
        ("max-height", "1 m"),
        ("start-height", "1 m"),
    ];
    let devices: &[Device<'_>] = &[
        ("battery", "battery", &battery),
        ("a", "elevator", &elevator),
        ("b", "elevator", &elevator),
    ];
    let mut rig = Rig::new(devices);
    rig.tick();
    assert_eq!(rig.number("battery.voltage"), 12.5);
    // All four motors push against the upper stop: stalled, V = V0 · R / (R + 4 · Rb).
    rig.write("a.voltage", 13.0);
    rig.write("b.voltage", 13.0);
    rig.run(0.2);
    let (resistance, ..) = derived("cim");
    let expected = 12.5 * resistance / (resistance + 4.0 * 0.02);
    assert_near(rig.number("battery.voltage"), expected, 1e-6);
    assert_near(
        rig.number("battery.current"),
        (12.5 - expected) / 0.02,
        1e-3,
    );
    assert_near(rig.number("a.current"), 2.0 * expected / resistance, 1e-3);
}

#[test]
fn a_strong_motor_on_a_weak_battery_settles_instead_of_swinging() {
    let parameters = [
        ("motor", "kraken-x60"),
        ("motors", "8"),
        ("gearing", "1"),
        ("current-limit", "1000 A"),
        ("moment-of-inertia", "10 kg*m^2"),
    ];
    let mut rig = Rig::new(&[
        ("battery", "battery", &[]),
        ("wheel", "flywheel", &parameters),
    ]);
    rig.write("wheel.voltage", 12.0);
    rig.tick();
    let before = rig.number("battery.voltage");
    rig.tick();
    assert!(before < 3.0, "{before}");
    assert_near(rig.number("battery.voltage"), before, 0.2);
}

/// Two NEOs, 10:1, on a drum of 2 cm that lifts 8 kg.
const ELEVATOR: &[(&str, &str)] = &[
    ("motor", "neo"),
    ("motors", "2"),
    ("gearing", "10"),
    ("drum-radius", "2 cm"),
    ("mass", "8 kg"),
    ("max-height", "1.2 m"),
    ("start-height", "0.5 m"),
];

#[test]
fn an_elevator_hangs_still_at_its_holding_voltage() {
    let (resistance, kt, _) = derived("neo");
    let holding = 8.0 * GRAVITY * 0.02 * resistance / (10.0 * kt * 2.0);
    let mut rig = Rig::new(&[("lift", "elevator", ELEVATOR)]);
    rig.write("lift.voltage", holding);
    rig.run(1.0);
    assert_eq!(rig.number("lift.height"), 0.5);
    assert_eq!(rig.number("lift.velocity"), 0.0);
    assert_near(rig.number("lift.current"), 2.0 * holding / resistance, 1e-9);
}

#[test]
fn an_elevator_rises_at_the_speed_that_its_voltage_leaves_after_gravity_and_friction() {
    let (resistance, kt, kv) = derived("neo");
    let mut parameters = ELEVATOR.to_vec();
    parameters[5].1 = "100 m";
    let mut rig = Rig::new(&[("lift", "elevator", &parameters)]);
    rig.write("lift.voltage", 6.0);
    rig.run(2.0);
    let amperes = 8.0 * GRAVITY * 0.02 / (10.0 * kt * 2.0) + constants("neo").free_current;
    let expected = (6.0 - amperes * resistance) * kv / 10.0 * 0.02;
    assert_near(rig.number("lift.velocity"), expected, 1e-6);
}

#[test]
fn hard_stops_hold_an_elevator_at_both_ends() {
    let devices: &[Device<'_>] = &[
        ("lift", "elevator", ELEVATOR),
        ("bottom", "limit-switch", &[("of", "lift")]),
        (
            "top",
            "limit-switch",
            &[
                ("of", "lift"),
                ("end", "upper"),
                ("contact", "normally-closed"),
            ],
        ),
    ];
    let mut rig = Rig::new(devices);
    let read = |rig: &Rig| (rig.boolean("bottom.closed"), rig.boolean("top.closed"));
    assert_eq!(read(&rig), (false, true));
    rig.write("lift.voltage", 12.0);
    rig.run(3.0);
    assert_eq!(
        (rig.number("lift.height"), rig.number("lift.velocity")),
        (1.2, 0.0)
    );
    assert_eq!(read(&rig), (false, false));
    rig.write("lift.voltage", -12.0);
    rig.run(3.0);
    assert_eq!(
        (rig.number("lift.height"), rig.number("lift.velocity")),
        (0.0, 0.0)
    );
    assert_eq!(read(&rig), (true, true));
}

/// A rod of 3 kg and 0.8 m on one NEO, 60:1.
const ARM: &[(&str, &str)] = &[
    ("motor", "neo"),
    ("gearing", "60"),
    ("length", "0.8 m"),
    ("mass", "3 kg"),
    ("min-angle", "-90 deg"),
    ("max-angle", "90 deg"),
    ("start-angle", "0 deg"),
];

#[test]
fn an_arm_hangs_still_at_horizontal_with_the_torque_of_its_weight() {
    let (resistance, kt, _) = derived("neo");
    let holding = 3.0 * GRAVITY * 0.4 * resistance / (60.0 * kt);
    let mut rig = Rig::new(&[("arm", "arm", ARM)]);
    rig.write("arm.voltage", holding);
    rig.run(1.0);
    assert_eq!(
        (rig.number("arm.angle"), rig.number("arm.velocity")),
        (0.0, 0.0)
    );
}

#[test]
fn an_arm_without_friction_worth_mentioning_starts_to_fall_at_three_halves_g_over_l() {
    // The gearing is so low that the motor hardly matters: α = (m·g·l/2) / (m·l²/3).
    let mut parameters = ARM.to_vec();
    parameters[1].1 = "0.01";
    let mut rig = Rig::new(&[("arm", "arm", &parameters)]);
    rig.tick();
    assert_near(
        rig.number("arm.velocity"),
        -1.5 * GRAVITY / 0.8 * 0.02,
        1e-3,
    );
    rig.run(2.0);
    assert_near(rig.number("arm.angle"), -PI / 2.0, 1e-12);
}

#[test]
fn an_arm_falls_onto_its_lower_stop_and_stays_there() {
    let mut rig = Rig::new(&[
        ("arm", "arm", ARM),
        ("down", "limit-switch", &[("of", "arm")]),
    ]);
    rig.write("arm.voltage", -6.0);
    rig.run(3.0);
    assert_near(rig.number("arm.angle"), -PI / 2.0, 1e-12);
    assert_eq!(rig.number("arm.velocity"), 0.0);
    assert!(rig.boolean("down.closed"));
}

/// Two NEOs a side, 8.46:1, 6 in wheels, 0.6 m, 52 kg.
const DRIVE: &[(&str, &str)] = &[
    ("motor", "neo"),
    ("gearing", "8.46"),
    ("wheel-diameter", "6 in"),
    ("track-width", "0.6 m"),
    ("mass", "52 kg"),
    ("current-limit", "1000 A"),
];
const RADIUS: f64 = 0.0762;

#[test]
fn a_drivetrain_with_equal_voltages_drives_straight_at_free_speed() {
    let mut parameters = DRIVE.to_vec();
    parameters.extend([
        ("start-x", "1 m"),
        ("start-y", "2 m"),
        ("start-heading", "90 deg"),
    ]);
    let mut rig = Rig::new(&[("drive", "differential-drive", &parameters)]);
    rig.write("drive.left-voltage", 12.0);
    rig.write("drive.right-voltage", 12.0);
    rig.run(5.0);
    let expected = constants("neo").free_speed / 8.46 * RADIUS;
    assert_near(rig.number("drive.left-velocity"), expected, 1e-3);
    assert_eq!(
        rig.number("drive.left-velocity"),
        rig.number("drive.right-velocity")
    );
    assert_eq!(rig.number("drive.heading-rate"), 0.0);
    assert_near(rig.number("drive.heading"), PI / 2.0, 1e-12);
    let pose = rig.array("drive.pose");
    assert_near(pose[0], 1.0, 1e-9);
    assert_near(pose[1], 2.0 + rig.number("drive.left-distance"), 1e-9);
}

#[test]
fn a_drivetrain_accelerates_with_the_time_constant_of_its_mass() {
    let (resistance, kt, kv) = derived("neo");
    // As a flywheel of m·r²/2 behind one side.
    let tau = 26.0 * RADIUS * RADIUS * (resistance / 2.0) / (8.46 * 8.46 * kt / kv);
    let mut rig = Rig::new(&[("drive", "differential-drive", DRIVE)]);
    rig.write("drive.left-voltage", 6.0);
    rig.write("drive.right-voltage", 6.0);
    let end = (6.0 - constants("neo").free_current * resistance) * kv / 8.46 * RADIUS;
    for step in 1..=50 {
        rig.tick();
        let expected = end * (1.0 - (-0.02 * f64::from(step) / tau).exp());
        assert_near(rig.number("drive.right-velocity"), expected, 1e-4 * end);
    }
}

#[test]
fn a_drivetrain_with_opposite_voltages_spins_on_the_spot() {
    let mut rig = Rig::new(&[("drive", "differential-drive", DRIVE)]);
    rig.write("drive.left-voltage", -12.0);
    rig.write("drive.right-voltage", 12.0);
    rig.run(3.0);
    let wheel = constants("neo").free_speed / 8.46 * RADIUS;
    assert_near(rig.number("drive.heading-rate"), wheel / 0.3, 1e-3);
    let pose = rig.array("drive.pose");
    assert_near(pose[0].hypot(pose[1]), 0.0, 1e-9);
    // The heading counts full turns and agrees with the encoders.
    assert!(pose[2] > 2.0 * TAU, "{}", pose[2]);
    let apart = rig.number("drive.right-distance") - rig.number("drive.left-distance");
    assert_near(rig.number("drive.heading"), apart / 0.6, 1e-9);
}

#[test]
fn a_drivetrain_with_unequal_voltages_drives_a_circle() {
    let mut rig = Rig::new(&[("drive", "differential-drive", DRIVE)]);
    rig.write("drive.left-voltage", 2.0);
    rig.write("drive.right-voltage", 4.0);
    rig.run(3.0);
    let from = rig.array("drive.pose");
    let (left, right) = (
        rig.number("drive.left-velocity"),
        rig.number("drive.right-velocity"),
    );
    let radius = 0.3 * (right + left) / (right - left);
    rig.run(1.0);
    let to = rig.array("drive.pose");
    // The chord of a circle: 2·r·sin(Δθ/2).
    let chord = (to[0] - from[0]).hypot(to[1] - from[1]);
    assert_near(
        chord,
        (2.0 * radius * ((to[2] - from[2]) / 2.0).sin()).abs(),
        1e-4,
    );
}

#[test]
fn a_drivetrain_comes_to_rest_at_zero_volts() {
    let mut rig = Rig::new(&[("drive", "differential-drive", DRIVE)]);
    rig.write("drive.left-voltage", 12.0);
    rig.write("drive.right-voltage", 6.0);
    rig.run(1.0);
    rig.write("drive.left-voltage", 0.0);
    rig.write("drive.right-voltage", 0.0);
    rig.run(5.0);
    let ports = ["left-velocity", "right-velocity", "heading-rate"];
    assert_eq!(
        ports.map(|port| rig.number(&format!("drive.{port}"))),
        [0.0; 3]
    );
}

#[test]
fn a_controller_can_be_tuned_on_it() {
    // A PD controller with the holding voltage as feed-forward, damped by hand on this model;
    // without the damping it goes further past its goal.
    let overshoot = |kd: f64| {
        let devices: &[Device<'_>] = &[("b", "battery", &[]), ("lift", "elevator", ELEVATOR)];
        let mut rig = Rig::new(devices);
        let mut highest = 0.0_f64;
        for _ in 0..150 {
            let error = 1.0 - rig.number("lift.height");
            let volts = 0.35 + 60.0 * error - kd * rig.number("lift.velocity");
            rig.write("lift.voltage", volts.clamp(-12.0, 12.0));
            rig.tick();
            highest = highest.max(rig.number("lift.height"));
        }
        assert_near(rig.number("lift.height"), 1.0, 0.01);
        highest - 1.0
    };
    let (damped, loose) = (overshoot(2.0), overshoot(0.0));
    assert!(damped < 0.005, "{damped}");
    assert!(loose > damped, "{loose}");
}
