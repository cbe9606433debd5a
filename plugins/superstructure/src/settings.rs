//! What the robot's file says about the superstructure.

use gantry_sdk::{Config, Result};

use crate::axis::{self, AxisSettings, Gravity};

/// The plugin's table.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) elevator: AxisSettings,
    pub(crate) arm: AxisSettings,
    pub(crate) shooter: ShooterSettings,
    pub(crate) stow: Preset,
    pub(crate) collect: Preset,
    pub(crate) score: Preset,
    /// How long a motion may last beyond its plan, in s.
    pub(crate) settle_time: f64,
    /// In V.
    pub(crate) feed_voltage: f64,
}

/// Gains of the shooter's wheel, in V and rad/s.
#[derive(Debug, Clone)]
pub(crate) struct ShooterSettings {
    pub(crate) ks: f64,
    pub(crate) kv: f64,
    pub(crate) kp: f64,
    pub(crate) tolerance: f64,
    /// For a shot, in rad/s.
    pub(crate) speed: f64,
}

/// Where elevator and arm are for something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Preset {
    /// In m.
    pub(crate) height: f64,
    /// From level, in rad.
    pub(crate) angle: f64,
}

const KEYS: [&str; 13] = [
    "shooter.ks",
    "shooter.kv",
    "shooter.kp",
    "shooter.tolerance",
    "shooter.speed",
    "stow.height",
    "stow.angle",
    "collect.height",
    "collect.angle",
    "score.height",
    "score.angle",
    "settle-time",
    "feed-voltage",
];

impl Settings {
    /// Reads the table.
    ///
    /// # Errors
    ///
    /// For an entry that is unknown, no number, out of its range or out of reach.
    pub(crate) fn read(config: &Config) -> Result<Self> {
        let of_axes = ["elevator", "arm"]
            .iter()
            .flat_map(|name| axis::KEYS.map(|entry| format!("{name}.{entry}")));
        let known: Vec<String> = KEYS
            .iter()
            .map(ToString::to_string)
            .chain(of_axes)
            .collect();
        config.only(&known.iter().map(String::as_str).collect::<Vec<_>>())?;

        let default = Self::default();
        let elevator = default.elevator.read(config, "elevator")?;
        let arm = default.arm.read(config, "arm")?;
        let preset = |name: &str, default: Preset| -> Result<Preset> {
            Ok(Preset {
                height: config.in_range(
                    &format!("{name}.height"),
                    default.height,
                    elevator.minimum..=elevator.maximum,
                )?,
                angle: config.in_range(
                    &format!("{name}.angle"),
                    default.angle,
                    arm.minimum..=arm.maximum,
                )?,
            })
        };
        let shooter = default.shooter;
        Ok(Self {
            stow: preset("stow", default.stow)?,
            collect: preset("collect", default.collect)?,
            score: preset("score", default.score)?,
            elevator,
            arm,
            shooter: ShooterSettings {
                ks: config.in_range("shooter.ks", shooter.ks, 0.0..=6.0)?,
                kv: config.in_range("shooter.kv", shooter.kv, 0.0..=1.0)?,
                kp: config.in_range("shooter.kp", shooter.kp, 0.0..=10.0)?,
                tolerance: config.in_range("shooter.tolerance", shooter.tolerance, 0.1..=100.0)?,
                speed: config.in_range("shooter.speed", shooter.speed, 1.0..=2000.0)?,
            },
            settle_time: config.in_range("settle-time", default.settle_time, 0.1..=10.0)?,
            feed_voltage: config.in_range("feed-voltage", default.feed_voltage, 1.0..=12.0)?,
        })
    }

    /// The table that the plugin was given.
    pub(crate) fn current() -> Result<Self> {
        Self::read(&Config::current())
    }
}

/// Two NEOs at 10 : 1 on a 3 cm drum lifting 8 kg, one at 100 : 1 on a rod of 60 cm and 3 kg, and
/// one that turns the shooter's wheel directly.
impl Default for Settings {
    fn default() -> Self {
        Self {
            elevator: AxisSettings {
                gravity: Gravity::Constant,
                ks: 0.1,
                kg: 0.55,
                kv: 6.7,
                ka: 0.06,
                kp: 60.0,
                ki: 40.0,
                kd: 0.0,
                minimum: 0.0,
                maximum: 1.2,
                max_speed: 1.2,
                max_acceleration: 5.0,
                tolerance: 0.02,
            },
            arm: AxisSettings {
                gravity: Gravity::Cosine,
                ks: 0.1,
                kg: 0.41,
                kv: 2.0,
                ka: 0.02,
                kp: 20.0,
                ki: 15.0,
                kd: 0.0,
                minimum: -0.6,
                maximum: 1.6,
                max_speed: 3.0,
                max_acceleration: 10.0,
                tolerance: 0.04,
            },
            shooter: ShooterSettings {
                ks: 0.2,
                kv: 0.02,
                kp: 0.08,
                tolerance: 10.0,
                speed: 400.0,
            },
            stow: Preset {
                height: 0.05,
                angle: 1.4,
            },
            collect: Preset {
                height: 0.05,
                angle: -0.4,
            },
            score: Preset {
                height: 0.6,
                angle: 0.9,
            },
            settle_time: 1.0,
            feed_voltage: 6.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read() {
        for key in KEYS.map(str::to_owned).into_iter().chain(
            axis::KEYS
                .iter()
                .flat_map(|entry| [format!("elevator.{entry}"), format!("arm.{entry}")]),
        ) {
            let error = Settings::read(&Config::of([(key.clone(), "fast")])).unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("`{key}`")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_preset_must_be_in_reach() {
        let error = Settings::read(&Config::of([("score.height", 2.5)])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`score.height` should be from 0 to 1.2, not 2.5"
        );
    }
}
