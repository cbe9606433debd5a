/// The voltage that a motor needs for a motion, without gravity:
/// *u* = ks·sgn(*v*) + kv·*v* + ka·*a*.
///
/// Source: T. Veness, *Controls Engineering in the FIRST Robotics Competition*, "DC motor
/// feedforward". For a gearmotor of free speed ω at 12 V, kv is 12 V/ω at the wheel, and
/// ka = kv·τ with the time constant τ of the mechanism.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimpleFeedforward {
    /// Against static friction, in V.
    pub ks: f64,
    /// In V per unit of velocity.
    pub kv: f64,
    /// In V per unit of acceleration.
    pub ka: f64,
}

/// The voltage that an elevator needs: as [`SimpleFeedforward`], and kg against gravity, which is
/// the same at every height.
///
/// Source: as there, "Elevator feedforward". kg is the voltage that just holds the carriage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ElevatorFeedforward {
    /// Against static friction, in V.
    pub ks: f64,
    /// Against gravity, in V.
    pub kg: f64,
    /// In V per unit of velocity.
    pub kv: f64,
    /// In V per unit of acceleration.
    pub ka: f64,
}

/// The voltage that an arm needs: as [`SimpleFeedforward`], and kg·cos(angle) against gravity.
///
/// Source: as there, "Single-jointed arm feedforward". kg is the voltage that just holds the arm
/// when it is level, which is at angle zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmFeedforward {
    /// Against static friction, in V.
    pub ks: f64,
    /// Against gravity when the arm is level, in V.
    pub kg: f64,
    /// In V per unit of velocity.
    pub kv: f64,
    /// In V per unit of acceleration.
    pub ka: f64,
}

impl SimpleFeedforward {
    /// The voltage for this velocity and acceleration; 0 if it would not be finite.
    pub fn volts(&self, velocity: f64, acceleration: f64) -> f64 {
        finite_or_zero(self.motion(velocity, acceleration))
    }

    fn motion(&self, velocity: f64, acceleration: f64) -> f64 {
        let against_friction = if velocity == 0.0 {
            0.0
        } else {
            self.ks.copysign(velocity)
        };
        against_friction + self.kv * velocity + self.ka * acceleration
    }
}

impl ElevatorFeedforward {
    /// The voltage for this velocity and acceleration, upwards; 0 if it would not be finite.
    pub fn volts(&self, velocity: f64, acceleration: f64) -> f64 {
        let Self { ks, kg, kv, ka } = *self;
        finite_or_zero(SimpleFeedforward { ks, kv, ka }.motion(velocity, acceleration) + kg)
    }
}

impl ArmFeedforward {
    /// The voltage at this angle from level, in radians, for this velocity and acceleration; 0 if
    /// it would not be finite.
    pub fn volts(&self, angle: f64, velocity: f64, acceleration: f64) -> f64 {
        let Self { ks, kg, kv, ka } = *self;
        let motion = SimpleFeedforward { ks, kv, ka }.motion(velocity, acceleration);
        finite_or_zero(motion + kg * angle.cos())
    }
}

fn finite_or_zero(volts: f64) -> f64 {
    if volts.is_finite() { volts } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{FRAC_PI_2, FRAC_PI_3, PI};

    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn friction_acts_against_the_motion_and_not_at_rest() {
        let feedforward = SimpleFeedforward {
            ks: 0.2,
            kv: 2.0,
            ka: 0.5,
        };
        close(feedforward.volts(0.0, 0.0), 0.0);
        close(feedforward.volts(1.0, 2.0), 0.2 + 2.0 + 1.0);
        close(feedforward.volts(-1.0, 0.0), -2.2);
    }

    #[test]
    fn a_motor_driven_by_it_keeps_to_the_trajectory() {
        // τ·v' + v = u/kv, driven along v(t) = 3·t with kv = 2 V·s/m and τ = 0.25 s.
        let (kv, tau, dt) = (2.0, 0.25, 1e-4);
        let feedforward = SimpleFeedforward {
            ks: 0.0,
            kv,
            ka: kv * tau,
        };
        let mut velocity = 0.0;
        for step in 0..10_000 {
            let volts = feedforward.volts(3.0 * f64::from(step) * dt, 3.0);
            velocity += (volts / kv - velocity) / tau * dt;
        }
        assert!((velocity - 3.0).abs() < 1e-3);
    }

    #[test]
    fn gravity_holds_an_elevator_everywhere_and_an_arm_by_its_angle() {
        let elevator = ElevatorFeedforward {
            ks: 0.1,
            kg: 0.8,
            kv: 4.0,
            ka: 0.0,
        };
        close(elevator.volts(0.0, 0.0), 0.8);
        close(elevator.volts(-0.5, 0.0), 0.8 - 0.1 - 2.0);

        let arm = ArmFeedforward {
            ks: 0.0,
            kg: 1.2,
            kv: 1.0,
            ka: 0.1,
        };
        close(arm.volts(0.0, 0.0, 0.0), 1.2);
        close(arm.volts(FRAC_PI_3, 0.0, 0.0), 0.6);
        close(arm.volts(FRAC_PI_2, 0.0, 0.0), 0.0);
        close(arm.volts(PI, 2.0, 1.0), -1.2 + 2.0 + 0.1);
    }

    #[test]
    fn what_is_no_number_asks_for_no_voltage() {
        let (ks, kg, kv, ka) = (0.1, 0.8, 4.0, 0.5);
        let simple = SimpleFeedforward { ks, kv, ka };
        let elevator = ElevatorFeedforward { ks, kg, kv, ka };
        let arm = ArmFeedforward { ks, kg, kv, ka };
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            close(simple.volts(bad, 0.0), 0.0);
            close(simple.volts(1.0, bad), 0.0);
            close(elevator.volts(bad, 0.0), 0.0);
            close(elevator.volts(1.0, bad), 0.0);
            close(arm.volts(bad, 1.0, 0.0), 0.0);
            close(arm.volts(0.0, bad, 0.0), 0.0);
            close(SimpleFeedforward { ks: bad, kv, ka }.volts(1.0, 0.0), 0.0);
            close(
                ArmFeedforward {
                    ks,
                    kg: bad,
                    kv,
                    ka,
                }
                .volts(0.0, 0.0, 0.0),
                0.0,
            );
        }
    }
}
