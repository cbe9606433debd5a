use std::f64::consts::TAU;

/// A controller of the form *u* = kp·*e* + ki·∫*e* d*t* + kd·d*e*/d*t*.
///
/// Source: K. J. Åström and R. M. Murray, *Feedback Systems*, 2nd edition, chapter 11; the clamp
/// on the integral against wind-up and the derivative of the measurement are its sections 11.4
/// and 11.5. The integral is summed by the rectangle rule and the derivative is a backward
/// difference.
///
/// ```
/// use gantry_sdk::control::Pid;
///
/// let mut heading = Pid::new(3.0, 0.0, 0.2).continuous().tolerance(0.02, 0.1);
/// // The short way from 3 rad to −3 rad leads through π.
/// assert!(heading.calculate(-3.0, 3.0, 0.02) > 0.0);
/// assert!(!heading.at_setpoint());
/// ```
#[derive(Debug, Clone)]
pub struct Pid {
    kp: f64,
    ki: f64,
    kd: f64,
    integral_limit: f64,
    output_limit: f64,
    derivative_on: DerivativeOn,
    continuous: bool,
    position_tolerance: f64,
    velocity_tolerance: f64,
    /// The integral's share of the output, ki·∫e dt, so that its limit is one of the output.
    integral: f64,
    previous: Option<Sample>,
    /// Of the error, per second.
    velocity: f64,
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
    pub fn new(kp: f64, ki: f64, kd: f64) -> Self {
        Self {
            kp,
            ki,
            kd,
            integral_limit: f64::INFINITY,
            output_limit: f64::INFINITY,
            derivative_on: DerivativeOn::default(),
            continuous: false,
            position_tolerance: 0.0,
            velocity_tolerance: f64::INFINITY,
            integral: 0.0,
            previous: None,
            velocity: 0.0,
        }
    }

    /// Keeps the integral part within ±`limit`, in the output's unit.
    #[must_use]
    pub fn integral_limit(mut self, limit: f64) -> Self {
        self.integral_limit = limit.abs();
        self
    }

    /// Keeps the output within ±`limit`, in its unit.
    #[must_use]
    pub fn output_limit(mut self, limit: f64) -> Self {
        self.output_limit = limit.abs();
        self
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
    #[must_use]
    pub fn tolerance(mut self, error: f64, velocity: f64) -> Self {
        self.position_tolerance = error;
        self.velocity_tolerance = velocity;
        self
    }

    /// The output for this setpoint and measurement, `dt` seconds after the last one.
    pub fn calculate(&mut self, setpoint: f64, measurement: f64, dt: f64) -> f64 {
        let error = self.difference(setpoint, measurement);
        let mut damping = 0.0;
        if let Some(previous) = self.previous
            && dt > 0.0
        {
            self.velocity = self.difference(error, previous.error) / dt;
            damping = match self.derivative_on {
                DerivativeOn::Error => self.velocity,
                DerivativeOn::Measurement => {
                    -self.difference(measurement, previous.measurement) / dt
                }
            };
        }
        self.previous = Some(Sample { error, measurement });
        self.integral =
            (self.integral + self.ki * error * dt).clamp(-self.integral_limit, self.integral_limit);
        (self.kp * error + self.integral + self.kd * damping)
            .clamp(-self.output_limit, self.output_limit)
    }

    /// The error of the last calculation, in the measurement's unit.
    pub fn error(&self) -> f64 {
        self.previous.map_or(0.0, |previous| previous.error)
    }

    /// Whether the last error and its speed are within the [tolerance](Self::tolerance). False
    /// before the first calculation.
    pub fn at_setpoint(&self) -> bool {
        self.previous.is_some_and(|previous| {
            previous.error.abs() <= self.position_tolerance
                && self.velocity.abs() <= self.velocity_tolerance
        })
    }

    /// Forgets the integral and the last measurement.
    pub fn reset(&mut self) {
        self.integral = 0.0;
        self.previous = None;
        self.velocity = 0.0;
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

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    const DT: f64 = 0.02;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn each_part_is_what_its_formula_says() {
        close(Pid::new(3.0, 0.0, 0.0).calculate(2.0, 0.5, DT), 4.5);

        // ∫ 1.5 dt over a second.
        let mut pid = Pid::new(0.0, 2.0, 0.0);
        let last = (0..50).map(|_| pid.calculate(2.0, 0.5, DT)).last();
        close(last.unwrap(), 3.0);

        // The error falls by 0.1 in 20 ms: −5 per second.
        let mut pid = Pid::new(0.0, 0.0, 0.4);
        close(pid.calculate(1.0, 0.0, DT), 0.0);
        close(pid.calculate(1.0, 0.1, DT), -2.0);
    }

    #[test]
    fn a_first_order_plant_follows_the_exponential() {
        // x' = u = kp·(1 − x) gives x(t) = 1 − exp(−kp·t).
        let (kp, dt) = (2.0, 1e-4);
        let mut pid = Pid::new(kp, 0.0, 0.0);
        let mut x = 0.0;
        for _ in 0..10_000 {
            x += pid.calculate(1.0, x, dt) * dt;
        }
        assert!((x - (1.0 - (-kp).exp())).abs() < 1e-3);
    }

    #[test]
    fn the_integral_does_not_wind_up() {
        let mut pid = Pid::new(0.0, 1.0, 0.0).integral_limit(0.5);
        for _ in 0..1000 {
            pid.calculate(10.0, 0.0, DT);
        }
        // One step back is enough to leave the limit.
        assert!(pid.calculate(-10.0, 0.0, DT) < 0.5);
    }

    #[test]
    fn a_jump_of_the_setpoint_kicks_only_the_derivative_of_the_error() {
        let after_jump = |what| {
            let mut pid = Pid::new(0.0, 0.0, 1.0).derivative_on(what);
            pid.calculate(0.0, 0.0, DT);
            pid.calculate(1.0, 0.0, DT)
        };
        close(after_jump(DerivativeOn::Error), 1.0 / DT);
        close(after_jump(DerivativeOn::Measurement), 0.0);
    }

    #[test]
    fn an_angle_takes_the_shorter_way_round() {
        let mut pid = Pid::new(1.0, 0.0, 0.0).continuous();
        close(pid.calculate(-3.0, 3.0, DT), 2.0 * PI - 6.0);
        // A heading that counts on over full turns is the same angle.
        close(pid.calculate(0.5, 4.0 * PI, DT), 0.5);
    }

    #[test]
    fn the_derivative_does_not_jump_at_the_seam_of_an_angle() {
        let mut pid = Pid::new(0.0, 0.0, 1.0).continuous();
        pid.calculate(0.0, PI - 0.01, DT);
        let damping = pid.calculate(0.0, PI + 0.01, DT);
        close(damping, -0.02 / DT);
    }

    #[test]
    fn tolerance_asks_for_rest() {
        let mut pid = Pid::new(1.0, 0.0, 0.0).tolerance(0.1, 0.5);
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
            Pid::new(100.0, 0.0, 0.0)
                .output_limit(12.0)
                .calculate(-1.0, 0.0, DT),
            -12.0,
        );
    }
}
