//! The calls that wait, and what is left of a run that is canceled in one.

use std::convert::Infallible;

use gantry_sdk::prelude::*;

use crate::Cleanup;

/// Waits for ticks, and returns how many.
#[command]
pub(crate) fn yields(co: &Coroutine, #[default(3)] n: i64) -> Result<i64> {
    let start = clock::tick();
    for _ in 0..n {
        co.yield_()?;
    }
    Ok((clock::tick() - start) as i64)
}

/// Waits, and returns how long.
#[command]
pub(crate) fn waits(
    co: &Coroutine,
    #[unit("s")]
    #[default(0.1)]
    seconds: f64,
) -> Result<f64> {
    let start = clock::now();
    co.wait(seconds)?;
    Ok(clock::now() - start)
}

/// Waits for the topic `lang/go`, and returns `met` or `timed out`.
#[command]
pub(crate) fn waits_until(
    co: &Coroutine,
    #[unit("s")]
    #[default(0.1)]
    timeout: f64,
) -> Result<String> {
    let go = Signal::topic("lang/go").is_true()?;
    Ok(match co.wait_until_timeout(&go, timeout)? {
        WaitResult::Met => "met".to_owned(),
        WaitResult::TimedOut => "timed out".to_owned(),
    })
}

/// Waits until it is canceled.
#[command]
pub(crate) fn parks(co: &Coroutine) -> Result<Infallible> {
    co.park()
}

/// Holds the arm until it is canceled.
#[command(requires("arm"))]
pub(crate) fn holds(co: &Coroutine) -> Result<Infallible> {
    co.park()
}

/// Waits until it is canceled, while the robot is disabled, too.
#[command(priority = -1, runs_while_disabled)]
pub(crate) fn stays(co: &Coroutine) -> Result<Infallible> {
    co.park()
}

/// Parks, and publishes `lang/cleaned` when it is canceled.
#[command]
pub(crate) fn cleans_up(co: &Coroutine) -> Result<Infallible> {
    let _cleanup = Cleanup("park".to_owned());
    co.park()
}

/// Waits in the call of that name, and publishes `lang/cleaned` when it is canceled.
#[command]
pub(crate) fn cleans_up_at(co: &Coroutine, call: String) -> Result<()> {
    let _cleanup = Cleanup(call.clone());
    let parks = lookup!(parks)?;
    let yields = lookup!(yields, n = 1)?;
    let waits = lookup!(waits, seconds = 1000.0)?;
    let never = Signal::topic("lang/never").is_true()?;
    match call.as_str() {
        "yield" => loop {
            co.yield_()?;
        },
        "wait" => co.wait(1000.0),
        "wait-until" => co.wait_until(&never),
        "park" => match co.park()? {},
        "await" => co.await_(&parks).map(drop),
        "await-all" => co.await_all([&parks, &yields]).map(drop),
        "await-any" => co.await_any([&parks, &waits]).map(drop),
        "sleep" => {
            // It returns early when the run is canceled; the next call says so.
            std::thread::sleep(std::time::Duration::from_secs(1000));
            co.yield_()
        }
        _ => bail!("there is no call `{call}`"),
    }
}
