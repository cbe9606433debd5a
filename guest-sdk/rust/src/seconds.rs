//! Durations as people write them.

use std::time::Duration;

/// A length of time: a number of seconds, or a [`Duration`].
///
/// ```
/// use std::time::Duration;
/// use gantry_sdk::Seconds;
///
/// assert_eq!(Seconds::from(0.25), Seconds::from(Duration::from_millis(250)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Seconds(pub f64);

impl From<f64> for Seconds {
    fn from(seconds: f64) -> Self {
        Self(seconds)
    }
}

impl From<Duration> for Seconds {
    fn from(duration: Duration) -> Self {
        Self(duration.as_secs_f64())
    }
}
