use super::check;
use crate::Result;

/// Keeps a value from changing faster than a rate, such as a joystick that would tip the robot.
///
/// ```
/// use gantry_sdk::control::SlewRateLimiter;
///
/// let mut speed = SlewRateLimiter::new(2.0)?;
/// assert_eq!(speed.calculate(1.0, 0.1), 0.2);
/// assert_eq!(speed.calculate(1.0, 0.1), 0.4);
/// assert_eq!(speed.calculate(0.3, 0.1), 0.3);
/// assert_eq!(speed.calculate(f64::NAN, 0.1), 0.3);
/// # Ok::<(), gantry_sdk::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SlewRateLimiter {
    rise: f64,
    fall: f64,
    value: f64,
}

impl SlewRateLimiter {
    /// Starts at zero and changes by `rate` units per second at most.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a rate that is negative or not finite.
    pub fn new(rate: f64) -> Result<Self> {
        Self::with_rates(rate, rate)
    }

    /// Starts at zero, grows by `rise` and falls by `fall` units per second at most.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a rate that is negative or not finite.
    pub fn with_rates(rise: f64, fall: f64) -> Result<Self> {
        Ok(Self {
            rise: check::not_negative("a rate", rise)?,
            fall: check::not_negative("a rate", fall)?,
            value: 0.0,
        })
    }

    /// The value `dt` seconds later, as near to the input as the rate allows. It stays as it is if
    /// the input or `dt` is not finite, or if `dt` is negative.
    pub fn calculate(&mut self, input: f64, dt: f64) -> f64 {
        let change = input - self.value;
        if change.is_finite() && dt.is_finite() && dt >= 0.0 {
            self.value += change.max(-self.fall * dt).min(self.rise * dt);
        }
        self.value
    }

    /// Jumps to a value.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a value that is not finite.
    pub fn reset(&mut self, value: f64) -> Result<()> {
        self.value = check::finite("the value of a rate limiter", value)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_becomes_a_ramp() {
        let mut limiter = SlewRateLimiter::with_rates(2.0, 4.0).unwrap();
        let ramp: Vec<f64> = (0..4).map(|_| limiter.calculate(1.0, 0.25)).collect();
        assert_eq!(ramp, [0.5, 1.0, 1.0, 1.0]);
        assert_eq!(limiter.calculate(-1.0, 0.25), 0.0);
        limiter.reset(5.0).unwrap();
        assert_eq!(limiter.calculate(5.0, 0.25), 5.0);
    }

    #[test]
    fn a_bad_sample_changes_nothing() {
        let mut limiter = SlewRateLimiter::new(2.0).unwrap();
        limiter.calculate(1.0, 0.25);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(limiter.calculate(bad, 0.25), 0.5);
            assert_eq!(limiter.calculate(1.0, bad), 0.5);
            assert!(limiter.reset(bad).is_err());
        }
        assert_eq!(limiter.calculate(1.0, -0.25), 0.5);
        assert_eq!(limiter.calculate(1.0, 0.25), 1.0);
    }

    #[test]
    fn rates_are_numbers() {
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(SlewRateLimiter::new(bad).is_err());
            assert!(SlewRateLimiter::with_rates(1.0, bad).is_err());
        }
    }
}
