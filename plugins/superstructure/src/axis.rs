//! Something that moves between two stops against gravity, as arithmetic.

use gantry_sdk::control::{ArmFeedforward, ElevatorFeedforward, Goal, Pid, Plan, TrapezoidProfile};
use gantry_sdk::{Config, Result, bail};

/// How gravity acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gravity {
    /// The same everywhere, as on an elevator.
    Constant,
    /// By the cosine of the angle from level, as on an arm.
    Cosine,
}

/// Gains and limits, in V and the axis' unit, m or rad.
#[derive(Debug, Clone)]
pub(crate) struct AxisSettings {
    pub(crate) gravity: Gravity,
    pub(crate) ks: f64,
    pub(crate) kg: f64,
    pub(crate) kv: f64,
    pub(crate) ka: f64,
    pub(crate) kp: f64,
    pub(crate) ki: f64,
    pub(crate) kd: f64,
    pub(crate) minimum: f64,
    pub(crate) maximum: f64,
    pub(crate) max_speed: f64,
    pub(crate) max_acceleration: f64,
    pub(crate) tolerance: f64,
}

/// A motion to a goal, and staying there.
#[derive(Debug)]
pub(crate) struct Follower<'a> {
    settings: &'a AxisSettings,
    plan: Plan,
    pid: Pid,
}

/// The entries of an axis, behind its name.
pub(crate) const KEYS: [&str; 12] = [
    "ks",
    "kg",
    "kv",
    "ka",
    "kp",
    "ki",
    "kd",
    "minimum",
    "maximum",
    "max-speed",
    "max-acceleration",
    "tolerance",
];

/// The most that an integral may add, in V: enough against friction.
const INTEGRAL_LIMIT: f64 = 0.5;

impl AxisSettings {
    /// Reads the entries of the axis of this name; what is left out is as in `self`.
    pub(crate) fn read(self, config: &Config, name: &str) -> Result<Self> {
        let number = |entry: &str, default: f64, least: f64, greatest: f64| {
            config.in_range(&format!("{name}.{entry}"), default, least..=greatest)
        };
        let settings = Self {
            gravity: self.gravity,
            ks: number("ks", self.ks, 0.0, 6.0)?,
            kg: number("kg", self.kg, 0.0, 10.0)?,
            kv: number("kv", self.kv, 0.0, 100.0)?,
            ka: number("ka", self.ka, 0.0, 100.0)?,
            kp: number("kp", self.kp, 0.0, 1000.0)?,
            ki: number("ki", self.ki, 0.0, 1000.0)?,
            kd: number("kd", self.kd, 0.0, 100.0)?,
            minimum: number("minimum", self.minimum, -10.0, 10.0)?,
            maximum: number("maximum", self.maximum, -10.0, 10.0)?,
            max_speed: number("max-speed", self.max_speed, 0.01, 50.0)?,
            max_acceleration: number("max-acceleration", self.max_acceleration, 0.01, 500.0)?,
            tolerance: number("tolerance", self.tolerance, 0.001, 0.5)?,
        };
        if settings.minimum >= settings.maximum {
            bail!(
                "`{name}.minimum` is {} and should be less than `{name}.maximum`, {}",
                settings.minimum,
                settings.maximum
            );
        }
        Ok(settings)
    }

    /// The goal, if the axis can get there.
    pub(crate) fn reachable(&self, goal: f64) -> Result<f64> {
        if (self.minimum..=self.maximum).contains(&goal) {
            Ok(goal)
        } else {
            bail!(
                "{goal} is out of reach, which is from {} to {}",
                self.minimum,
                self.maximum
            );
        }
    }

    /// The voltage that moves the axis so.
    fn feedforward(&self, position: f64, velocity: f64, acceleration: f64) -> f64 {
        let Self { ks, kg, kv, ka, .. } = *self;
        match self.gravity {
            Gravity::Constant => {
                ElevatorFeedforward { ks, kg, kv, ka }.volts(velocity, acceleration)
            }
            Gravity::Cosine => {
                ArmFeedforward { ks, kg, kv, ka }.volts(position, velocity, acceleration)
            }
        }
    }
}

impl<'a> Follower<'a> {
    /// From where the axis is, moving at `velocity`, to rest at the goal.
    pub(crate) fn new(
        settings: &'a AxisSettings,
        position: f64,
        velocity: f64,
        goal: f64,
    ) -> Result<Self> {
        let AxisSettings { kp, ki, kd, .. } = *settings;
        let start = Goal { position, velocity };
        Ok(Self {
            settings,
            plan: TrapezoidProfile::new(settings.max_speed, settings.max_acceleration)?
                .plan(start, Goal::at(goal))?,
            pid: Pid::new(kp, ki, kd)?
                .integral_limit(INTEGRAL_LIMIT)?
                .tolerance(settings.tolerance, settings.tolerance * 10.0)?,
        })
    }

    /// The voltage for `time` seconds after the start.
    pub(crate) fn volts(&mut self, time: f64, position: f64, dt: f64) -> f64 {
        let target = self.plan.at(time);
        self.settings
            .feedforward(position, target.velocity, target.acceleration)
            + self.pid.calculate(target.position, position, dt)
    }

    pub(crate) fn has_settled(&self, time: f64) -> bool {
        self.plan.is_finished(time) && self.pid.at_setpoint()
    }

    /// How long the motion takes by its plan, in s.
    pub(crate) fn duration(&self) -> f64 {
        self.plan.duration()
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    use super::*;

    const DT: f64 = 0.02;

    /// ka·v' + kv·v = u − gravity − friction, with the settings' own constants.
    fn simulate(settings: &AxisSettings, from: f64, to: f64, seconds: f64) -> (f64, bool) {
        let mut follower = Follower::new(settings, from, 0.0, to).unwrap();
        let (mut position, mut velocity, mut settled) = (from, 0.0_f64, false);
        for tick in 0..(seconds / DT) as u32 {
            let time = f64::from(tick) * DT;
            let volts = follower.volts(time, position, DT).clamp(-12.0, 12.0);
            settled = follower.has_settled(time);
            for _ in 0..100 {
                let dt = DT / 100.0;
                let held = settings.feedforward(position, 0.0, 0.0);
                let force = volts - held - settings.kv * velocity;
                let friction = if velocity.abs() > 1e-4 {
                    0.2_f64.copysign(velocity)
                } else {
                    force.clamp(-0.2, 0.2)
                };
                velocity += (force - friction) / settings.ka * dt;
                position += velocity * dt;
                assert!(position > settings.minimum - 0.05 && position < settings.maximum + 0.05);
            }
        }
        (position, settled)
    }

    #[test]
    fn the_elevator_and_the_arm_arrive_and_stay() {
        let settings = Settings::default();
        for (axis, from, to) in [
            (&settings.elevator, 0.0, 0.9),
            (&settings.elevator, 1.0, 0.05),
            (&settings.arm, -0.3, 1.2),
            (&settings.arm, 1.4, 0.0),
        ] {
            let planned = Follower::new(axis, from, 0.0, to).unwrap().duration();
            let (position, settled) = simulate(axis, from, to, planned + 0.6);
            assert!(settled, "{from} to {to} ends at {position}");
            assert!((position - to).abs() < axis.tolerance);
        }
    }

    #[test]
    fn holding_needs_no_motion() {
        let settings = Settings::default();
        let axis = &settings.arm;
        let mut follower = Follower::new(axis, 0.5, 0.0, 0.5).unwrap();
        let volts = follower.volts(0.0, 0.5, DT);
        assert!((volts - axis.kg * 0.5_f64.cos()).abs() < 1e-12);
        assert_eq!(follower.duration(), 0.0);
    }

    #[test]
    fn a_goal_out_of_reach_is_refused() {
        let settings = Settings::default();
        let message = settings.elevator.reachable(3.0).unwrap_err().to_string();
        assert_eq!(message, "3 is out of reach, which is from 0 to 1.2");
        assert!(settings.elevator.reachable(f64::NAN).is_err());
    }

    #[test]
    fn stops_the_wrong_way_round_are_refused() {
        let config = Config::of([("elevator.minimum", 2.0)]);
        let error = Settings::read(&config).unwrap_err().to_string();
        assert_eq!(
            error,
            "`elevator.minimum` is 2 and should be less than `elevator.maximum`, 1.2"
        );
    }
}
