use super::check;
use crate::Result;

/// Motion with a limited velocity and acceleration: speed up, keep the speed, slow down.
///
/// It is the fastest such motion between two points with given velocities. With
/// *d* the distance, *v₀* and *v₁* the velocities at its ends and *a* the greatest acceleration,
/// the velocity in between is ±√((*v₀*² + *v₁*²)/2 ± *a*·*d*), or the greatest velocity if that is
/// less. The sign is plus where the distance exceeds what the mere change of velocity takes,
/// (*v₀* + *v₁*)/2·|*v₁* − *v₀*|/*a*.
///
/// Source: L. Biagiotti and C. Melchiorri, *Trajectory Planning for Automatic Machines and
/// Robots*, section 3.2 (trapezoidal velocity, non-null initial and final velocities).
///
/// ```
/// use gantry_sdk::control::{Goal, TrapezoidProfile};
///
/// // 2 m at 1 m/s at most, with 2 m/s²: half a second each way, 1.5 s in between.
/// let plan = TrapezoidProfile::new(1.0, 2.0)?.plan(Goal::at(0.0), Goal::at(2.0))?;
/// assert_eq!(plan.duration(), 2.5);
/// assert_eq!(plan.at(0.5).velocity, 1.0);
/// assert_eq!(plan.at(0.5).position, 0.25);
/// # Ok::<(), gantry_sdk::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrapezoidProfile {
    max_velocity: f64,
    max_acceleration: f64,
}

/// An end of a motion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// In any unit of length or angle.
    pub position: f64,
    /// In that unit per second.
    pub velocity: f64,
}

/// Where to be at some moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// In the profile's unit.
    pub position: f64,
    /// In that unit per second.
    pub velocity: f64,
    /// In that unit per second².
    pub acceleration: f64,
}

/// A motion, worked out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    start: Goal,
    end: Goal,
    /// The velocity of the middle phase.
    cruise: f64,
    /// Lengths of the three phases in seconds.
    times: [f64; 3],
}

impl TrapezoidProfile {
    /// A profile with these limits, in units per second and units per second².
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) unless both are finite and greater than zero.
    pub fn new(max_velocity: f64, max_acceleration: f64) -> Result<Self> {
        Ok(Self {
            max_velocity: check::positive("the velocity of a profile", max_velocity)?,
            max_acceleration: check::positive("the acceleration of a profile", max_acceleration)?,
        })
    }

    /// The motion between two points. A velocity at its end is kept within the limit; a start
    /// beyond the limit slows down to it.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a point that is not finite, or so far away that
    /// the motion is not.
    pub fn plan(&self, start: Goal, end: Goal) -> Result<Plan> {
        check::finite("the start of a motion", start.position)?;
        check::finite("the velocity at the start of a motion", start.velocity)?;
        check::finite("the end of a motion", end.position)?;
        check::finite("the velocity at the end of a motion", end.velocity)?;
        let (limit, acceleration) = (self.max_velocity, self.max_acceleration);
        let end = Goal {
            velocity: end.velocity.clamp(-limit, limit),
            ..end
        };
        let distance = end.position - start.position;
        let (v0, v1) = (start.velocity, end.velocity);

        let directly = (v0 + v1) / 2.0 * (v1 - v0).abs() / acceleration;
        let sign = if distance >= directly { 1.0 } else { -1.0 };
        let squared = f64::midpoint(v0 * v0, v1 * v1) + sign * acceleration * distance;
        let cruise = sign * squared.max(0.0).sqrt().min(limit);

        let speed_up = (cruise - v0).abs() / acceleration;
        let slow_down = (v1 - cruise).abs() / acceleration;
        let rest = distance - (v0 + cruise) / 2.0 * speed_up - (cruise + v1) / 2.0 * slow_down;
        let keep = if cruise == 0.0 {
            0.0
        } else {
            (rest / cruise).max(0.0)
        };
        let plan = Plan {
            start,
            end,
            cruise,
            times: [speed_up, keep, slow_down],
        };
        check::finite("the duration of a motion", plan.duration())?;
        Ok(plan)
    }
}

impl Goal {
    /// At rest in this position.
    pub fn at(position: f64) -> Self {
        Self {
            position,
            velocity: 0.0,
        }
    }
}

impl Plan {
    /// How long the motion takes, in seconds.
    pub fn duration(&self) -> f64 {
        self.times.iter().sum()
    }

    /// Where to be after this many seconds. Before the start it is the start, after the end the
    /// end (with its velocity, but no acceleration). A time that is NaN is before the start.
    pub fn at(&self, time: f64) -> Target {
        let time = if time.is_nan() { 0.0 } else { time };
        let [speed_up, keep, slow_down] = self.times;
        let Goal { position, velocity } = self.start;
        if time < speed_up {
            let time = time.max(0.0);
            return motion(
                position,
                velocity,
                (self.cruise - velocity) / speed_up,
                time,
            );
        }
        let position = position + (velocity + self.cruise) / 2.0 * speed_up;
        let time = time - speed_up;
        if time < keep {
            return motion(position, self.cruise, 0.0, time);
        }
        let position = position + self.cruise * keep;
        let time = time - keep;
        if time < slow_down {
            let acceleration = (self.end.velocity - self.cruise) / slow_down;
            return motion(position, self.cruise, acceleration, time);
        }
        Target {
            position: self.end.position,
            velocity: self.end.velocity,
            acceleration: 0.0,
        }
    }

    /// Whether the motion is over after this many seconds.
    pub fn is_finished(&self, time: f64) -> bool {
        time >= self.duration()
    }
}

fn motion(position: f64, velocity: f64, acceleration: f64, time: f64) -> Target {
    Target {
        position: position + velocity * time + acceleration * time * time / 2.0,
        velocity: velocity + acceleration * time,
        acceleration,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: f64 = 1.5;
    const ACCELERATION: f64 = 3.0;

    fn profile() -> TrapezoidProfile {
        TrapezoidProfile::new(LIMIT, ACCELERATION).unwrap()
    }

    fn planned(start: Goal, end: Goal) -> Plan {
        profile().plan(start, end).unwrap()
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn a_long_way_is_a_trapezoid() {
        // d/v + v/a, the textbook's duration.
        let plan = planned(Goal::at(0.0), Goal::at(-4.0));
        close(plan.duration(), 4.0 / LIMIT + LIMIT / ACCELERATION);
        close(plan.at(plan.duration() / 2.0).position, -2.0);
        close(plan.at(plan.duration() / 2.0).velocity, -LIMIT);
    }

    #[test]
    fn a_short_way_is_a_triangle() {
        // 2·√(d/a), with a peak of √(a·d).
        let plan = planned(Goal::at(1.0), Goal::at(1.3));
        close(plan.duration(), 2.0 * (0.3 / ACCELERATION).sqrt());
        let middle = plan.at(plan.duration() / 2.0);
        close(middle.velocity, (ACCELERATION * 0.3).sqrt());
        close(middle.position, 1.15);
    }

    #[test]
    fn no_way_takes_no_time() {
        let plan = planned(Goal::at(2.0), Goal::at(2.0));
        close(plan.duration(), 0.0);
        close(plan.at(0.0).position, 2.0);
    }

    #[test]
    fn what_is_too_fast_to_stop_in_time_comes_back() {
        // From 1.5 m/s it takes 0.375 m to stop; the goal is 0.1 m ahead.
        let start = Goal {
            position: 0.0,
            velocity: 1.5,
        };
        let plan = planned(start, Goal::at(0.1));
        close(plan.at(0.5).position, 0.375);
        assert!(plan.at(0.6).velocity < 0.0);
        close(plan.at(plan.duration()).position, 0.1);
    }

    #[test]
    fn every_plan_keeps_to_its_limits_and_arrives() {
        let profile = profile();
        for distance in [-5.0, -0.2, 0.0, 0.01, 0.7, 9.0] {
            for v0 in [-1.5, -0.4, 0.0, 1.0, 1.5] {
                for v1 in [-1.0, 0.0, 1.5] {
                    let start = Goal {
                        position: 0.5,
                        velocity: v0,
                    };
                    let end = Goal {
                        position: 0.5 + distance,
                        velocity: v1,
                    };
                    check(profile.plan(start, end).unwrap(), start, end);
                }
            }
        }
    }

    /// The plan is continuous, within its limits, and its velocity is the change of its position.
    fn check(plan: Plan, start: Goal, end: Goal) {
        close(plan.at(0.0).position, start.position);
        let steps = 2000;
        let dt = plan.duration() / f64::from(steps);
        let mut last = Target {
            position: start.position,
            velocity: start.velocity,
            acceleration: 0.0,
        };
        for step in 1..=steps {
            let now = plan.at(f64::from(step) * dt);
            assert!(now.velocity.abs() <= LIMIT + 1e-9);
            assert!(now.acceleration.abs() <= ACCELERATION + 1e-6);
            let moved = (last.velocity + now.velocity) / 2.0 * dt;
            assert!(
                (now.position - last.position - moved).abs() < ACCELERATION * dt * dt + 1e-9,
                "{plan:?} jumps in step {step}"
            );
            last = now;
        }
        close(last.position, end.position);
        close(last.velocity, end.velocity);
    }

    #[test]
    fn what_is_no_number_cannot_be_planned() {
        for bad in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
            assert!(TrapezoidProfile::new(bad, 1.0).is_err());
            assert!(TrapezoidProfile::new(1.0, bad).is_err());
        }
        let here = Goal::at(0.5);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
            let moving = Goal {
                velocity: if bad == f64::MAX { f64::NAN } else { bad },
                ..here
            };
            assert!(profile().plan(Goal::at(bad), Goal::at(-bad)).is_err());
            assert!(profile().plan(here, moving).is_err());
            assert!(profile().plan(moving, here).is_err());
        }
        let error = profile().plan(here, Goal::at(f64::NAN)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the end of a motion is a finite number, not NaN"
        );
    }

    #[test]
    fn a_time_that_is_no_number_is_no_motion() {
        let plan = planned(Goal::at(1.0), Goal::at(2.0));
        assert_eq!(plan.at(f64::NAN), plan.at(0.0));
        assert_eq!(plan.at(f64::NEG_INFINITY), plan.at(0.0));
        assert_eq!(plan.at(f64::INFINITY).position, 2.0);
        assert_eq!(plan.at(f64::INFINITY).velocity, 0.0);
        assert!(!plan.is_finished(f64::NAN));
    }
}
