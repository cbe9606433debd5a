//! What the robot's file says about the drivetrain.

use gantry_sdk::{Config, Result};

/// The plugin's table. The defaults suit four NEOs at 8.46 : 1 on 6-inch wheels under 52 kg.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Between the left and the right wheels, in m.
    pub(crate) track_width: f64,
    /// Feed-forward of each side: V, V per m/s, V per m/s².
    pub(crate) ks: f64,
    pub(crate) kv: f64,
    pub(crate) ka: f64,
    /// In m/s².
    pub(crate) max_acceleration: f64,
    /// Feedback on the distance: V per m, V per m·s, V per m/s.
    pub(crate) distance: Gains,
    /// Feedback on the heading: V per rad, and so on, of difference between the sides.
    pub(crate) heading: Gains,
    /// V per rad/s², of difference between the sides.
    pub(crate) turn_ka: f64,
    /// In rad/s².
    pub(crate) max_turn_acceleration: f64,
    /// How near is near enough, in m and rad.
    pub(crate) distance_tolerance: f64,
    pub(crate) heading_tolerance: f64,
    /// How long a motion may last beyond its plan, in s.
    pub(crate) settle_time: f64,
    /// How far a stick may be off its rest, of 1.
    pub(crate) dead_band: f64,
    /// How fast a stick's demand may change, in full deflections per second.
    pub(crate) stick_rate: f64,
}

/// Feedback gains.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gains {
    pub(crate) kp: f64,
    pub(crate) ki: f64,
    pub(crate) kd: f64,
}

const KEYS: [&str; 18] = [
    "track-width",
    "feedforward.ks",
    "feedforward.kv",
    "feedforward.ka",
    "max-acceleration",
    "pid.kp",
    "pid.ki",
    "pid.kd",
    "turn.kp",
    "turn.ki",
    "turn.kd",
    "turn.ka",
    "turn.max-acceleration",
    "tolerance",
    "turn.tolerance",
    "settle-time",
    "stick.dead-band",
    "stick.rate",
];

impl Settings {
    /// Reads the table.
    ///
    /// # Errors
    ///
    /// For an entry that is unknown, no number, or out of its range.
    pub(crate) fn read(config: &Config) -> Result<Self> {
        config.only(&KEYS)?;
        Ok(Self {
            track_width: config.in_range("track-width", 0.6, 0.1..=2.0)?,
            ks: config.in_range("feedforward.ks", 0.15, 0.0..=3.0)?,
            kv: config.in_range("feedforward.kv", 2.25, 0.0..=20.0)?,
            ka: config.in_range("feedforward.ka", 0.5, 0.0..=10.0)?,
            max_acceleration: config.in_range("max-acceleration", 3.0, 0.1..=20.0)?,
            distance: Gains {
                kp: config.in_range("pid.kp", 12.0, 0.0..=200.0)?,
                ki: config.in_range("pid.ki", 4.0, 0.0..=200.0)?,
                kd: config.in_range("pid.kd", 2.0, 0.0..=50.0)?,
            },
            heading: Gains {
                kp: config.in_range("turn.kp", 6.0, 0.0..=100.0)?,
                ki: config.in_range("turn.ki", 6.0, 0.0..=100.0)?,
                kd: config.in_range("turn.kd", 0.6, 0.0..=20.0)?,
            },
            turn_ka: config.in_range("turn.ka", 0.11, 0.0..=5.0)?,
            max_turn_acceleration: config.in_range("turn.max-acceleration", 10.0, 0.1..=100.0)?,
            distance_tolerance: config.in_range("tolerance", 0.03, 0.001..=0.5)?,
            heading_tolerance: config.in_range("turn.tolerance", 0.03, 0.001..=0.5)?,
            settle_time: config.in_range("settle-time", 1.0, 0.1..=10.0)?,
            dead_band: config.in_range("stick.dead-band", 0.08, 0.0..=0.5)?,
            stick_rate: config.in_range("stick.rate", 4.0, 0.1..=100.0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use gantry_sdk::Value;

    use super::*;

    #[test]
    fn an_empty_table_will_do() {
        let settings = Settings::read(&Config::of([] as [(&str, Value); 0])).unwrap();
        assert_eq!(settings.track_width, 0.6);
    }

    #[test]
    fn every_key_is_read() {
        // An entry that nobody looks at would pass with a text in it.
        for key in KEYS {
            let error = Settings::read(&Config::of([(key, "fast")])).unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("`{key}`")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_mistake_is_named_with_what_would_be_right() {
        let message = |key: &str, value: f64| {
            Settings::read(&Config::of([(key, value)]))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            message("track-width", 60.0),
            "`track-width` should be from 0.1 to 2, not 60"
        );
        assert_eq!(
            message("pid.kq", 1.0),
            "there is no `pid.kq`; did you mean `pid.kd`?"
        );
    }
}
