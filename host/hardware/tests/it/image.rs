//! The process image: who may write what, and what is seen when.

use std::time::Duration;

use gantry_hardware::{
    Channel, ChannelId, Image, ImageBuilder, ImageError, Kind, MechanismIndex, Value, WriteError,
};

struct Robot {
    image: Image,
    arm: MechanismIndex,
    voltage: ChannelId,
    brake: ChannelId,
    trim: ChannelId,
    lights: ChannelId,
    angle: ChannelId,
    pressed: ChannelId,
    pose: ChannelId,
}

/// An enabled robot whose arm belongs to run 1.
fn robot() -> Robot {
    let mut b = ImageBuilder::new();
    let arm = b.add_mechanism("arm").unwrap();
    let leds = b.add_mechanism("leds").unwrap();
    let three = Kind::Array { length: 3 };
    let channels = [
        Channel::output("arm.voltage", Kind::Number, arm)
            .unit("V")
            .range(-12.0, 12.0),
        Channel::output("arm.brake", Kind::Boolean, arm).safe(Value::Boolean(true)),
        Channel::output("arm.trim", Kind::Number, arm).hold_on_release(),
        Channel::output("leds.colors", three, leds)
            .range(0.0, 1.0)
            .while_disabled()
            .hold_on_release(),
        Channel::input("arm.angle", Kind::Number).unit("rad"),
        Channel::input("arm.pressed", Kind::Boolean),
        Channel::input("arm.pose", three),
    ];
    let [voltage, brake, trim, lights, angle, pressed, pose] =
        channels.map(|channel| b.add_channel(channel).unwrap());
    let image = b.build();
    image.set_owner(arm, 1);
    image.set_owner(leds, 1);
    image.set_enabled(true);
    Robot {
        image,
        arm,
        voltage,
        brake,
        trim,
        lights,
        angle,
        pressed,
        pose,
    }
}

#[test]
fn inputs_are_frozen_within_a_tick() {
    let Robot {
        image,
        angle,
        pressed,
        pose,
        ..
    } = robot();
    image.set_input_number(angle, 1.0);
    image.set_input_boolean(pressed, true);
    image.set_input_array(pose, &[1.0, 2.0, 3.0]);
    assert_eq!((image.number(angle), image.boolean(pressed)), (0.0, false));
    image.begin_tick(Duration::from_millis(20));
    image.set_input_number(angle, 2.0);
    image.set_input_array(pose, &[4.0, 5.0, 6.0]);
    assert_eq!((image.number(angle), image.boolean(pressed)), (1.0, true));
    image.array(pose, |pose| assert_eq!(pose, [1.0, 2.0, 3.0]));
    image.begin_tick(Duration::from_millis(40));
    assert_eq!(image.number(angle), 2.0);
}

#[test]
fn an_input_that_is_not_answered_keeps_its_value_and_grows_older() {
    let Robot { image, angle, .. } = robot();
    assert_eq!(image.age(angle), Duration::MAX);
    image.set_input_number(angle, 1.0);
    image.begin_tick(Duration::from_millis(20));
    assert_eq!(image.age(angle), Duration::ZERO);
    image.set_input_number(angle, f64::NAN);
    image.begin_tick(Duration::from_millis(60));
    assert_eq!(image.age(angle), Duration::from_millis(40));
    assert_eq!(image.number(angle), 1.0);
}

#[test]
fn an_output_is_flushed_at_the_end_of_the_tick_and_again_until_it_is_changed() {
    let Robot { image, voltage, .. } = robot();
    image.write_number(voltage, 1, 6.0).unwrap();
    assert_eq!(image.output(voltage), Value::Number(6.0));
    assert_eq!(image.flushed(voltage), Value::Number(0.0));
    image.flush();
    image.flush();
    assert_eq!(image.flushed(voltage), Value::Number(6.0));
}

#[test]
fn only_the_owner_of_the_mechanism_writes() {
    let Robot {
        image,
        arm,
        voltage,
        ..
    } = robot();
    let error = image.write_number(voltage, 2, 6.0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "run 2 may not write \"arm.voltage\": \"arm\" belongs to run 1; a command writes what it \
         requires, while it requires it"
    );
    image.set_owner(arm, 0);
    for run in [0, 1] {
        let error = image.write_number(voltage, run, 6.0).unwrap_err();
        assert!(
            matches!(error, WriteError::NotOwner { owner: 0, .. }),
            "{error}"
        );
    }
    image.set_owner(arm, 2);
    assert_eq!(image.write_number(voltage, 2, 6.0), Ok(()));
}

#[test]
fn values_that_are_out_of_range_or_not_finite_are_refused_and_change_nothing() {
    let Robot {
        image,
        voltage,
        trim,
        lights,
        ..
    } = robot();
    image.write_number(voltage, 1, 6.0).unwrap();
    for bad in [12.5, -13.0, f64::NAN, f64::INFINITY] {
        let error = image.write_number(voltage, 1, bad).unwrap_err();
        assert!(matches!(error, WriteError::OutOfRange { .. }), "{error}");
    }
    assert_eq!(image.number(voltage), 6.0);
    assert_eq!(
        image
            .write_number(voltage, 1, 12.5)
            .unwrap_err()
            .to_string(),
        "12.5 V is outside the range of \"arm.voltage\", -12 to 12 V"
    );
    assert_eq!(
        image
            .write_number(trim, 1, f64::NAN)
            .unwrap_err()
            .to_string(),
        "NaN cannot be written to \"arm.trim\", which takes finite numbers"
    );
    assert_eq!(
        image
            .write_array(lights, 1, &[0.0, 2.0, 0.0])
            .unwrap_err()
            .to_string(),
        "2 at index 1 is outside the range of \"leds.colors\", 0 to 1"
    );
    assert_eq!(
        image
            .write_array(lights, 1, &[0.0; 2])
            .unwrap_err()
            .to_string(),
        "\"leds.colors\" takes 3 numbers, 2 were written"
    );
    assert_eq!(image.output(lights), Value::Array(vec![0.0; 3]));
    assert_eq!(image.write_number(voltage, 1, -12.0), Ok(()));
}

#[test]
fn a_channel_of_another_kind_or_direction_is_not_written() {
    let Robot {
        image,
        voltage,
        brake,
        angle,
        lights,
        ..
    } = robot();
    assert!(matches!(
        image.write_boolean(voltage, 1, true),
        Err(WriteError::WrongKind { .. })
    ));
    assert!(matches!(
        image.write_number(angle, 1, 1.0),
        Err(WriteError::WrongKind { .. })
    ));
    assert!(matches!(
        image.write_array(brake, 1, &[]),
        Err(WriteError::WrongKind { .. })
    ));
    assert_eq!(
        image.write_number(lights, 1, 1.0).unwrap_err().to_string(),
        "\"leds.colors\" is an output channel and carries a number array of 3"
    );
}

#[test]
fn without_an_owner_an_output_is_safe_or_held_as_declared() {
    let Robot {
        image,
        arm,
        voltage,
        brake,
        trim,
        ..
    } = robot();
    image.write_number(voltage, 1, 6.0).unwrap();
    image.write_boolean(brake, 1, false).unwrap();
    image.write_number(trim, 1, 0.5).unwrap();
    image.flush();
    image.set_owner(arm, 0);
    image.flush();
    let flushed = [voltage, brake, trim].map(|id| image.flushed(id));
    assert_eq!(
        flushed,
        [Value::Number(0.0), Value::Boolean(true), Value::Number(0.5)]
    );
}

#[test]
fn after_a_release_the_next_owner_does_not_inherit_what_was_written() {
    let Robot {
        image,
        arm,
        voltage,
        trim,
        ..
    } = robot();
    image.write_number(voltage, 1, 6.0).unwrap();
    image.write_number(trim, 1, 0.5).unwrap();
    image.release(arm);
    image.set_owner(arm, 2);
    image.flush();
    assert_eq!(image.flushed_number(voltage), 0.0);
    assert_eq!(image.flushed_number(trim), 0.5);
}

#[test]
fn while_disabled_writes_are_accepted_and_safe_values_are_flushed() {
    let Robot {
        image,
        voltage,
        trim,
        lights,
        ..
    } = robot();
    image.set_enabled(false);
    image.write_number(voltage, 1, 6.0).unwrap();
    image.write_number(trim, 1, 0.5).unwrap();
    image.write_array(lights, 1, &[1.0; 3]).unwrap();
    image.flush();
    assert_eq!(image.flushed_number(voltage), 0.0);
    assert_eq!(
        image.flushed_number(trim),
        0.0,
        "hold is for a release, not for disabling"
    );
    assert_eq!(image.flushed(lights), Value::Array(vec![1.0; 3]));
}

#[test]
fn nothing_that_was_written_while_disabled_fires_upon_enabling() {
    let Robot { image, voltage, .. } = robot();
    image.set_enabled(false);
    image.write_number(voltage, 1, 6.0).unwrap();
    image.set_enabled(true);
    image.flush();
    assert_eq!(image.flushed_number(voltage), 0.0);
}

#[test]
fn forcing_safe_reaches_every_output_at_once_and_lasts_until_the_next_write() {
    let Robot {
        image,
        voltage,
        brake,
        lights,
        ..
    } = robot();
    image.write_number(voltage, 1, 6.0).unwrap();
    image.write_array(lights, 1, &[1.0; 3]).unwrap();
    image.flush();
    image.force_safe();
    assert_eq!(image.flushed_number(voltage), 0.0);
    assert!(image.flushed_boolean(brake));
    assert_eq!(image.flushed(lights), Value::Array(vec![0.0; 3]));
    image.flush();
    assert_eq!(image.flushed_number(voltage), 0.0);
    image.write_number(voltage, 1, 3.0).unwrap();
    image.flush();
    assert_eq!(image.flushed_number(voltage), 3.0);
}

#[test]
fn an_image_starts_disabled_safe_and_without_owners() {
    let mut b = ImageBuilder::new();
    let arm = b.add_mechanism("arm").unwrap();
    let output = Channel::output("v", Kind::Number, arm)
        .range(1.0, 3.0)
        .safe(Value::Number(2.0));
    let v = b.add_channel(output).unwrap();
    let image = b.build();
    assert!(!image.enabled());
    assert_eq!(image.owner(arm), 0);
    assert_eq!(image.flushed_number(v), 2.0);
}

#[test]
fn channels_are_found_by_name_with_the_nearest_as_a_hint() {
    let Robot {
        image,
        voltage,
        arm,
        ..
    } = robot();
    assert_eq!(image.find("arm.voltage"), Some(voltage));
    assert_eq!(image.find("arm.volts"), None);
    assert_eq!(image.nearest("arm.volts"), Some("arm.voltage"));
    assert_eq!(image.nearest("shooter"), None);
    assert_eq!(image.channel(voltage).unit, "V");
    assert_eq!(image.find_mechanism("arm"), Some(arm));
    assert_eq!(image.mechanism_name(arm), "arm");
    assert_eq!((image.channels().len(), image.mechanism_count()), (7, 2));
}

#[test]
fn declarations_that_cannot_hold_are_refused_with_what_would_be_right() {
    let arm = MechanismIndex(0);
    let number = |name: &str| Channel::output(name, Kind::Number, arm);
    let orphan = Channel {
        mechanism: None,
        ..number("orphan")
    };
    let cases = [
        (
            number("taken"),
            "there is already a channel \"taken\": give one of them another name",
        ),
        (number(""), "a channel has an empty name"),
        (
            orphan,
            "output \"orphan\" belongs to no mechanism, so no command could ever write it",
        ),
        (
            Channel::output("v", Kind::Number, MechanismIndex(7)),
            "channel \"v\": there is no mechanism number 7",
        ),
        (
            number("v").range(3.0, -3.0),
            "channel \"v\": the range [3, -3] is empty: write it as [least, greatest] with finite \
             numbers",
        ),
        (
            number("v").range(0.0, f64::NAN),
            "channel \"v\": the range [0, NaN] is empty: write it as [least, greatest] with finite \
             numbers",
        ),
        (
            number("v").range(1.0, 3.0),
            "channel \"v\": the safe value 0 is outside its range [1, 3]",
        ),
        (
            number("v").safe(Value::Number(f64::NAN)),
            "channel \"v\": the safe value NaN is not a finite number",
        ),
        (
            number("v").safe(Value::Boolean(true)),
            "channel \"v\" is a number, but its safe value is a boolean",
        ),
        (
            Channel::output("v", Kind::Boolean, arm).range(0.0, 1.0),
            "channel \"v\" is a boolean and cannot have a range",
        ),
        (
            Channel::output("v", Kind::Array { length: 0 }, arm),
            "channel \"v\" is an array of length 0: give it the length that its device has",
        ),
    ];
    for (channel, message) in cases {
        let mut b = ImageBuilder::new();
        b.add_mechanism("arm").unwrap();
        b.add_channel(number("taken")).unwrap();
        assert_eq!(b.add_channel(channel).unwrap_err().to_string(), message);
    }
    let mut b = ImageBuilder::new();
    b.add_mechanism("arm").unwrap();
    let twice = b.add_mechanism("arm");
    assert_eq!(twice, Err(ImageError::DuplicateMechanism("arm".to_owned())));
    assert_eq!(b.add_mechanism(""), Err(ImageError::EmptyName("mechanism")));
}

#[test]
fn an_image_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Image>();
}
