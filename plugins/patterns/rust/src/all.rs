//! Of `docs/guide/await-all.md`.

use gantry_sdk::prelude::*;

use crate::blocks::{collect, drive, feed, raise};

// guide: one-by-one
/// Raises the arm, then drives, then collects.
#[command]
pub(crate) fn one_by_one(co: &Coroutine) -> Result<()> {
    let raise = lookup!(raise, angle = 0.5)?;
    let drive = lookup!(drive, distance = 0.5)?;
    for command in [raise, drive, lookup!(collect)?] {
        co.await_(&command)?.ok()?;
    }
    Ok(())
}
// end

// guide: together
/// Raises the arm, drives and collects, all at once.
#[command]
pub(crate) fn together(co: &Coroutine) -> Result<()> {
    let raise = lookup!(raise, angle = 0.5)?;
    let drive = lookup!(drive, distance = 0.5)?;
    for outcome in co.await_all([raise, drive, lookup!(collect)?])? {
        outcome.ok()?;
    }
    Ok(())
}
// end

// guide: together-with-failure
/// Feeds without a ball, and drives.
#[command]
pub(crate) fn together_with_failure(co: &Coroutine) -> Result<()> {
    let outcomes = co.await_all([lookup!(feed)?, lookup!(drive, distance = 0.5)?])?;
    info!("feed: {}", outcomes[0].is_completed());
    info!("drive: {}", outcomes[1].is_completed());
    Ok(())
}
// end
