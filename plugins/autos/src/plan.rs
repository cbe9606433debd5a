//! Where things are on the field.

use std::f64::consts::PI;

use gantry_sdk::{Config, Result};

/// The plugin's table. Headings are counter-clockwise from where the robot looks at the start.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    /// Towards the goal, in rad.
    pub(crate) goal_heading: f64,
    /// Towards the ball, in rad.
    pub(crate) ball_heading: f64,
    /// How far to drive to have it, in m.
    pub(crate) ball_distance: f64,
    /// How far to drive on if it is not there, in m.
    pub(crate) search_distance: f64,
    /// Of driving, in m/s.
    pub(crate) speed: f64,
    /// How long to wait for a ball after arriving, in s.
    pub(crate) collect_time: f64,
    /// Of the whole routine, in s.
    pub(crate) time: f64,
}

const KEYS: [&str; 7] = [
    "goal-heading",
    "ball-heading",
    "ball-distance",
    "search-distance",
    "speed",
    "collect-time",
    "time",
];

impl Plan {
    /// Reads the table.
    ///
    /// # Errors
    ///
    /// For an entry that is unknown, no number, or out of its range.
    pub(crate) fn read(config: &Config) -> Result<Self> {
        config.only(&KEYS)?;
        Ok(Self {
            goal_heading: config.in_range("goal-heading", 0.0, -2.0 * PI..=2.0 * PI)?,
            ball_heading: config.in_range("ball-heading", PI, -2.0 * PI..=2.0 * PI)?,
            ball_distance: config.in_range("ball-distance", 2.0, 0.1..=10.0)?,
            search_distance: config.in_range("search-distance", 0.5, 0.1..=3.0)?,
            speed: config.in_range("speed", 2.0, 0.1..=5.0)?,
            collect_time: config.in_range("collect-time", 1.0, 0.0..=10.0)?,
            time: config.in_range("time", 15.0, 5.0..=60.0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read() {
        for key in KEYS {
            let error = Plan::read(&Config::of([(key, "far")])).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{key}`: it should be a number, not \"far\"")
            );
        }
    }

    #[test]
    fn what_is_given_is_taken() {
        let plan = Plan::read(&Config::of([("ball-distance", 3.0), ("time", 20.0)])).unwrap();
        assert_eq!((plan.ball_distance, plan.time), (3.0, 20.0));
        assert_eq!(plan.ball_heading, PI);
    }
}
