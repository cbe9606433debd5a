//! What moves between two hard stops.

use super::SimError;
use super::builder::Arguments;
use super::device::Observed;

/// Standard gravity, in m/s² (3rd General Conference on Weights and Measures, 1901).
pub(super) const GRAVITY: f64 = 9.806_65;

/// A position between two hard stops that take all speed out of what hits them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Travel {
    pub(super) position: f64,
    pub(super) velocity: f64,
    least: f64,
    greatest: f64,
    /// How near to a stop a limit switch on it closes.
    near: f64,
}

impl Travel {
    /// Reads the parameters for the lower stop, the upper stop and the start.
    pub(super) fn from_arguments(
        a: &Arguments<'_>,
        [lower, upper, start]: [&str; 3],
        near: f64,
    ) -> Result<Self, SimError> {
        let (least, greatest) = (a.number(lower), a.number(upper));
        if least >= greatest {
            return Err(a.bad(upper, &format!("it is not above {lower}, {least}")));
        }
        let position = a.number(start);
        if !(least..=greatest).contains(&position) {
            let problem = format!("it is not between the hard stops, {least} and {greatest}");
            return Err(a.bad(start, &problem));
        }
        Ok(Self {
            position,
            velocity: 0.0,
            least,
            greatest,
            near,
        })
    }

    /// Moves on for `h` seconds, in which the velocity has changed steadily to `velocity`.
    pub(super) fn advance(&mut self, velocity: f64, h: f64) {
        self.position += 0.5 * h * (self.velocity + velocity);
        self.velocity = velocity;
        if self.position <= self.least {
            self.position = self.least;
            self.velocity = velocity.max(0.0);
        } else if self.position >= self.greatest {
            self.position = self.greatest;
            self.velocity = velocity.min(0.0);
        }
    }

    pub(super) fn observed(&self, voltage: f64) -> Observed {
        Observed {
            position: self.position,
            velocity: self.velocity,
            voltage,
            at_stop: [
                self.position <= self.least + self.near,
                self.position >= self.greatest - self.near,
            ],
            ..Observed::default()
        }
    }
}
