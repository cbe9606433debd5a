//! Patterns of `docs/guide/patterns.md`.

use gantry_sdk::prelude::*;

use crate::blocks::{collect, drive, feed, raise, shoot, spin_up};

// guide: as-a-group
/// Drives and raises the arm then; owns both from the first tick on.
#[command]
pub(crate) fn as_a_group(co: &Coroutine) -> Result<()> {
    let drive = lookup!(drive, distance = 0.6)?;
    let both = Command::sequence([drive, lookup!(raise, angle = 0.5)?]);
    co.await_(&both)?.ok()?;
    Ok(())
}
// end

// guide: as-a-body
/// Drives and raises the arm then; takes the arm when it gets there.
#[command]
pub(crate) fn as_a_body(co: &Coroutine) -> Result<()> {
    co.await_(&lookup!(drive, distance = 0.6)?)?.ok()?;
    co.await_(&lookup!(raise, angle = 0.5)?)?.ok()?;
    Ok(())
}
// end

// guide: prepare
/// Makes the robot ready to shoot, whatever it has done before.
#[command]
pub(crate) fn prepare(co: &Coroutine) -> Result<()> {
    if !Signal::channel("feeder.ball").is_true()?.get() {
        co.await_(&lookup!(collect)?)?.ok()?;
    }
    if NumberInput::open("arm.angle")?.get() < 0.5 {
        co.await_(&lookup!(raise, angle = 0.8)?)?.ok()?;
    }
    Ok(())
}
// end

// guide: meet
/// Drives and collects at once; when both are done, raises the arm and spins up at once.
#[command]
pub(crate) fn meet(co: &Coroutine) -> Result<()> {
    for outcome in co.await_all([lookup!(drive, distance = 0.5)?, lookup!(collect)?])? {
        outcome.ok()?;
    }
    info!("both are done");
    let ready = Command::condition(&Signal::topic("shooter/ready").is_true()?);
    co.fork([&lookup!(spin_up)?])?;
    for outcome in co.await_all([lookup!(raise, angle = 0.5)?, ready])? {
        outcome.ok()?;
    }
    co.await_(&lookup!(feed)?)?.ok()?;
    Ok(())
}
// end

// guide: warm-up
/// Lets the shooter spin up while the robot drives.
#[command]
pub(crate) fn warm_up(co: &Coroutine) -> Result<()> {
    co.fork([&lookup!(spin_up)?])?;
    co.await_(&lookup!(drive, distance = 0.5)?)?.ok()?;
    co.wait_until(&Signal::topic("shooter/ready").is_true()?)?;
    info!("ready to shoot");
    Ok(())
}
// end

// guide: cycle
/// Collects, raises the arm and shoots, as a state machine. B ends it at any time.
#[command]
pub(crate) fn cycle(co: &Coroutine) -> Result<()> {
    let mut machine = StateMachine::new("scoring");
    let fetch = machine.state("fetch", &lookup!(collect)?);
    let aim = machine.state("aim", &lookup!(raise, angle = 0.5)?);
    let score = machine.state("score", &lookup!(shoot)?);
    machine.switch([fetch]).to(aim).on_completion()?;
    machine.switch([aim]).to(score).on_completion()?;
    machine.switch([score]).to_end().on_completion()?;
    let abort = Signal::channel("driver.b").is_true()?;
    machine.switch_from_any().to_end().when(&abort)?;
    co.await_(&machine.build(fetch)?)?.ok()?;
    Ok(())
}
// end

// guide: retry
/// Feeds a ball, in three attempts at most, and returns how many it took.
#[command]
pub(crate) fn retry(co: &Coroutine) -> Result<i64> {
    co.fork([&lookup!(spin_up)?])?;
    for attempt in 1..=3 {
        if co.await_(&lookup!(feed)?)?.is_completed() {
            return Ok(attempt);
        }
        info!("attempt {attempt} failed");
        let _ = co.await_(&lookup!(collect)?.with_timeout(1.0)?)?;
    }
    bail!("three attempts, and no ball")
}
// end
