//! The speed of a wheel, as arithmetic.

use crate::settings::ShooterSettings;

/// How many ticks in a row the speed must be right for the wheel to be ready.
const STEADY: u32 = 3;

/// Feed-forward and feedback on the speed.
#[derive(Debug)]
pub(crate) struct Flywheel<'a> {
    settings: &'a ShooterSettings,
    goal: f64,
    steady: u32,
}

impl<'a> Flywheel<'a> {
    /// A wheel that shall turn with `goal` rad/s.
    pub(crate) fn new(settings: &'a ShooterSettings, goal: f64) -> Self {
        Self {
            settings,
            goal,
            steady: 0,
        }
    }

    /// The voltage at this speed. To be called once per tick.
    pub(crate) fn volts(&mut self, speed: f64) -> f64 {
        let ShooterSettings {
            ks,
            kv,
            kp,
            tolerance,
            ..
        } = *self.settings;
        let error = self.goal - speed;
        self.steady = if error.abs() <= tolerance {
            self.steady.saturating_add(1)
        } else {
            0
        };
        ks.copysign(self.goal) + kv * self.goal + kp * error
    }

    /// Whether the wheel has turned at the right speed for some ticks.
    pub(crate) fn is_ready(&self) -> bool {
        self.steady >= STEADY
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    use super::*;

    #[test]
    fn a_wheel_comes_to_speed_and_is_ready_only_then() {
        // kv·(τ·ω' + ω) = u − friction, with τ = 0.4 s.
        let settings = Settings::default().shooter;
        let mut flywheel = Flywheel::new(&settings, 400.0);
        let (mut speed, mut ready_at) = (0.0, None);
        for tick in 0..100 {
            let volts = flywheel.volts(speed).min(12.0);
            if flywheel.is_ready() && ready_at.is_none() {
                ready_at = Some(tick);
                assert!((speed - 400.0_f64).abs() <= settings.tolerance);
            }
            speed += ((volts - 0.25) / settings.kv - speed) / 0.4 * 0.02;
        }
        assert!(ready_at.is_some_and(|tick| tick > 10), "{ready_at:?}");
        assert!((speed - 400.0).abs() < settings.tolerance);
    }

    #[test]
    fn one_good_sample_is_not_enough() {
        let settings = Settings::default().shooter;
        let mut flywheel = Flywheel::new(&settings, 400.0);
        flywheel.volts(400.0);
        flywheel.volts(300.0);
        flywheel.volts(400.0);
        flywheel.volts(400.0);
        assert!(!flywheel.is_ready());
        flywheel.volts(400.0);
        assert!(flywheel.is_ready());
    }
}
