//! What the strip looks like.

use std::f64::consts::TAU;

/// Red, green and blue, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Color(pub(crate) [f64; 3]);

/// What the robot is allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Disabled,
    Autonomous,
    Teleoperated,
    Test,
}

/// What there is to show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    pub(crate) mode: Mode,
    pub(crate) holds_ball: bool,
    pub(crate) is_battery_low: bool,
}

impl Color {
    pub(crate) const BLACK: Self = Self([0.0; 3]);
    const WHITE: Self = Self([1.0; 3]);
    const RED: Self = Self([1.0, 0.0, 0.0]);
    const ORANGE: Self = Self([1.0, 0.4, 0.0]);
    const BLUE: Self = Self([0.0, 0.2, 1.0]);
    const GREEN: Self = Self([0.0, 1.0, 0.1]);
    const PURPLE: Self = Self([0.7, 0.0, 1.0]);

    /// Gives every LED of a strip this colour, kept within 0 to 1.
    pub(crate) fn fill(self, strip: &mut [f64]) {
        for led in strip.chunks_exact_mut(3) {
            self.set(led);
        }
    }

    fn set(self, led: &mut [f64]) {
        for (value, color) in led.iter_mut().zip(self.0) {
            *value = color.clamp(0.0, 1.0);
        }
    }

    fn dimmed(self, brightness: f64) -> Self {
        Self(self.0.map(|color| color * brightness))
    }
}

impl State {
    /// Paints a strip, three numbers per LED, for a moment in seconds.
    ///
    /// The mode's colour breathes while disabled. A ball turns every other LED white. The first
    /// and the last LED blink red while the battery is low.
    pub(crate) fn paint(&self, time: f64, strip: &mut [f64]) {
        let color = match self.mode {
            Mode::Disabled => Color::ORANGE.dimmed(breath(time)),
            Mode::Autonomous => Color::BLUE,
            Mode::Teleoperated => Color::GREEN,
            Mode::Test => Color::PURPLE,
        };
        color.fill(strip);
        if self.holds_ball {
            for led in strip.chunks_exact_mut(3).step_by(2) {
                Color::WHITE.set(led);
            }
        }
        if self.is_battery_low {
            let blink = if (time * 2.0).rem_euclid(1.0) < 0.5 {
                Color::RED
            } else {
                Color::BLACK
            };
            let mut leds = strip.chunks_exact_mut(3);
            for led in leds.next().into_iter().chain(leds.next_back()) {
                blink.set(led);
            }
        }
    }
}

/// A brightness that goes up and down in three seconds.
fn breath(time: f64) -> f64 {
    0.35 - 0.25 * (time / 3.0 * TAU).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(state: State, time: f64) -> [[f64; 3]; 4] {
        let mut strip = [0.5; 12];
        state.paint(time, &mut strip);
        assert!(strip.iter().all(|value| (0.0..=1.0).contains(value)));
        std::array::from_fn(|led| std::array::from_fn(|part| strip[3 * led + part]))
    }

    fn state(mode: Mode) -> State {
        State {
            mode,
            holds_ball: false,
            is_battery_low: false,
        }
    }

    #[test]
    fn each_mode_has_a_colour_of_its_own() {
        let colors = [
            Mode::Disabled,
            Mode::Autonomous,
            Mode::Teleoperated,
            Mode::Test,
        ]
        .map(|mode| painted(state(mode), 1.0)[1]);
        for (index, color) in colors.iter().enumerate() {
            assert!(!colors[index + 1..].contains(color));
        }
    }

    #[test]
    fn disabled_breathes() {
        let brightness = |time| painted(state(Mode::Disabled), time)[0][0];
        assert!((brightness(0.0) - 0.1).abs() < 1e-12);
        assert!((brightness(1.5) - 0.6).abs() < 1e-12);
    }

    #[test]
    fn a_ball_and_a_low_battery_are_both_seen() {
        let state = State {
            holds_ball: true,
            is_battery_low: true,
            ..state(Mode::Teleoperated)
        };
        let [first, second, third, last] = painted(state, 0.0);
        assert_eq!((first, last), (Color::RED.0, Color::RED.0));
        assert_eq!((second, third), (Color::GREEN.0, Color::WHITE.0));
        assert_eq!(painted(state, 0.3)[0], Color::BLACK.0);
    }

    #[test]
    fn a_colour_out_of_range_is_kept_within() {
        let mut strip = [0.0; 4];
        Color([2.0, -1.0, 0.5]).fill(&mut strip);
        assert_eq!(strip, [1.0, 0.0, 0.5, 0.0]);
    }
}
