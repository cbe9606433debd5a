//! Controllers for use inside commands: feedback, feed-forward, motion profiles, filters.
//!
//! All are plain state and arithmetic. They know no clock: what depends on time is told how much
//! has passed, which is [`clock::period`](crate::clock::period) for a body that goes on at every
//! tick. So they run in a native test as they do on the robot.
//!
//! None of them makes motion of a number that is no number. A gain or a limit that is NaN, infinite or
//! (for a limit) negative is an error where it is given. A sample that is not finite is left out: a
//! controller or a feed-forward answers 0 for it, a filter or a rate limiter what it answered last,
//! and with the next good sample all is as before.
//!
//! ```
//! use gantry_sdk::control::{Goal, Pid, SimpleFeedforward, TrapezoidProfile};
//!
//! // A cart of 1 m/s per V without inertia follows a profile to 2 m.
//! let profile = TrapezoidProfile::new(1.5, 3.0)?.plan(Goal::at(0.0), Goal::at(2.0))?;
//! let feedforward = SimpleFeedforward { ks: 0.0, kv: 1.0, ka: 0.0 };
//! let mut pid = Pid::new(4.0, 0.0, 0.0)?;
//!
//! let (dt, mut position, mut time) = (0.02, 0.0, 0.0);
//! while time < profile.duration() + 0.5 {
//!     time += dt;
//!     let target = profile.at(time);
//!     let volts = feedforward.volts(target.velocity, target.acceleration)
//!         + pid.calculate(target.position, position, dt);
//!     position += volts * dt;
//! }
//! assert!((position - 2.0).abs() < 0.01);
//! # Ok::<(), gantry_sdk::Error>(())
//! ```

mod check;
mod feedforward;
mod filter;
mod pid;
mod profile;
mod slew;

pub use feedforward::{ArmFeedforward, ElevatorFeedforward, SimpleFeedforward};
pub use filter::{LowPass, Median};
pub use pid::{DerivativeOn, Pid};
pub use profile::{Goal, Plan, Target, TrapezoidProfile};
pub use slew::SlewRateLimiter;

/// The same angle between −π (not included) and π, in radians. What is not finite is NaN.
///
/// ```
/// use std::f64::consts::PI;
/// use gantry_sdk::control::wrap_angle;
///
/// assert!((wrap_angle(1.5 * PI) + 0.5 * PI).abs() < 1e-12);
/// ```
pub fn wrap_angle(angle: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    PI - (PI - angle).rem_euclid(TAU)
}

/// The input with a dead band around zero taken out: zero within it, and from there in a straight
/// line up to 1 at 1. For joysticks, which do not rest at zero. An input that is not finite is a
/// stick at rest, and so is every input of a band that is not from 0 to less than 1 wide.
///
/// ```
/// use gantry_sdk::control::dead_band;
///
/// assert_eq!(dead_band(0.04, 0.1), 0.0);
/// assert_eq!(dead_band(-1.0, 0.1), -1.0);
/// ```
pub fn dead_band(input: f64, width: f64) -> f64 {
    let is_band = (0.0..1.0).contains(&width);
    if !is_band || !input.is_finite() || input.abs() <= width {
        0.0
    } else {
        (input - width.copysign(input)) / (1.0 - width)
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{PI, TAU};

    use super::*;

    #[test]
    fn an_angle_is_wrapped_by_whole_turns() {
        for turns in -3..=3 {
            for angle in [-3.0, -0.1, 0.0, 2.0, PI] {
                let wrapped = wrap_angle(angle + f64::from(turns) * TAU);
                let distance = (wrapped - angle).abs();
                assert!(distance < 1e-12 || (distance - TAU).abs() < 1e-12);
                assert!(wrapped > -PI - 1e-12 && wrapped <= PI + 1e-12);
            }
        }
    }

    #[test]
    fn a_dead_band_is_continuous_and_odd() {
        assert_eq!(dead_band(0.1, 0.1), 0.0);
        assert!(dead_band(0.1 + 1e-9, 0.1) < 1e-8);
        assert!((dead_band(0.55, 0.1) - 0.5).abs() < 1e-12);
        assert_eq!(dead_band(-0.55, 0.1), -dead_band(0.55, 0.1));
    }

    #[test]
    fn what_is_no_number_is_a_stick_at_rest() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(dead_band(bad, 0.1), 0.0);
            assert_eq!(dead_band(1.0, bad), 0.0);
            assert!(wrap_angle(bad).is_nan());
        }
        for width in [-0.1, 1.0, 2.0] {
            assert_eq!(dead_band(1.0, width), 0.0);
        }
    }
}
