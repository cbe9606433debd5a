//! Commands for a differential drivetrain: drive a distance, turn to a heading, drive by gamepad.

mod arcade;
mod motion;
mod settings;
mod sides;

use gantry_sdk::Topic;
use gantry_sdk::prelude::*;

use crate::arcade::Arcade;
use crate::motion::{Motion, Straight, Turn};
use crate::settings::Settings;
use crate::sides::Sides;

plugin! {
    reads = ["drive.*", "driver.left-y", "driver.right-x"],
    publishes = ["drive/remaining"],
    commands = [drive_distance, turn_to_angle, arcade_drive],
    configure = Settings::read,
}

/// Drives straight for a distance and stops there. Returns the distance driven, in metres.
///
/// Fails if the robot has not arrived some time after it should have, because something is in
/// the way.
#[command(requires("drive"))]
fn drive_distance(
    co: &Coroutine,
    /// How far; negative is backwards.
    #[unit("m")]
    distance: f64,
    /// The greatest speed on the way.
    #[unit("m/s")]
    #[default(2.0)]
    speed: f64,
) -> Result<f64> {
    if !(speed > 0.0 && distance.is_finite()) {
        bail!("a distance takes a speed greater than zero, not {distance} m at {speed} m/s");
    }
    let settings = Settings::read(&Config::current())?;
    let sides = Sides::open()?;
    let start = sides.distance();
    let motion = Straight::new(&settings, distance, speed, sides.heading())?;
    follow(co, &settings, &sides, motion, "m")?;
    Ok(sides.distance() - start)
}

/// Turns on the spot to a heading, the shorter way round. Returns the heading, in radians.
///
/// Fails if the robot does not arrive, as `drive-distance` does.
#[command(requires("drive"))]
fn turn_to_angle(
    co: &Coroutine,
    /// The heading, counter-clockwise from where the robot looked at the start.
    #[unit("rad")]
    angle: f64,
    /// The greatest turning speed on the way.
    #[unit("rad/s")]
    #[default(4.0)]
    speed: f64,
) -> Result<f64> {
    if !(speed > 0.0 && angle.is_finite()) {
        bail!("a turn takes a speed greater than zero, not {angle} rad at {speed} rad/s");
    }
    let settings = Settings::read(&Config::current())?;
    let sides = Sides::open()?;
    let motion = Turn::new(&settings, sides.heading(), angle, speed)?;
    follow(co, &settings, &sides, motion, "rad")?;
    Ok(sides.heading())
}

/// Drives by gamepad, until it is canceled: the left stick drives, the right one turns.
#[command(requires("drive"))]
fn arcade_drive(
    co: &Coroutine,
    /// The share of full speed that full stick stands for.
    #[default(1.0)]
    scale: f64,
) -> Result<()> {
    let settings = Settings::read(&Config::current())?;
    let sides = Sides::open()?;
    let forward = NumberInput::open("driver.left-y")?;
    let turn = NumberInput::open("driver.right-x")?;
    let mut arcade = Arcade::new(&settings, scale)?;
    loop {
        // A stick reads −1 away from the driver and to the left.
        let volts = arcade.volts(-forward.get(), -turn.get(), clock::period());
        sides.set(volts)?;
        co.yield_()?;
    }
}

/// Follows a motion until it has settled at its end.
fn follow(
    co: &Coroutine,
    settings: &Settings,
    sides: &Sides,
    mut motion: impl Motion,
    unit: &str,
) -> Result<()> {
    let remaining = Topic::<f64>::open("drive/remaining")?;
    let began = clock::now();
    let start = sides.distance();
    loop {
        let time = clock::now() - began;
        let volts = motion.volts(
            time,
            sides.distance() - start,
            sides.heading(),
            clock::period(),
        );
        sides.set(volts)?;
        remaining.publish(motion.remaining())?;
        if motion.has_settled(time) {
            return Ok(());
        }
        if time > motion.duration() + settings.settle_time {
            bail!(
                "something is in the way: {:.2} {unit} are left after {time:.1} s",
                motion.remaining()
            );
        }
        co.yield_()?;
    }
}
