//! From two sticks to volts.

use gantry_sdk::Result;
use gantry_sdk::control::{SlewRateLimiter, dead_band};

use crate::settings::Settings;
use crate::sides::Volts;

/// The battery's nominal voltage, in V.
const FULL: f64 = 12.0;

/// Sticks with a dead band, finer control near the middle, and a limited rate.
#[derive(Debug)]
pub(crate) struct Arcade {
    dead_band: f64,
    scale: f64,
    forward: SlewRateLimiter,
    turn: SlewRateLimiter,
}

impl Arcade {
    pub(crate) fn new(settings: &Settings, scale: f64) -> Result<Self> {
        Ok(Self {
            dead_band: settings.dead_band,
            scale: scale.clamp(0.0, 1.0),
            forward: SlewRateLimiter::new(settings.stick_rate)?,
            turn: SlewRateLimiter::new(settings.stick_rate)?,
        })
    }

    /// The volts for sticks from −1 to 1, forward and counter-clockwise.
    pub(crate) fn volts(&mut self, forward: f64, turn: f64, dt: f64) -> Volts {
        let forward = self.forward.calculate(self.shape(forward), dt);
        let turn = self.turn.calculate(self.shape(turn), dt);
        // Beyond full voltage the ratio of the sides counts, or the robot would not turn.
        let full = FULL * self.scale / (forward.abs() + turn.abs()).max(1.0);
        Volts::mixed(forward * full, turn * full)
    }

    /// Squared, with the sign kept.
    fn shape(&self, stick: f64) -> f64 {
        let stick = dead_band(stick.clamp(-1.0, 1.0), self.dead_band);
        stick * stick.abs()
    }
}

#[cfg(test)]
mod tests {
    use gantry_sdk::{Config, Value};

    use super::*;

    fn arcade(scale: f64) -> Arcade {
        let config = Config::of([] as [(&str, Value); 0]);
        Arcade::new(&Settings::read(&config).unwrap(), scale).unwrap()
    }

    #[test]
    fn sticks_at_rest_do_nothing() {
        let volts = arcade(1.0).volts(0.05, -0.05, 0.02);
        assert_eq!((volts.left, volts.right), (0.0, 0.0));
    }

    #[test]
    fn full_forward_is_full_voltage_after_a_ramp() {
        let mut arcade = arcade(1.0);
        let first = arcade.volts(1.0, 0.0, 0.02).left;
        assert!(first > 0.0 && first < 2.0, "{first}");
        let last = (0..50).map(|_| arcade.volts(1.0, 0.0, 0.02)).last();
        let last = last.unwrap();
        assert_eq!((last.left, last.right), (12.0, 12.0));
    }

    #[test]
    fn turning_left_drives_the_right_side() {
        let mut arcade = arcade(0.5);
        let volts = (0..50).map(|_| arcade.volts(1.0, 1.0, 0.02)).last();
        let volts = volts.unwrap();
        assert_eq!((volts.left, volts.right), (0.0, 6.0));
    }
}
