//! What takes several mechanisms at once.

use gantry_sdk::prelude::*;

use crate::joints::{arm_to, elevator_to, hold_arm, hold_elevator};
use crate::rollers::{BALL, READY, feed, intake, spin_up};
use crate::settings::Settings;

/// How long the shooter may take to come to speed, in s.
const SPIN_UP_TIME: f64 = 3.0;

/// Shoots the ball from where the superstructure is. Fails if there is none, or if the wheel does
/// not come to speed.
#[command(requires("shooter", "feeder"))]
pub(crate) fn shoot(
    co: &Coroutine,
    /// Zero is the speed in the configuration.
    #[unit("rad/s")]
    #[default(0.0)]
    speed: f64,
) -> Result<()> {
    co.fork([lookup!(spin_up, speed = speed)?])?;
    let ready = Signal::topic(READY).is_true()?;
    if !co.wait_until_timeout(&ready, SPIN_UP_TIME)?.is_met() {
        bail!("the shooter does not come to speed in {SPIN_UP_TIME} s");
    }
    co.await_(&lookup!(feed)?)?.ok()?;
    Ok(())
}

/// Lowers the intake and turns it until a ball is in, or for some time. Returns whether there is
/// a ball.
#[command(requires("elevator", "arm", "intake"))]
pub(crate) fn collect(
    co: &Coroutine,
    /// How long to try.
    #[unit("s")]
    #[default(5.0)]
    time: f64,
) -> Result<bool> {
    let preset = Settings::current()?.collect;
    let began = clock::now();
    let outcomes = co.await_all([
        lookup!(elevator_to, height = preset.height)?,
        lookup!(arm_to, angle = preset.angle)?,
    ])?;
    for outcome in outcomes {
        outcome.ok()?;
    }
    co.fork([lookup!(hold_elevator)?, lookup!(hold_arm)?])?;
    let left = time - (clock::now() - began);
    let first = co.await_any([lookup!(intake)?, Command::delay(left)?])?;
    first.outcome.ok()?;
    Ok(first.index == 0)
}

/// Raises elevator and arm, brings the shooter to speed and shoots. Fails if there is no ball, or
/// if it does not leave.
///
/// The wheel starts first, for it takes longest. The rest is a state machine.
#[command(requires("elevator", "arm", "shooter", "feeder"))]
pub(crate) fn score(co: &Coroutine) -> Result<()> {
    let held = Signal::channel(BALL).is_true()?;
    if !held.get() {
        bail!("there is no ball to score");
    }
    co.fork([lookup!(spin_up)?])?;

    let machine = scoring(&Settings::current()?, &held)?;
    co.await_(&machine)?.ok()?;
    if held.get() {
        bail!("the ball did not leave: the shooter does not come to speed");
    }
    Ok(())
}

/// Aim, wait for the wheel, feed. Elevator and arm are held while they are not moved. A ball that
/// is lost on the way leads to the feeder at once, which fails without one.
fn scoring(settings: &Settings, held: &Signal) -> Result<Command> {
    let ready = Signal::topic(READY).is_true()?;
    let while_held = |command: &Command| {
        Command::parallel_with([command], [lookup!(hold_elevator)?, lookup!(hold_arm)?])
    };
    let mut machine = StateMachine::new("scoring");
    let aim = machine.state(
        "aim",
        &Command::parallel([
            lookup!(elevator_to, height = settings.score.height)?,
            lookup!(arm_to, angle = settings.score.angle)?,
        ])?,
    );
    let wait = machine.state(
        "wait for the wheel",
        &while_held(&Command::condition(&ready).with_timeout(SPIN_UP_TIME)?)?,
    );
    let fire = machine.state("fire", &while_held(&lookup!(feed)?)?);

    machine.switch([aim, wait]).to(fire).when(&!held)?;
    machine.switch([aim]).to(wait).on_completion()?;
    machine.switch([wait]).to(fire).on_completion_if(&ready)?;
    machine.switch([wait]).to_end().on_completion()?;
    machine.build(aim)
}
