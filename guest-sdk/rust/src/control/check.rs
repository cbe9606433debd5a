//! What gains, limits and rates have to be.

use crate::{Error, Result};

/// A number that is not NaN and not infinite.
pub(super) fn finite(what: &str, value: f64) -> Result<f64> {
    require(what, "a finite number", value, value.is_finite())
}

/// A finite number that is not below zero.
pub(super) fn not_negative(what: &str, value: f64) -> Result<f64> {
    let fits = value.is_finite() && value >= 0.0;
    require(what, "a finite number, zero or more", value, fits)
}

/// A finite number above zero.
pub(super) fn positive(what: &str, value: f64) -> Result<f64> {
    let fits = value.is_finite() && value > 0.0;
    require(what, "a finite number greater than zero", value, fits)
}

fn require(what: &str, rule: &str, value: f64, fits: bool) -> Result<f64> {
    match fits {
        true => Ok(value),
        false => Err(Error::Invalid(format!("{what} is {rule}, not {value}"))),
    }
}
