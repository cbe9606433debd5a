//! Whole robots: scenarios of `docs/guide/patterns.md`, and the command of the README.

use gantry_sdk::prelude::*;

use crate::blocks::{collect, drive, feed, hold_arm, raise, shoot, spin_up};

// guide: try-to-score
/// Collects a ball and shoots it, and gives up after three seconds.
#[command]
pub(crate) fn try_to_score(co: &Coroutine) -> Result<()> {
    let score = Command::sequence([&lookup!(collect)?, &lookup!(shoot)?]);
    let give_up = Command::delay(3.0)?;
    if co.await_any([&score, &give_up])?.index == 1 {
        warn!("no luck this time");
        co.await_(&lookup!(raise, angle = 0.0)?)?.ok()?;
    }
    Ok(())
}
// end

// guide: climb
/// Pulls the robot up until the driver presses B, and lets it down then. Nobody else gets the arm.
#[command(priority = 10)]
pub(crate) fn climb(co: &Coroutine) -> Result<()> {
    let abort = Command::condition(&Signal::channel("driver.b").is_true()?);
    let pull = lookup!(hold_arm, volts = 6.0)?;
    if co.await_any([&abort, &pull])?.index == 0 {
        info!("the driver lets the robot down");
        co.await_(&lookup!(raise, angle = 0.0)?)?.ok()?;
    }
    Ok(())
}
// end

// guide: home-arm
/// Pushes the arm down to its stop, and fails if it does not get there within a second.
#[command]
pub(crate) fn home_arm(co: &Coroutine) -> Result<()> {
    let push = lookup!(hold_arm, volts = -3.0)?;
    co.fork([&push])?;
    let stop = Signal::channel("arm.angle").below(-0.5)?;
    if !co.wait_until_timeout(&stop, 1.0)?.is_met() {
        bail!("the arm does not reach its stop");
    }
    push.cancel()?;
    info!("the arm is at its stop");
    Ok(())
}
// end

// guide: two-ball
/// Scores the ball in front of the robot, and one more if there is one on the way.
#[command]
pub(crate) fn two_ball(co: &Coroutine) -> Result<i64> {
    let collect = lookup!(collect)?;
    let feed = lookup!(feed)?;
    co.fork([&lookup!(spin_up)?])?;
    for outcome in co.await_all([&collect, &lookup!(raise, angle = 0.5)?])? {
        outcome.ok()?;
    }
    co.wait_until(&Signal::topic("shooter/ready").is_true()?)?;
    co.await_(&feed)?.ok()?;
    if co
        .await_any([&collect, &lookup!(drive, distance = 2.0)?])?
        .index
        == 1
    {
        info!("there is no second ball");
        return Ok(1);
    }
    co.await_(&feed)?.ok()?;
    Ok(2)
}
// end
