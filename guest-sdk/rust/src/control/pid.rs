use std::f64::consts::TAU;

use super::check;
use crate::Result;

/// A controller of the form *u* = kp·*e* + ki·∫*e* d*t* + kd·d*e*/d*t*.
///
/// Source: K. J. Åström and R. M. Murray, *Feedback Systems*, 2nd edition, chapter 11; the clamp
/// on the integral against wind-up and the derivative of the measurement are its sections 11.4
/// and 11.5. The integral is summed by the rectangle rule and the derivative is a backward
/// difference.
///
/// A sample that is not finite is left out: the controller answers 0 for it and goes on with the
/// next good one as if it had been looked at that much later.
///
/// ```
/// use gantry_sdk::control::Pid;
///
/// let mut heading = Pid::new(3.0, 0.0, 0.2)?.continuous().tolerance(0.02, 0.1)?;
/// // The short way from 3 rad to −3 rad leads through π.
/// assert!(heading.calculate(-3.0, 3.0, 0.02) > 0.0);
/// assert!(!heading.at_setpoint());
/// assert_eq!(heading.calculate(-3.0, f64::NAN, 0.02), 0.0);
/// # Ok::<(), gantry_sdk::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pid {
    kp: f64,
    ki: f64,
    kd: f64,
    integral_limit: Option<f64>,
    output_limit: Option<f64>,
    derivative_on: DerivativeOn,
    continuous: bool,
    position_tolerance: f64,
    velocity_tolerance: Option<f64>,
    /// The integral's share of the output, ki·∫e dt, so that its limit is one of the output.
    integral: f64,
    previous: Option<Sample>,
    /// Of the error, per second.
    velocity: f64,
    /// Seconds since `previous` in which only bad samples came.
    skipped: f64,
    /// Whether the last sample was a bad one.
    is_blind: bool,
}

/// What the derivative part looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DerivativeOn {
    /// The error: it kicks when the setpoint jumps.
    #[default]
    Error,
    /// The measurement: it only damps, and takes no part in a moving setpoint.
    Measurement,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    error: f64,
    measurement: f64,
}

impl Pid {
    /// A controller with these gains: output per unit of error, per unit·second, and per
    /// unit/second. Without limits, and never within tolerance until [`tolerance`](Self::tolerance)
    /// is called.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a gain that is not finite.
    pub fn new(kp: f64, ki: f64, kd: f64) -> Result<Self> {
        Ok(Self {
            kp: check::finite("kp", kp)?,
            ki: check::finite("ki", ki)?,
            kd: check::finite("kd", kd)?,
            integral_limit: None,
            output_limit: None,
            derivative_on: DerivativeOn::default(),
            continuous: false,
            position_tolerance: 0.0,
            velocity_tolerance: None,
            integral: 0.0,
            previous: None,
            velocity: 0.0,
            skipped: 0.0,
            is_blind: false,
        })
    }

    /// Keeps the integral part within ±`limit`, in the output's unit.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit that is negative or not finite.
    pub fn integral_limit(mut self, limit: f64) -> Result<Self> {
        self.integral_limit = Some(check::not_negative("the limit of an integral", limit)?);
        Ok(self)
    }

    /// Keeps the output within ±`limit`, in its unit.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit that is negative or not finite.
    pub fn output_limit(mut self, limit: f64) -> Result<Self> {
        self.output_limit = Some(check::not_negative("the limit of an output", limit)?);
        Ok(self)
    }

    /// Chooses what the derivative part looks at.
    #[must_use]
    pub fn derivative_on(mut self, what: DerivativeOn) -> Self {
        self.derivative_on = what;
        self
    }

    /// Measures an angle in radians: the error is the shorter way round.
    #[must_use]
    pub fn continuous(mut self) -> Self {
        self.continuous = true;
        self
    }

    /// When the controller is [at its setpoint](Self::at_setpoint): the largest error, in the
    /// measurement's unit, and the largest speed of the error, per second.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a tolerance that is negative or not finite.
    pub fn tolerance(mut self, error: f64, velocity: f64) -> Result<Self> {
        self.position_tolerance = check::not_negative("the tolerance of an error", error)?;
        self.velocity_tolerance = Some(check::not_negative("the tolerance of a speed", velocity)?);
        Ok(self)
    }

    /// The output for this setpoint and measurement, `dt` seconds after the last one. It is always
    /// finite: 0 if any of the three, or what comes of them, is not, or if `dt` is negative.
    pub fn calculate(&mut self, setpoint: f64, measurement: f64, dt: f64) -> f64 {
        let elapsed = dt + self.skipped;
        let next = self.step(setpoint, measurement, elapsed);
        let Some((output, integral, velocity, sample)) = next.filter(|_| dt >= 0.0) else {
            if dt > 0.0 && elapsed.is_finite() {
                self.skipped = elapsed;
            }
            self.is_blind = true;
            return 0.0;
        };
        self.integral = integral;
        self.velocity = velocity;
        self.previous = Some(sample);
        self.skipped = 0.0;
        self.is_blind = false;
        output
    }

    /// The output, the integral, the velocity and the sample, if all of it is finite.
    fn step(&self, setpoint: f64, measurement: f64, dt: f64) -> Option<(f64, f64, f64, Sample)> {
        let error = self.difference(setpoint, measurement);
        let (mut velocity, mut damping) = (self.velocity, 0.0);
        if let Some(previous) = self.previous
            && dt > 0.0
        {
            velocity = self.difference(error, previous.error) / dt;
            damping = match self.derivative_on {
                DerivativeOn::Error => velocity,
                DerivativeOn::Measurement => {
                    -self.difference(measurement, previous.measurement) / dt
                }
            };
        }
        let integral = within(self.integral + self.ki * error * dt, self.integral_limit);
        let output = within(
            self.kp * error + integral + self.kd * damping,
            self.output_limit,
        );
        [output, integral, velocity, error, measurement, dt]
            .iter()
            .all(|value| value.is_finite())
            .then_some((output, integral, velocity, Sample { error, measurement }))
    }

    /// The error of the last good calculation, in the measurement's unit.
    pub fn error(&self) -> f64 {
        self.previous.map_or(0.0, |previous| previous.error)
    }

    /// Whether the last error and its speed are within the [tolerance](Self::tolerance). False
    /// before the first calculation, and after a sample that was not finite.
    pub fn at_setpoint(&self) -> bool {
        self.previous.is_some_and(|previous| {
            !self.is_blind
                && previous.error.abs() <= self.position_tolerance
                && self
                    .velocity_tolerance
                    .is_none_or(|most| self.velocity.abs() <= most)
        })
    }

    /// Forgets the integral and the last measurement.
    pub fn reset(&mut self) {
        self.integral = 0.0;
        self.previous = None;
        self.velocity = 0.0;
        self.skipped = 0.0;
        self.is_blind = false;
    }

    fn difference(&self, from: f64, to: f64) -> f64 {
        let difference = from - to;
        if self.continuous {
            difference - TAU * (difference / TAU).round()
        } else {
            difference
        }
    }
}

/// A value kept within ±`limit`. A NaN stays one.
fn within(value: f64, limit: Option<f64>) -> f64 {
    limit.map_or(value, |limit| value.clamp(-limit, limit))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    const DT: f64 = 0.02;
    const BAD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

    fn controller(kp: f64, ki: f64, kd: f64) -> Pid {
        Pid::new(kp, ki, kd).unwrap()
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn each_part_is_what_its_formula_says() {
        close(controller(3.0, 0.0, 0.0).calculate(2.0, 0.5, DT), 4.5);

        // ∫ 1.5 dt over a second.
        let mut pid = controller(0.0, 2.0, 0.0);
        let last = (0..50).map(|_| pid.calculate(2.0, 0.5, DT)).last();
        close(last.unwrap(), 3.0);

        // The error falls by 0.1 in 20 ms: −5 per second.
        let mut pid = controller(0.0, 0.0, 0.4);
        close(pid.calculate(1.0, 0.0, DT), 0.0);
        close(pid.calculate(1.0, 0.1, DT), -2.0);
    }

    #[test]
    fn a_first_order_plant_follows_the_exponential() {
        // x' = u = kp·(1 − x) gives x(t) = 1 − exp(−kp·t).
        let (kp, dt) = (2.0, 1e-4);
        let mut pid = controller(kp, 0.0, 0.0);
        let mut x = 0.0;
        for _ in 0..10_000 {
            x += pid.calculate(1.0, x, dt) * dt;
        }
        assert!((x - (1.0 - (-kp).exp())).abs() < 1e-3);
    }

    #[test]
    fn the_integral_does_not_wind_up() {
        let mut pid = controller(0.0, 1.0, 0.0).integral_limit(0.5).unwrap();
        for _ in 0..1000 {
            pid.calculate(10.0, 0.0, DT);
        }
        // One step back is enough to leave the limit.
        assert!(pid.calculate(-10.0, 0.0, DT) < 0.5);
    }

    #[test]
    fn a_jump_of_the_setpoint_kicks_only_the_derivative_of_the_error() {
        let after_jump = |what| {
            let mut pid = controller(0.0, 0.0, 1.0).derivative_on(what);
            pid.calculate(0.0, 0.0, DT);
            pid.calculate(1.0, 0.0, DT)
        };
        close(after_jump(DerivativeOn::Error), 1.0 / DT);
        close(after_jump(DerivativeOn::Measurement), 0.0);
    }

    #[test]
    fn an_angle_takes_the_shorter_way_round() {
        let mut pid = controller(1.0, 0.0, 0.0).continuous();
        close(pid.calculate(-3.0, 3.0, DT), 2.0 * PI - 6.0);
        // A heading that counts on over full turns is the same angle.
        close(pid.calculate(0.5, 4.0 * PI, DT), 0.5);
    }

    #[test]
    fn the_derivative_does_not_jump_at_the_seam_of_an_angle() {
        let mut pid = controller(0.0, 0.0, 1.0).continuous();
        pid.calculate(0.0, PI - 0.01, DT);
        let damping = pid.calculate(0.0, PI + 0.01, DT);
        close(damping, -0.02 / DT);
    }

    #[test]
    fn tolerance_asks_for_rest() {
        let mut pid = controller(1.0, 0.0, 0.0).tolerance(0.1, 0.5).unwrap();
        assert!(!pid.at_setpoint());
        pid.calculate(1.0, 0.0, DT);
        assert!(!pid.at_setpoint());
        pid.calculate(1.0, 0.95, DT);
        assert!(!pid.at_setpoint(), "it is still moving");
        pid.calculate(1.0, 0.95, DT);
        assert!(pid.at_setpoint());
        pid.reset();
        assert!(!pid.at_setpoint());
    }

    #[test]
    fn the_output_is_limited() {
        close(
            controller(100.0, 0.0, 0.0)
                .output_limit(12.0)
                .unwrap()
                .calculate(-1.0, 0.0, DT),
            -12.0,
        );
    }

    #[test]
    fn a_bad_sample_is_left_out() {
        for bad in BAD {
            for sample in 0..3 {
                let mut hit = controller(2.0, 3.0, 0.5).integral_limit(4.0).unwrap();
                let mut spared = hit.clone();
                hit.calculate(1.0, 0.1, DT);
                spared.calculate(1.0, 0.1, DT);
                let mut given = [1.0, 0.2, DT];
                given[sample] = bad;
                assert_eq!(hit.calculate(given[0], given[1], given[2]), 0.0);
                // As if nobody had looked in that tick.
                let dt = if sample == 2 { DT } else { 2.0 * DT };
                close(hit.calculate(1.0, 0.3, DT), spared.calculate(1.0, 0.3, dt));
                close(hit.calculate(1.0, 0.4, DT), spared.calculate(1.0, 0.4, DT));
            }
        }
    }

    #[test]
    fn nothing_is_at_its_setpoint_by_a_bad_sample() {
        let mut pid = controller(1.0, 0.0, 0.0).tolerance(0.1, 10.0).unwrap();
        pid.calculate(1.0, 1.0, DT);
        assert!(pid.at_setpoint());
        pid.calculate(1.0, f64::NAN, DT);
        assert!(!pid.at_setpoint());
        pid.calculate(1.0, 1.0, DT);
        assert!(pid.at_setpoint());
    }

    #[test]
    fn what_is_too_large_is_no_output() {
        let mut pid = controller(f64::MAX, f64::MAX, 0.0);
        assert_eq!(pid.calculate(10.0, 0.0, DT), 0.0);
        assert_eq!(pid.calculate(1.0, 1.0, -1.0), 0.0);
        assert_eq!(pid.calculate(0.0, 0.0, DT), 0.0);
    }

    #[test]
    fn limits_and_gains_are_numbers() {
        for bad in BAD {
            assert!(Pid::new(bad, 0.0, 0.0).is_err());
            assert!(Pid::new(0.0, bad, 0.0).is_err());
            assert!(Pid::new(0.0, 0.0, bad).is_err());
        }
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(controller(1.0, 0.0, 0.0).integral_limit(bad).is_err());
            assert!(controller(1.0, 0.0, 0.0).output_limit(bad).is_err());
            assert!(controller(1.0, 0.0, 0.0).tolerance(bad, 0.0).is_err());
            assert!(controller(1.0, 0.0, 0.0).tolerance(0.0, bad).is_err());
        }
        let error = controller(1.0, 0.0, 0.0).integral_limit(-1.0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the limit of an integral is a finite number, zero or more, not -1"
        );
    }
}
