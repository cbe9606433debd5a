//! Of `docs/guide/await-any.md`.

use gantry_sdk::prelude::*;

use crate::blocks::{collect, drive, feed, hold_arm, raise};

// guide: collect-while-driving
/// Drives two metres, or until it has a ball.
#[command]
pub(crate) fn collect_while_driving(co: &Coroutine) -> Result<()> {
    let winner = co.await_any([lookup!(drive, distance = 2.0)?, lookup!(collect)?])?;
    match winner.index {
        0 => info!("no ball on the way"),
        _ => info!("got one"),
    }
    Ok(())
}
// end

// guide: photo-finish
/// Two waits that end in the same tick.
#[command]
pub(crate) fn photo_finish(co: &Coroutine) -> Result<()> {
    let left = Command::delay(0.2)?.named("left");
    let right = Command::delay(0.2)?.named("right");
    let winner = co.await_any([&left, &right])?;
    info!("the winner is {}", winner.index);
    Ok(())
}
// end

// guide: first-to-fail
/// Drives, or feeds without a ball: what fails at once ends first.
#[command]
pub(crate) fn first_to_fail(co: &Coroutine) -> Result<()> {
    let winner = co.await_any([lookup!(drive, distance = 0.5)?, lookup!(feed)?])?;
    if !winner.outcome.is_completed() {
        info!("{} was no success", winner.index);
    }
    Ok(())
}
// end

// guide: as-a-race
/// The same as a command of its own, which others can be handed.
#[command]
pub(crate) fn as_a_race(co: &Coroutine) -> Result<()> {
    let race = Command::race([lookup!(drive, distance = 2.0)?, lookup!(collect)?])?;
    co.await_(&race)?.ok()?;
    Ok(())
}
// end

// guide: raise-or-give-up
/// Raises the arm further than it goes, and gives up after half a second.
#[command]
pub(crate) fn raise_or_give_up(co: &Coroutine) -> Result<()> {
    let raise = lookup!(raise, angle = 2.5)?;
    if co.await_any([&raise, &Command::delay(0.5)?])?.index == 1 {
        warn!("the arm is stuck");
        let lower = lookup!(hold_arm, volts = -2.0)?.with_timeout(0.3)?;
        co.await_(&lower)?.ok()?;
    }
    Ok(())
}
// end
