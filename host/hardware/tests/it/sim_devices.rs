//! Sensors, lights and gamepads, and what makes a simulation repeatable.

use crate::support::{Device, Rig, assert_near};

const DRIVE: &[(&str, &str)] = &[
    ("motor", "neo"),
    ("gearing", "8.46"),
    ("wheel-diameter", "6 in"),
    ("track-width", "0.6 m"),
    ("mass", "52 kg"),
    ("start-x", "3 m"),
    ("start-y", "2 m"),
];

#[test]
fn a_distance_sensor_sees_the_wall_that_it_looks_at() {
    let devices: &[Device<'_>] = &[
        ("drive", "differential-drive", DRIVE),
        (
            "back",
            "distance-sensor",
            &[("of", "drive"), ("direction", "180 deg")],
        ),
        (
            "right",
            "distance-sensor",
            &[("of", "drive"), ("direction", "-90 deg")],
        ),
        (
            "corner",
            "distance-sensor",
            &[("of", "drive"), ("direction", "-135 deg")],
        ),
        ("front", "distance-sensor", &[("of", "drive")]),
    ];
    let mut rig = Rig::new(devices);
    assert_near(rig.number("back.distance"), 3.0, 1e-9);
    assert_near(rig.number("right.distance"), 2.0, 1e-9);
    assert_near(rig.number("corner.distance"), 2.0 * 2.0_f64.sqrt(), 1e-9);
    rig.write("drive.left-voltage", 4.0);
    rig.write("drive.right-voltage", 4.0);
    rig.run(0.5);
    let x = rig.array("drive.pose")[0];
    assert!(x > 3.1, "{x}");
    assert_near(rig.number("back.distance"), x, 1e-9);
    let front = rig.image.find("front.distance").unwrap();
    let never = std::time::Duration::MAX;
    assert_eq!(
        rig.image.age(front),
        never,
        "the far wall is out of its reach"
    );
}

#[test]
fn a_distance_sensor_sees_the_height_of_an_elevator() {
    let elevator = [
        ("motor", "neo"),
        ("gearing", "10"),
        ("drum-radius", "2 cm"),
        ("mass", "4 kg"),
        ("max-height", "1 m"),
        ("start-height", "0.4 m"),
    ];
    let devices: &[Device<'_>] = &[
        ("below", "distance-sensor", &[("of", "lift")]),
        ("lift", "elevator", &elevator),
    ];
    assert_eq!(Rig::new(devices).number("below.distance"), 0.4);
}

#[test]
fn an_led_strip_shows_what_it_was_given() {
    let mut rig = Rig::new(&[("strip", "led-strip", &[])]);
    let colors = rig.image.find("strip.colors").unwrap();
    rig.image
        .write_array(colors, 1, &[0.0, 0.0, 0.0, 0.0, 0.5, 0.0])
        .unwrap();
    rig.tick();
    assert_eq!(rig.number("strip.lit"), 1.0);
}

#[test]
fn a_gamepad_plays_its_script() {
    let script = "0.1 s left-y = -0.5; 100 ms a = true\n 0.2 s a = 0; 0 s pov = 90";
    let mut rig = Rig::new(&[("driver", "gamepad", &[("script", script)])]);
    let read = |rig: &Rig| (rig.number("driver.left-y"), rig.boolean("driver.a"));
    assert_eq!(rig.number("driver.pov"), 90.0);
    rig.run(0.08);
    assert_eq!(read(&rig), (0.0, false));
    rig.tick();
    assert_eq!(read(&rig), (-0.5, true));
    rig.run(0.1);
    assert_eq!(read(&rig), (-0.5, false));
}

#[test]
fn a_gamepad_that_nobody_touches_is_at_rest() {
    let rig = Rig::new(&[("driver", "gamepad", &[])]);
    assert_eq!(rig.number("driver.left-x"), 0.0);
    assert_eq!(rig.number("driver.pov"), -1.0);
    assert!(!rig.boolean("driver.start"));
}

#[test]
fn the_same_seed_gives_the_same_readings_and_another_seed_does_not() {
    let mut parameters = DRIVE.to_vec();
    parameters.extend([("encoder-noise", "1 mm"), ("gyro-noise", "0.1 deg")]);
    let readings = |seed| {
        let mut rig = Rig::seeded(&[("drive", "differential-drive", &parameters)], seed).unwrap();
        rig.write("drive.left-voltage", 5.0);
        rig.write("drive.right-voltage", 7.0);
        let mut readings = Vec::new();
        for _ in 0..50 {
            rig.tick();
            for port in ["left-distance", "right-distance", "heading"] {
                readings.push(rig.number(&format!("drive.{port}")).to_bits());
            }
        }
        readings
    };
    assert_eq!(readings(7), readings(7));
    assert_ne!(readings(7), readings(8));
}

#[test]
fn noise_is_in_the_reading_and_not_in_the_world() {
    let noisy = [DRIVE, &[("encoder-noise", "10 mm")]].concat();
    let devices: &[Device<'_>] = &[
        ("noisy", "differential-drive", &noisy),
        ("exact", "differential-drive", DRIVE),
    ];
    let mut rig = Rig::new(devices);
    for side in [
        "noisy.left-voltage",
        "noisy.right-voltage",
        "exact.left-voltage",
    ] {
        rig.write(side, 6.0);
    }
    rig.write("exact.right-voltage", 6.0);
    rig.run(1.0);
    assert_eq!(rig.array("noisy.pose"), rig.array("exact.pose"));
    let off = rig.number("noisy.left-distance") - rig.number("exact.left-distance");
    assert!(off != 0.0 && off.abs() < 0.06, "{off}");
}

#[test]
fn the_order_of_devices_changes_nothing() {
    let wheel: &[_] = &[
        ("motor", "cim"),
        ("gearing", "2"),
        ("moment-of-inertia", "0.01 kg*m^2"),
    ];
    let mut devices: Vec<Device<'_>> = vec![
        ("battery", "battery", &[]),
        ("wheel", "flywheel", wheel),
        ("drive", "differential-drive", DRIVE),
        (
            "back",
            "distance-sensor",
            &[("of", "drive"), ("direction", "180 deg")],
        ),
    ];
    let run = |devices: &[Device<'_>]| {
        let mut rig = Rig::new(devices);
        rig.write("wheel.voltage", 9.0);
        rig.write("drive.left-voltage", 3.0);
        rig.write("drive.right-voltage", 3.0);
        rig.run(0.5);
        ["wheel.velocity", "back.distance"].map(|channel| rig.number(channel))
    };
    let [velocity, distance] = run(&devices);
    devices.reverse();
    // The battery adds the currents up in another order, so the last bits may differ.
    let reversed = run(&devices);
    assert_near(reversed[0], velocity, 1e-9);
    assert_near(reversed[1], distance, 1e-9);
}
