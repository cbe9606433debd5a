//! Between the types of this version and the plain ones.

use std::time::Duration;

use gantry_scheduler as plain;
use gantry_scheduler::{ForkFailure, Refusal};

use super::bindings::gantry::command::types as wit;
use crate::run::Denied;

impl From<plain::Value> for wit::Value {
    fn from(value: plain::Value) -> Self {
        match value {
            plain::Value::Boolean(value) => wit::Value::Boolean(value),
            plain::Value::Integer(value) => wit::Value::Integer(value),
            plain::Value::Number(value) => wit::Value::Number(value),
            plain::Value::Text(value) => wit::Value::Text(value.to_string()),
            plain::Value::Numbers(value) => wit::Value::Numbers(value.to_vec()),
        }
    }
}

impl From<wit::Value> for plain::Value {
    fn from(value: wit::Value) -> Self {
        match value {
            wit::Value::Boolean(value) => plain::Value::Boolean(value),
            wit::Value::Integer(value) => plain::Value::Integer(value),
            wit::Value::Number(value) => plain::Value::Number(value),
            wit::Value::Text(value) => plain::Value::Text(value.into()),
            wit::Value::Numbers(value) => plain::Value::Numbers(value.into()),
            // A guest has no business making one, and its text is all there is to it.
            wit::Value::Other(text) => plain::Value::Text(text.into()),
        }
    }
}

impl From<plain::Outcome> for wit::Outcome {
    fn from(outcome: plain::Outcome) -> Self {
        match outcome {
            plain::Outcome::Completed(value) => wit::Outcome::Completed(value.map(Into::into)),
            plain::Outcome::Failed(failure) => wit::Outcome::Failed(failure.to_string()),
            plain::Outcome::Canceled => wit::Outcome::Canceled,
            plain::Outcome::Interrupted(by) => wit::Outcome::Interrupted(by.to_string()),
        }
    }
}

impl From<Refusal> for wit::Refusal {
    fn from(refusal: Refusal) -> Self {
        wit::Refusal {
            reason: refusal.to_string(),
            blocker: refusal.blocker.name().to_owned(),
            command: refusal.command.to_string(),
        }
    }
}

impl From<ForkFailure> for wit::ForkFailure {
    fn from(failure: ForkFailure) -> Self {
        wit::ForkFailure {
            forked: failure.forked.iter().map(ToString::to_string).collect(),
            refused: failure.refused.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Denied> for wit::SchedulingError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Canceled => wit::SchedulingError::Canceled,
            Denied::Refused(failure) => wit::SchedulingError::Refused(failure.into()),
            Denied::Invalid(message) => wit::SchedulingError::Invalid(message),
        }
    }
}

/// Longer than any robot runs, and short enough to be added to any time.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A time to wait: what is negative is over at once.
pub(super) fn wait(seconds: f64) -> Result<Duration, String> {
    if !seconds.is_finite() {
        return Err(format!(
            "a time of {seconds} s; give a finite number of seconds"
        ));
    }
    Ok(Duration::try_from_secs_f64(seconds.max(0.0))
        .unwrap_or(FOREVER)
        .min(FOREVER))
}

/// A time that must not be negative.
pub(super) fn span(seconds: f64) -> Result<Duration, String> {
    if seconds < 0.0 {
        return Err(format!("a time of {seconds} s; give zero or more"));
    }
    wait(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_finite_and_saturate() {
        assert_eq!(wait(0.25), Ok(Duration::from_millis(250)));
        assert_eq!(wait(-3.0), Ok(Duration::ZERO));
        assert_eq!(wait(f64::MAX), Ok(FOREVER));
        assert!(wait(f64::NAN).is_err());
        assert!(wait(f64::NEG_INFINITY).is_err());
        assert_eq!(
            span(-0.5),
            Err("a time of -0.5 s; give zero or more".to_owned())
        );
        assert_eq!(span(0.5), Ok(Duration::from_millis(500)));
    }
}
