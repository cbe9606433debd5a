//! Of `docs/guide/fork.md`.

use gantry_sdk::prelude::*;

use crate::blocks::{blink, drive, feed, hold_arm, raise, say};

// guide: drive-with-lights
/// Drives, and blinks meanwhile.
#[command]
pub(crate) fn drive_with_lights(co: &Coroutine) -> Result<()> {
    co.fork([&lookup!(blink)?])?;
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    Ok(())
}
// end

// guide: two-words
/// Forks a command that never waits.
#[command]
pub(crate) fn two_words(co: &Coroutine) -> Result<()> {
    info!("before");
    co.fork([&lookup!(say, text = "first")?])?;
    info!("second");
    Ok(())
}
// end

// guide: swap
/// Holds the arm for a moment, and then raises it.
#[command]
pub(crate) fn swap(co: &Coroutine) -> Result<()> {
    let hold = lookup!(hold_arm)?;
    co.fork([&hold])?;
    co.wait(0.2)?;
    co.fork([&lookup!(raise, angle = 0.5)?])?;
    info!("still holding: {}", hold.is_running());
    co.wait(0.6)
}
// end

// guide: lend
/// Owns the arm throughout, and lends it to a child.
#[command(requires("arm"))]
pub(crate) fn lend(co: &Coroutine) -> Result<()> {
    let voltage = NumberOutput::open("arm.voltage")?;
    voltage.set(1.0)?;
    co.wait(0.2)?;
    co.await_(&lookup!(raise, angle = 0.5)?)?.ok()?;
    voltage.set(1.0)?;
    co.wait(0.2)
}
// end

// guide: careless
/// Forks what fails, and does not look.
#[command]
pub(crate) fn careless(co: &Coroutine) -> Result<()> {
    co.fork([&lookup!(feed)?])?;
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    Ok(())
}
// end

// guide: careful
/// Awaits a command whose child fails.
#[command]
pub(crate) fn careful(co: &Coroutine) -> Result<()> {
    if !co.await_(&lookup!(careless)?)?.is_completed() {
        info!("that went wrong");
    }
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    Ok(())
}
// end

// guide: polite
/// Raises the arm if it may, and drives in any case.
#[command]
pub(crate) fn polite(co: &Coroutine) -> Result<()> {
    co.set_cancel_on_fork_failure(false);
    match co.fork([&lookup!(raise, angle = 0.5)?]) {
        Err(Error::Refused(failure)) => warn!("{} has the arm", failure.refused[0].blocker),
        other => other?,
    }
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    Ok(())
}
// end

// guide: stubborn
/// Raises the arm and drives, or does neither.
#[command]
pub(crate) fn stubborn(co: &Coroutine) -> Result<()> {
    co.fork([&lookup!(raise, angle = 0.5)?])?;
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    Ok(())
}
// end
