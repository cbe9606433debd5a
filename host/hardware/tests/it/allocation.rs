//! Nothing in a steady tick allocates.

use gantry_hardware::sim::MODELS;

use crate::support::{Device, Rig};

const ROLLER: &[(&str, &str)] = &[
    ("motor", "neo"),
    ("gearing", "2"),
    ("moment-of-inertia", "0.01 kg*m^2"),
];

#[test]
fn a_tick_with_every_model_allocates_nothing() {
    let devices: &[Device<'_>] = &[
        ("battery", "battery", &[]),
        (
            "drive",
            "differential-drive",
            &[
                ("motor", "neo"),
                ("gearing", "8"),
                ("wheel-diameter", "6 in"),
                ("track-width", "0.6 m"),
                ("mass", "50 kg"),
            ],
        ),
        (
            "lift",
            "elevator",
            &[
                ("motor", "neo"),
                ("gearing", "10"),
                ("drum-radius", "2 cm"),
                ("mass", "4 kg"),
                ("max-height", "1 m"),
            ],
        ),
        (
            "arm",
            "arm",
            &[
                ("motor", "neo"),
                ("gearing", "60"),
                ("length", "0.5 m"),
                ("mass", "1 kg"),
                ("min-angle", "0 deg"),
                ("max-angle", "90 deg"),
                ("start-angle", "0 deg"),
            ],
        ),
        ("wheel", "flywheel", ROLLER),
        ("roller", "flywheel", ROLLER),
        (
            "field",
            "field",
            &[
                ("drivebase", "drive"),
                ("intake", "roller"),
                ("feeder", "roller"),
                ("shooter", "wheel"),
                ("arm", "arm"),
                ("pieces", "0.5, 0"),
                ("goal-x", "5 m"),
                ("goal-y", "0 m"),
                ("shot-distance", "2 m"),
                ("shot-speed", "1000 rpm"),
            ],
        ),
        ("bottom", "limit-switch", &[("of", "lift")]),
        ("beam", "beam-break", &[("of", "field")]),
        (
            "wall",
            "distance-sensor",
            &[("of", "drive"), ("noise", "1 cm")],
        ),
        ("strip", "led-strip", &[]),
        ("pad", "gamepad", &[("script", "10 ms a = 1; 20 ms a = 0")]),
    ];
    for model in MODELS {
        assert!(
            devices.iter().any(|(_, of, _)| *of == model.name),
            "{}",
            model.name
        );
    }
    let mut rig = Rig::new(devices);
    rig.write("roller.voltage", 12.0);
    rig.write("wheel.voltage", 12.0);
    let voltage = rig.image.find("wheel.voltage").unwrap();
    let measured = allocation_counter::measure(|| {
        rig.run(1.0);
        let refused = rig.image.write_number(voltage, 2, f64::NAN);
        assert!(refused.is_err());
    });
    assert_eq!(measured.count_total, 0);
    assert_eq!(
        rig.number("field.missed"),
        1.0,
        "the game was played meanwhile"
    );
}
