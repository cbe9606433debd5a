//! Of `docs/guide/await.md`.

use gantry_sdk::prelude::*;

use crate::blocks::{collect, drive, feed, hold_arm, raise, shoot};

// guide: measure
/// Raises the arm, says where it is, and drives.
#[command]
pub(crate) fn measure(co: &Coroutine) -> Result<()> {
    let reached: f64 = co.await_(&lookup!(raise, angle = 0.5)?)?.value()?;
    info!("the arm is at {reached:.1} rad");
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    Ok(())
}
// end

// guide: keep-going
/// Raises the arm further than it goes, unless the driver takes it with A; then drives.
#[command]
pub(crate) fn keep_going(co: &Coroutine) -> Result<()> {
    Signal::channel("driver.a")
        .is_true()?
        .while_true(&lookup!(hold_arm)?)?;
    if let Outcome::Interrupted(by) = co.await_(&lookup!(raise, angle = 2.5)?)? {
        info!("{by} has taken the arm");
    }
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    Ok(())
}
// end

// guide: give-way
/// Raises the arm further than it goes, and drives then.
#[command]
pub(crate) fn give_way(co: &Coroutine) -> Result<()> {
    let outcome = co.await_(&lookup!(raise, angle = 2.5)?)?;
    info!("the arm: {outcome}");
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    Ok(())
}
// end

// guide: lit-drive
/// The lights are on while this lives.
struct Lights(ArrayOutput);

impl Drop for Lights {
    fn drop(&mut self) {
        let _ = self.0.set(&[0.0, 0.0, 0.0]);
        info!("lights off");
    }
}

/// Drives with the lights on, and turns them off however it ends.
#[command(requires("leds"))]
pub(crate) fn lit_drive(co: &Coroutine) -> Result<()> {
    let lights = Lights(ArrayOutput::open("leds.strip")?);
    lights.0.set(&[1.0, 1.0, 1.0])?;
    co.await_(&lookup!(drive, distance = 5.0)?)?.ok()?;
    Ok(())
}
// end

// guide: join
/// Starts to raise the arm, drives, and waits for the arm then.
#[command]
pub(crate) fn join(co: &Coroutine) -> Result<()> {
    let raise = lookup!(raise, angle = 0.8)?;
    co.fork([&raise])?;
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    if raise.is_running() {
        co.await_(&raise)?.ok()?;
    }
    Ok(())
}
// end

// guide: feed-or-collect
/// Feeds a ball. If there is none, it collects one and shoots that.
#[command]
pub(crate) fn feed_or_collect(co: &Coroutine) -> Result<()> {
    if !co.await_(&lookup!(feed)?)?.is_completed() {
        info!("nothing to feed");
        co.await_(&lookup!(collect)?)?.ok()?;
        co.await_(&lookup!(shoot)?)?.ok()?;
    }
    Ok(())
}
// end
