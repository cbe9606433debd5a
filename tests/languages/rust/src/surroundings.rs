//! The log, the configuration, and what the language itself offers.

use std::hash::{BuildHasher as _, RandomState};
use std::thread;
use std::time::{Duration, SystemTime};

use gantry_sdk::prelude::*;

use crate::UNICODE;

/// Logs at each level.
#[command]
pub(crate) fn logs() {
    trace!("{UNICODE}");
    debug!("{UNICODE}");
    info!("{UNICODE}");
    warn!("{UNICODE}");
    error!("{UNICODE}");
    println!("printed {UNICODE}");
}

/// Returns the entries `greeting` and `pid.kp`, and the default of a third.
#[command]
pub(crate) fn config() -> Result<String> {
    let config = Config::current();
    let greeting: String = config.require("greeting")?;
    let kp: f64 = config.get_or("pid.kp", 0.0)?;
    let missing: i64 = config.get_or("missing", 7)?;
    Ok(format!("{greeting} {kp} {missing}"))
}

/// Returns the names of all entries.
#[command]
pub(crate) fn config_keys() -> String {
    Config::current().keys().join(",")
}

/// Returns the length of a tick.
#[command]
pub(crate) fn period() -> f64 {
    clock::period()
}

/// Sleeps for 0.1 s with the language's own means, and returns how much robot time has passed.
#[command]
pub(crate) fn sleeps() -> f64 {
    let start = clock::now();
    thread::sleep(Duration::from_millis(100));
    clock::now() - start
}

/// Returns a random number of the language's own.
#[command]
pub(crate) fn random() -> f64 {
    // The standard library has no other random numbers than the keys of its hashes.
    RandomState::new().hash_one(0) as f64 / 2_f64.powi(64)
}

/// Returns how much the language's own clock goes on in 0.1 s of robot time.
#[command]
pub(crate) fn time(co: &Coroutine) -> Result<f64> {
    let start = SystemTime::now();
    co.wait(0.1)?;
    Ok(SystemTime::now().duration_since(start)?.as_secs_f64())
}
