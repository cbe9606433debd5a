//! Elevator and arm: going somewhere, and staying there.

use std::convert::Infallible;

use gantry_sdk::prelude::*;

use crate::axis::{AxisSettings, Follower};
use crate::settings::Settings;

/// The channels of an axis.
struct Joint {
    voltage: NumberOutput,
    position: NumberInput,
    velocity: NumberInput,
}

/// Moves the elevator to a height. Returns the height it is at, in metres.
///
/// Fails if it has not arrived some time after it should have.
#[command(requires("elevator"))]
pub(crate) fn elevator_to(
    co: &Coroutine,
    /// Above the lower stop.
    #[unit("m")]
    height: f64,
) -> Result<f64> {
    let settings = Settings::current()?;
    let elevator = Joint::open("elevator", "height")?;
    elevator.go_to(co, &settings.elevator, height, settings.settle_time)
}

/// Holds the elevator where it is, until it is canceled. Made to be the default command.
#[command(requires("elevator"))]
pub(crate) fn hold_elevator(co: &Coroutine) -> Result<Infallible> {
    let settings = Settings::current()?;
    let elevator = Joint::open("elevator", "height")?;
    let at_bottom = BooleanInput::open("elevator.at-bottom")?;
    elevator.hold(co, &settings.elevator, || at_bottom.get())
}

/// Moves the arm to an angle. Returns the angle it is at, in radians.
///
/// Fails if it has not arrived some time after it should have.
#[command(requires("arm"))]
pub(crate) fn arm_to(
    co: &Coroutine,
    /// Above level.
    #[unit("rad")]
    angle: f64,
) -> Result<f64> {
    let settings = Settings::current()?;
    let arm = Joint::open("arm", "angle")?;
    arm.go_to(co, &settings.arm, angle, settings.settle_time)
}

/// Holds the arm where it is, until it is canceled. Made to be the default command.
#[command(requires("arm"))]
pub(crate) fn hold_arm(co: &Coroutine) -> Result<Infallible> {
    let settings = Settings::current()?;
    let arm = Joint::open("arm", "angle")?;
    arm.hold(co, &settings.arm, || false)
}

/// Brings elevator and arm in, for driving.
#[command(requires("elevator", "arm"))]
pub(crate) fn stow(co: &Coroutine) -> Result<()> {
    let preset = Settings::current()?.stow;
    let outcomes = co.await_all([
        lookup!(elevator_to, height = preset.height)?,
        lookup!(arm_to, angle = preset.angle)?,
    ])?;
    for outcome in outcomes {
        outcome.ok()?;
    }
    Ok(())
}

impl Joint {
    fn open(mechanism: &str, position: &str) -> Result<Self> {
        Ok(Self {
            voltage: NumberOutput::open(&format!("{mechanism}.voltage"))?,
            position: NumberInput::open(&format!("{mechanism}.{position}"))?,
            velocity: NumberInput::open(&format!("{mechanism}.velocity"))?,
        })
    }

    fn go_to(
        &self,
        co: &Coroutine,
        settings: &AxisSettings,
        goal: f64,
        settle_time: f64,
    ) -> Result<f64> {
        let goal = settings.reachable(goal)?;
        let began = clock::now();
        let mut follower = Follower::new(settings, self.position.get(), self.velocity.get(), goal)?;
        loop {
            let time = clock::now() - began;
            let position = self.position.get();
            self.voltage
                .set_clamped(follower.volts(time, position, clock::period()))?;
            if follower.has_settled(time) {
                return Ok(position);
            }
            if time > follower.duration() + settle_time {
                bail!("it is stuck at {position:.2} on its way to {goal:.2}");
            }
            co.yield_()?;
        }
    }

    /// Holds the position; while `is_resting` on a stop, without a voltage.
    fn hold(
        &self,
        co: &Coroutine,
        settings: &AxisSettings,
        is_resting: impl Fn() -> bool,
    ) -> Result<Infallible> {
        let began = clock::now();
        let here = self.position.get();
        let goal = here.clamp(settings.minimum, settings.maximum);
        let mut follower = Follower::new(settings, here, self.velocity.get(), goal)?;
        loop {
            let time = clock::now() - began;
            let volts = follower.volts(time, self.position.get(), clock::period());
            self.voltage
                .set_clamped(if is_resting() { 0.0 } else { volts })?;
            co.yield_()?;
        }
    }
}
