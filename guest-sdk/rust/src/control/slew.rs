/// Keeps a value from changing faster than a rate, such as a joystick that would tip the robot.
///
/// ```
/// use gantry_sdk::control::SlewRateLimiter;
///
/// let mut speed = SlewRateLimiter::new(2.0);
/// assert_eq!(speed.calculate(1.0, 0.1), 0.2);
/// assert_eq!(speed.calculate(1.0, 0.1), 0.4);
/// assert_eq!(speed.calculate(0.3, 0.1), 0.3);
/// ```
#[derive(Debug, Clone)]
pub struct SlewRateLimiter {
    rise: f64,
    fall: f64,
    value: f64,
}

impl SlewRateLimiter {
    /// Starts at zero and changes by `rate` units per second at most.
    pub fn new(rate: f64) -> Self {
        Self::with_rates(rate, rate)
    }

    /// Starts at zero, grows by `rise` and falls by `fall` units per second at most.
    pub fn with_rates(rise: f64, fall: f64) -> Self {
        Self {
            rise: rise.abs(),
            fall: fall.abs(),
            value: 0.0,
        }
    }

    /// The value `dt` seconds later, as near to the input as the rate allows.
    pub fn calculate(&mut self, input: f64, dt: f64) -> f64 {
        self.value += (input - self.value).clamp(-self.fall * dt, self.rise * dt);
        self.value
    }

    /// Jumps to a value.
    pub fn reset(&mut self, value: f64) {
        self.value = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_becomes_a_ramp() {
        let mut limiter = SlewRateLimiter::with_rates(2.0, 4.0);
        let ramp: Vec<f64> = (0..4).map(|_| limiter.calculate(1.0, 0.25)).collect();
        assert_eq!(ramp, [0.5, 1.0, 1.0, 1.0]);
        assert_eq!(limiter.calculate(-1.0, 0.25), 0.0);
        limiter.reset(5.0);
        assert_eq!(limiter.calculate(5.0, 0.25), 5.0);
    }
}
