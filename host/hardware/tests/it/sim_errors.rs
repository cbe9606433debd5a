//! Descriptions that do not fit their models, by message.

use std::collections::BTreeMap;
use std::sync::Arc;

use gantry_hardware::quantity::{self, Quantity};
use gantry_hardware::sim::{MODELS, ParameterValue, SimBuilder};
use gantry_hardware::{Channel, Image, ImageBuilder, Kind};

fn image() -> Arc<Image> {
    let mut b = ImageBuilder::new();
    let m = b.add_mechanism("m").unwrap();
    let channels = [
        Channel::output("volts", Kind::Number, m).unit("V"),
        Channel::output("millivolts", Kind::Number, m).unit("mV"),
        Channel::output("strip", Kind::Array { length: 7 }, m),
        Channel::input("speed", Kind::Number).unit("rad/s"),
        Channel::input("pressed", Kind::Boolean),
        Channel::input("plain", Kind::Number),
        Channel::input("pair", Kind::Array { length: 2 }),
    ];
    for channel in channels {
        b.add_channel(channel).unwrap();
    }
    Arc::new(b.build())
}

fn number(value: f64) -> ParameterValue {
    ParameterValue::Number(value)
}

fn text(value: &str) -> ParameterValue {
    ParameterValue::Text(value.to_owned())
}

/// Adds a device to a world that has a good flywheel "wheel" on "volts"; the error of that or of
/// building the world.
fn error(
    name: &str,
    model: &str,
    parameters: &[(&str, ParameterValue)],
    ports: &[(&str, &str)],
) -> String {
    let image = image();
    let ids = |ports: &[(&str, &str)]| {
        let id = |channel| image.find(channel).expect("the channel exists");
        ports
            .iter()
            .map(|(port, channel)| (port.to_string(), id(channel)))
            .collect()
    };
    let mut world = SimBuilder::new(image.clone());
    let good = ids(&[("voltage", "volts"), ("velocity", "speed")]);
    world
        .add_device("wheel", "flywheel", wheel(&[]), good)
        .unwrap();
    let parameters = match model {
        "flywheel" => wheel(parameters),
        _ => parameters
            .iter()
            .map(|(key, value)| (key.to_string(), value.clone()))
            .collect(),
    };
    match world.add_device(name, model, parameters, ids(ports)) {
        Ok(()) => world.build(0).expect_err("the world is wrong").to_string(),
        Err(error) => error.to_string(),
    }
}

/// Good parameters of a flywheel, with some replaced.
fn wheel(replaced: &[(&str, ParameterValue)]) -> BTreeMap<String, ParameterValue> {
    let good = [
        ("motor", text("neo")),
        ("gearing", number(1.0)),
        ("moment-of-inertia", number(0.01)),
    ];
    let all = good.iter().chain(replaced);
    all.map(|(key, value)| (key.to_string(), value.clone()))
        .collect()
}

#[test]
fn names_that_do_not_exist_are_answered_with_the_nearest() {
    assert_eq!(
        error("d", "flywhel", &[], &[]),
        "device \"d\": there is no model \"flywhel\"; did you mean \"flywheel\"?"
    );
    assert_eq!(
        error("d", "flywheel", &[("gear", number(1.0))], &[]),
        "device \"d\": model \"flywheel\" has no parameter \"gear\"; did you mean \"gearing\"?"
    );
    assert_eq!(
        error("d", "flywheel", &[], &[("volts", "volts")]),
        "device \"d\": model \"flywheel\" has no port \"volts\"; did you mean \"voltage\"?"
    );
    assert_eq!(
        error("d", "flywheel", &[("motor", text("kraken"))], &[]),
        "device \"d\": \"motor\" cannot be \"kraken\": it is one of neo, neo-550, neo-vortex, \
         kraken-x60, falcon-500, cim, mini-cim, bag, 775pro; did you mean \"kraken-x60\"?"
    );
    assert_eq!(
        error(
            "d",
            "limit-switch",
            &[("of", text("lift"))],
            &[("closed", "pressed")]
        ),
        "device \"d\": \"of\" names the device \"lift\", which does not exist"
    );
    assert_eq!(
        error(
            "d",
            "limit-switch",
            &[("of", text("wheel"))],
            &[("closed", "pressed")]
        ),
        "device \"d\": \"of\" names \"wheel\", which is of model \"flywheel\"; it takes one of \
         model elevator or arm"
    );
}

#[test]
fn what_is_missing_twice_or_out_of_range_is_named() {
    assert_eq!(
        error("wheel", "flywheel", &[], &[]),
        "there is already a device \"wheel\": give one of them another name"
    );
    assert_eq!(
        error("d", "beam-break", &[], &[]),
        "device \"d\" needs the parameter \"of\": Where the game pieces are."
    );
    assert_eq!(
        error("d", "flywheel", &[], &[]),
        "device \"d\": port \"voltage\" is not connected to a channel: Applied to the motors; 0 V \
         brakes."
    );
    assert_eq!(
        error("d", "flywheel", &[("motors", number(40.0))], &[]),
        "device \"d\": \"motors\" cannot be 40: it is between 1 and 12"
    );
    assert_eq!(
        error("d", "flywheel", &[("motors", number(1.5))], &[]),
        "device \"d\": \"motors\" cannot be 1.5: it is a whole number"
    );
    assert_eq!(
        error("d", "flywheel", &[("gearing", number(f64::NAN))], &[]),
        "device \"d\": \"gearing\" cannot be NaN: it is a finite number"
    );
    assert_eq!(
        error("d", "flywheel", &[("gearing", number(-3.0))], &[]),
        "device \"d\": \"gearing\" cannot be -3: it is greater than 0"
    );
    assert_eq!(
        error("d", "flywheel", &[("gearing", text("two"))], &[]),
        "device \"d\": \"gearing\" cannot be \"two\": it is a ratio"
    );
}

#[test]
fn a_port_takes_a_channel_of_its_direction_kind_and_unit_only() {
    assert_eq!(
        error("d", "flywheel", &[], &[("voltage", "speed")]),
        "device \"d\": port \"voltage\" cannot be channel \"speed\": the port is an output, the \
         channel an input"
    );
    assert_eq!(
        error("d", "flywheel", &[], &[("voltage", "millivolts")]),
        "device \"d\": port \"voltage\" cannot be channel \"millivolts\": the port has \"V\", the \
         channel \"mV\"; declare the channel with unit = \"V\" (channels are not converted)"
    );
    assert_eq!(
        error("d", "flywheel", &[], &[("velocity", "plain")]),
        "device \"d\": port \"velocity\" cannot be channel \"plain\": the port has \"rad/s\", the \
         channel no unit; declare the channel with unit = \"rad/s\""
    );
    assert_eq!(
        error("d", "differential-drive", &drive(), &[("pose", "pair")]),
        "device \"d\": port \"pose\" cannot be channel \"pair\": the port is for a number array of 3, \
         the channel is for a number array of 2"
    );
    assert_eq!(
        error(
            "d",
            "flywheel",
            &[],
            &[("voltage", "volts"), ("velocity", "speed")]
        ),
        "input \"speed\" is connected to two ports, of \"wheel\" and of \"d\""
    );
    assert_eq!(
        error("d", "led-strip", &[], &[("colors", "strip")]),
        "device \"d\": \"colors\" cannot be \"strip\": an array of 7 does not hold red, green and \
         blue of each LED"
    );
}

fn drive() -> Vec<(&'static str, ParameterValue)> {
    vec![
        ("motor", text("neo")),
        ("gearing", number(8.0)),
        ("wheel-diameter", number(0.15)),
        ("track-width", number(0.6)),
        ("mass", number(50.0)),
    ]
}

#[test]
fn a_script_that_cannot_be_played_is_refused() {
    let script = |script: &str| error("pad", "gamepad", &[("script", text(script))], &[]);
    let prefix = |script: &str| format!("device \"pad\": \"script\" cannot be \"{script}\": ");
    for (entry, problem) in [
        ("soon", "\"soon\" is not of the form \"16 s left-y = -0.8\""),
        (
            "1 s a = maybe",
            "\"1 s a = maybe\" is not of the form \"16 s left-y = -0.8\"",
        ),
        (
            "1 a = 1",
            "\"1\" has no unit: a time is in s, ms, us or min, as in \"1 s\"",
        ),
        (
            "1 s leftx = 1",
            "\"1 s leftx = 1\": there is no \"leftx\" on a gamepad; did you mean \"left-x\"?",
        ),
        (
            "1 s left-x = 2",
            "\"1 s left-x = 2\": left-x is between -1 and 1",
        ),
    ] {
        assert_eq!(script(entry), prefix(entry) + problem);
    }
}

#[test]
fn quantities_are_read_in_every_unit() {
    for (text, quantity, expected) in [
        ("6 in", Quantity::Length, 0.1524),
        ("2ft", Quantity::Length, 0.6096),
        ("1e3 mm", Quantity::Length, 1.0),
        ("-0.5 m", Quantity::Length, -0.5),
        ("2 lb", Quantity::Mass, 0.907_184_74),
        ("20 ms", Quantity::Time, 0.02),
        ("1.5 min", Quantity::Time, 90.0),
        ("90 deg", Quantity::Angle, std::f64::consts::FRAC_PI_2),
        ("60 rpm", Quantity::AngularVelocity, std::f64::consts::TAU),
        (
            "3 lb*in^2",
            Quantity::MomentOfInertia,
            3.0 * 2.926_396_53e-4,
        ),
        ("8.46", Quantity::Ratio, 8.46),
        (" 4 ", Quantity::Count, 4.0),
    ] {
        let found = quantity::parse(text, quantity).unwrap();
        assert!((found / expected - 1.0).abs() < 1e-8, "{text}: {found}");
    }
}

#[test]
fn quantities_that_cannot_be_read_say_what_would_be_right() {
    for (text, quantity, message) in [
        (
            "long",
            Quantity::Length,
            "\"long\" is not a length: write a number and a unit, \"1.5 m\" for instance",
        ),
        (
            "90",
            Quantity::Angle,
            "\"90\" has no unit: an angle is in rad, deg or rot, as in \"90 rad\"",
        ),
        (
            "6",
            Quantity::Length,
            "\"6\" has no unit: a length is in m, cm, mm, in or ft, as in \"6 m\"",
        ),
        (
            "6 kg",
            Quantity::Length,
            "\"6 kg\": \"kg\" is not a unit of length; it is one of mass; use m, cm, mm, in or ft",
        ),
        (
            "12 v",
            Quantity::Voltage,
            "\"12 v\": \"v\" is not a unit of voltage; use V or mV; did you mean \"V\"?",
        ),
        (
            "30 degrees",
            Quantity::Angle,
            "\"30 degrees\": \"degrees\" is not a unit of angle; use rad, deg or rot; did you mean \
             \"deg\"?",
        ),
        (
            "8 m",
            Quantity::Ratio,
            "\"8 m\": \"m\" is not a unit of ratio; write the number alone",
        ),
        (
            "2.5",
            Quantity::Count,
            "\"2.5\" is not a count: write a whole number, 0 or more",
        ),
        (
            "inf m",
            Quantity::Length,
            "\"inf m\" is not a length: write a number and a unit, \"1.5 m\" for instance",
        ),
    ] {
        assert_eq!(
            quantity::parse(text, quantity).unwrap_err().to_string(),
            message
        );
    }
}

#[test]
fn units_have_a_canonical_form() {
    assert_eq!(quantity::canonical("ft"), Some("m"));
    assert_eq!(quantity::canonical("rpm"), Some("rad/s"));
    assert_eq!(quantity::canonical("parsec"), None);
}

#[test]
fn every_model_is_described_in_full_and_in_si_units() {
    for model in MODELS {
        let names = || model.parameters.iter().map(|spec| spec.name);
        for spec in model.parameters {
            assert_eq!(
                names().filter(|name| *name == spec.name).count(),
                1,
                "{}",
                spec.name
            );
        }
        for port in model.ports {
            let canonical = quantity::canonical(port.unit);
            assert!(
                port.unit.is_empty() || canonical == Some(port.unit),
                "{}",
                port.name
            );
        }
    }
}
