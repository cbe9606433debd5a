//! The tick's time. It stands still within a tick.

use crate::bindings::gantry::command::clock as wit;

/// Seconds from the start of the robot program to this tick.
pub fn now() -> f64 {
    wit::now()
}

/// Nominal length of a tick in seconds.
pub fn period() -> f64 {
    wit::period()
}

/// Number of this tick, counted from zero.
pub fn tick() -> u64 {
    wit::tick()
}
