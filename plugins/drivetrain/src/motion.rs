//! Motions along a profile, as arithmetic: from what is measured to volts.

use gantry_sdk::Result;
use gantry_sdk::control::{Goal, Pid, Plan, SimpleFeedforward, TrapezoidProfile, wrap_angle};

use crate::settings::{Gains, Settings};
use crate::sides::Volts;

/// The most that an integral may add, in V: enough against friction.
const INTEGRAL_LIMIT: f64 = 0.6;

/// A motion that is followed tick by tick.
pub(crate) trait Motion {
    /// The volts for `time` seconds after the start, when the robot has driven `distance` metres
    /// since and looks at `heading`.
    fn volts(&mut self, time: f64, distance: f64, heading: f64, dt: f64) -> Volts;

    /// What is left to the goal, with its sign, in m or rad.
    fn remaining(&self) -> f64;

    /// How long the motion takes by its plan, in s.
    fn duration(&self) -> f64;

    /// Whether it is over and the robot at rest at its goal.
    fn has_settled(&self, time: f64) -> bool;
}

/// Straight ahead or back, keeping the heading.
#[derive(Debug)]
pub(crate) struct Straight {
    plan: Plan,
    goal: f64,
    heading: f64,
    feedforward: SimpleFeedforward,
    along: Pid,
    across: Pid,
    remaining: f64,
}

/// On the spot, to a heading.
#[derive(Debug)]
pub(crate) struct Turn {
    plan: Plan,
    goal: f64,
    feedforward: SimpleFeedforward,
    pid: Pid,
    remaining: f64,
}

impl Straight {
    /// A motion over `distance` metres with `speed` m/s at most, that keeps `heading`.
    pub(crate) fn new(
        settings: &Settings,
        distance: f64,
        speed: f64,
        heading: f64,
    ) -> Result<Self> {
        Ok(Self {
            plan: TrapezoidProfile::new(speed, settings.max_acceleration)?
                .plan(Goal::at(0.0), Goal::at(distance))?,
            goal: distance,
            heading,
            feedforward: SimpleFeedforward {
                ks: settings.ks,
                kv: settings.kv,
                ka: settings.ka,
            },
            along: pid(settings.distance)?.tolerance(settings.distance_tolerance, 0.1)?,
            across: pid(settings.heading)?.continuous(),
            remaining: distance,
        })
    }
}

impl Motion for Straight {
    fn volts(&mut self, time: f64, distance: f64, heading: f64, dt: f64) -> Volts {
        let target = self.plan.at(time);
        self.remaining = self.goal - distance;
        let forward = self.feedforward.volts(target.velocity, target.acceleration)
            + self.along.calculate(target.position, distance, dt);
        let turn = self.across.calculate(self.heading, heading, dt);
        Volts::mixed(forward, turn)
    }

    fn remaining(&self) -> f64 {
        self.remaining
    }

    fn duration(&self) -> f64 {
        self.plan.duration()
    }

    fn has_settled(&self, time: f64) -> bool {
        self.plan.is_finished(time) && self.along.at_setpoint()
    }
}

impl Turn {
    /// A motion from one heading to another, the shorter way round, with `speed` rad/s at most.
    pub(crate) fn new(settings: &Settings, from: f64, to: f64, speed: f64) -> Result<Self> {
        let goal = from + wrap_angle(to - from);
        let radius = settings.track_width / 2.0;
        Ok(Self {
            plan: TrapezoidProfile::new(speed, settings.max_turn_acceleration)?
                .plan(Goal::at(from), Goal::at(goal))?,
            goal,
            feedforward: SimpleFeedforward {
                ks: settings.ks,
                kv: settings.kv * radius,
                ka: settings.turn_ka,
            },
            pid: pid(settings.heading)?.tolerance(settings.heading_tolerance, 0.2)?,
            remaining: goal - from,
        })
    }
}

impl Motion for Turn {
    fn volts(&mut self, time: f64, _distance: f64, heading: f64, dt: f64) -> Volts {
        let target = self.plan.at(time);
        // A gyro that wraps is brought to the turn that the plan is on.
        let heading = target.position - wrap_angle(target.position - heading);
        self.remaining = self.goal - heading;
        let turn = self.feedforward.volts(target.velocity, target.acceleration)
            + self.pid.calculate(target.position, heading, dt);
        Volts::mixed(0.0, turn)
    }

    fn remaining(&self) -> f64 {
        self.remaining
    }

    fn duration(&self) -> f64 {
        self.plan.duration()
    }

    fn has_settled(&self, time: f64) -> bool {
        self.plan.is_finished(time) && self.pid.at_setpoint()
    }
}

fn pid(gains: Gains) -> Result<Pid> {
    Pid::new(gains.kp, gains.ki, gains.kd)?.integral_limit(INTEGRAL_LIMIT)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{PI, TAU};

    use gantry_sdk::{Config, Value};

    use super::*;

    const DT: f64 = 0.02;

    /// A drivetrain whose sides obey ka·v' + kv·v = u − friction, with the gains' own ka and kv,
    /// and ka for turning as the settings have it.
    struct Robot {
        settings: Settings,
        velocity: f64,
        rate: f64,
        distance: f64,
        heading: f64,
        friction: f64,
    }

    impl Robot {
        fn new(settings: &Settings) -> Self {
            Self {
                settings: settings.clone(),
                velocity: 0.0,
                rate: 0.0,
                distance: 0.0,
                heading: 0.0,
                friction: 0.2,
            }
        }

        fn advance(&mut self, volts: Volts) {
            let steps = 20;
            let dt = DT / f64::from(steps);
            let forward = f64::midpoint(volts.left, volts.right).clamp(-12.0, 12.0);
            let turn = ((volts.right - volts.left) / 2.0).clamp(-12.0, 12.0);
            let settings = &self.settings;
            let turn_kv = settings.kv * settings.track_width / 2.0;
            for _ in 0..steps {
                let friction = |speed: f64, drive: f64| {
                    if speed.abs() > 1e-3 {
                        self.friction.copysign(speed)
                    } else {
                        drive.clamp(-self.friction, self.friction)
                    }
                };
                let along = forward - settings.kv * self.velocity;
                let around = turn - turn_kv * self.rate;
                let along = along - friction(self.velocity, along);
                let around = around - friction(self.rate, around);
                self.velocity += along / settings.ka * dt;
                self.rate += around / settings.turn_ka * dt;
                self.distance += self.velocity * dt;
                self.heading += self.rate * dt;
            }
        }

        /// Follows a motion until it has settled and says how long that took.
        fn follow(&mut self, motion: &mut impl Motion) -> Option<f64> {
            let ticks = ((motion.duration() + 1.0) / DT) as u32;
            for tick in 0..ticks {
                let time = f64::from(tick) * DT;
                let volts = motion.volts(time, self.distance, self.heading, DT);
                if motion.has_settled(time) {
                    return Some(time);
                }
                self.advance(volts);
            }
            None
        }
    }

    fn settings() -> Settings {
        Settings::read(&Config::of([] as [(&str, Value); 0])).unwrap()
    }

    #[test]
    fn a_distance_is_driven_and_the_heading_kept() {
        let settings = settings();
        for distance in [2.0, -1.5, 0.1] {
            let mut robot = Robot::new(&settings);
            robot.heading = 0.1;
            let mut motion = Straight::new(&settings, distance, 2.0, 0.0).unwrap();
            let time = robot.follow(&mut motion).expect("it settles");
            assert!(time < motion.duration() + 0.5, "{time} s");
            assert!((robot.distance - distance).abs() < settings.distance_tolerance);
            assert!(motion.remaining().abs() < settings.distance_tolerance);
        }
        let mut robot = Robot::new(&settings);
        robot.heading = 0.1;
        robot.follow(&mut Straight::new(&settings, 2.0, 2.0, 0.0).unwrap());
        assert!(robot.heading.abs() < 0.04, "{}", robot.heading);
    }

    #[test]
    fn a_turn_takes_the_shorter_way_round() {
        let settings = settings();
        for (from, to, end) in [
            (0.0, 1.5, 1.5),
            (3.0, -3.0, TAU - 3.0),
            (TAU, 0.5, TAU + 0.5),
        ] {
            let mut robot = Robot::new(&settings);
            robot.heading = from;
            let mut motion = Turn::new(&settings, from, to, 4.0).unwrap();
            let time = robot.follow(&mut motion).expect("it settles");
            assert!(time < motion.duration() + 0.5, "{time} s");
            assert!((robot.heading - end).abs() < settings.heading_tolerance);
            assert_eq!(robot.distance, 0.0);
        }
    }

    #[test]
    fn a_gyro_that_wraps_does_not_disturb_a_turn() {
        let settings = settings();
        let mut wrapped = Turn::new(&settings, 3.0, -3.0, 4.0).unwrap();
        let mut counting = Turn::new(&settings, 3.0, -3.0, 4.0).unwrap();
        // 20 ms after the seam, on a gyro that counts on and on one that wraps.
        let time = wrapped.duration() * 0.7;
        assert_eq!(
            (counting.volts(time, 0.0, PI + 0.05, DT).left * 1e6).round(),
            (wrapped.volts(time, 0.0, 0.05 - PI, DT).left * 1e6).round()
        );
    }

    #[test]
    fn a_robot_that_is_held_does_not_settle() {
        let settings = settings();
        let mut robot = Robot::new(&settings);
        robot.friction = 100.0;
        let mut motion = Straight::new(&settings, 1.0, 2.0, 0.0).unwrap();
        assert_eq!(robot.follow(&mut motion), None);
        assert_eq!(motion.remaining(), 1.0);
    }
}
