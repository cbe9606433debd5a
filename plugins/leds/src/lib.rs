//! Commands for an LED strip: the robot's state all the time, a flash for a moment.

mod pattern;

use std::convert::Infallible;

use gantry_sdk::prelude::*;

use crate::pattern::{Color, Mode, State};

plugin! {
    reads = ["robot.*", "feeder.ball"],
    commands = [show_state, flash],
    configure = low_battery,
}

/// How often the strip is painted, in s. The eye needs no more.
const REPAINT: f64 = 0.04;

/// Shows the robot's mode by colour, a held ball in white, and a low battery in blinking red.
///
/// Everything else that wants the strip gets it: the priority is low. It runs while the robot is
/// disabled, too.
#[command(requires("leds"), priority = -10, runs_while_disabled)]
fn show_state(co: &Coroutine) -> Result<Infallible> {
    let low_battery = low_battery(&Config::current())?;
    let strip = ArrayOutput::open("leds.strip")?;
    let enabled = BooleanInput::open("robot.enabled")?;
    let autonomous = BooleanInput::open("robot.autonomous")?;
    let test = BooleanInput::open("robot.test")?;
    let battery = NumberInput::open("robot.battery")?;
    let ball = BooleanInput::open("feeder.ball")?;
    let mut colors = vec![0.0; strip.len()];
    loop {
        let mode = match (enabled.get(), autonomous.get(), test.get()) {
            (false, _, _) => Mode::Disabled,
            (true, true, _) => Mode::Autonomous,
            (true, _, true) => Mode::Test,
            (true, false, false) => Mode::Teleoperated,
        };
        let state = State {
            mode,
            holds_ball: ball.get(),
            is_battery_low: battery.get() < low_battery,
        };
        state.paint(clock::now(), &mut colors);
        strip.set(&colors)?;
        co.wait(REPAINT)?;
    }
}

/// Flashes the whole strip in one colour.
#[command(requires("leds"), runs_while_disabled)]
fn flash(
    co: &Coroutine,
    /// Red, green and blue, from 0 to 1.
    #[default([1.0, 1.0, 1.0])]
    color: [f64; 3],
    /// How many times.
    #[default(3)]
    count: i64,
    /// How long each flash, and the dark after it, lasts.
    #[unit("s")]
    #[default(0.1)]
    time: f64,
) -> Result<()> {
    let strip = ArrayOutput::open("leds.strip")?;
    let mut colors = vec![0.0; strip.len()];
    for _ in 0..count {
        for color in [Color(color), Color::BLACK] {
            color.fill(&mut colors);
            strip.set(&colors)?;
            co.wait(time)?;
        }
    }
    Ok(())
}

/// The battery's voltage below which it is low, in V.
fn low_battery(config: &Config) -> Result<f64> {
    config.only(&["low-battery"])?;
    Ok(config.in_range("low-battery", 9.5, 0.0..=14.0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_a_voltage() {
        assert_eq!(low_battery(&Config::of([("low-battery", 11.0)])), Ok(11.0));
        let error = low_battery(&Config::of([("low-battery", 110.0)])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`low-battery` should be from 0 to 14, not 110"
        );
    }
}
