//! Conditions that the host evaluates, and commands bound to them.

use std::ops::{BitAnd, BitOr, Not};

use crate::bindings::gantry::command::{signals as wit, triggers};
use crate::{Command, Error, Result, Seconds};

/// A condition that the host looks at once per tick, without resuming anybody.
///
/// Signals combine with `&`, `|` and `!`:
///
/// ```no_run
/// use gantry_sdk::prelude::*;
///
/// # fn body(co: &Coroutine) -> Result<()> {
/// let trigger = Signal::channel("driver.right-trigger").above(0.5)?;
/// let held = Signal::channel("feeder.ball").is_true()?;
/// let at_speed = Signal::topic("shooter/error").below(5.0)?.debounce(0.1, Edge::Rising)?;
///
/// (&trigger & &held & &at_speed).on_true(&lookup!("superstructure/feed")?)?;
/// co.wait_until(&!held)?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "a signal does nothing until it is waited for or bound"]
pub struct Signal(wit::Signal);

/// What a signal looks at.
#[derive(Debug, Clone)]
#[must_use = "compare it with `is_true`, `above` or `below`"]
pub struct Source {
    of: wit::Source,
    name: String,
}

/// Which changes a debounce delays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// From false to true.
    Rising,
    /// From true to false.
    Falling,
    /// Both.
    Both,
}

impl Signal {
    /// A channel of the process image that the plugin may read: a sensor, a gamepad's button,
    /// `robot.enabled`.
    pub fn channel(name: impl Into<String>) -> Source {
        Source {
            of: wit::Source::Channel,
            name: name.into(),
        }
    }

    /// A state topic.
    pub fn topic(name: impl Into<String>) -> Source {
        Source {
            of: wit::Source::Topic,
            name: name.into(),
        }
    }

    /// True while both are. The same as `&`.
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.both(&other.0))
    }

    /// True while one of them is. The same as `|`.
    pub fn or(&self, other: &Self) -> Self {
        Self(self.0.either(&other.0))
    }

    /// True while this one is false. The same as `!`.
    pub fn negate(&self) -> Self {
        Self(self.0.negate())
    }

    /// Follows this signal's changes only after they have lasted a time.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a negative, infinite or NaN time.
    pub fn debounce(&self, time: impl Into<Seconds>, on: Edge) -> Result<Self> {
        let on = match on {
            Edge::Rising => wit::Edge::Rising,
            Edge::Falling => wit::Edge::Falling,
            Edge::Both => wit::Edge::Both,
        };
        made(self.0.debounce(time.into().0, on))
    }

    /// True for the one tick in which this signal became true.
    pub fn rising_edge(&self) -> Self {
        Self(self.0.rising_edge())
    }

    /// True for the one tick in which this signal became false.
    pub fn falling_edge(&self) -> Self {
        Self(self.0.falling_edge())
    }

    /// True from the `count`th rising edge within a time until this signal is false again.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a count of zero, or a negative, infinite or NaN time.
    pub fn multi_press(&self, count: u32, within: impl Into<Seconds>) -> Result<Self> {
        made(self.0.multi_press(count, within.into().0))
    }

    /// The value now.
    pub fn get(&self) -> bool {
        self.0.get()
    }
}

impl Source {
    /// True while a boolean is true. A topic that nobody has published yet is false.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such channel, it is not granted, or not boolean.
    pub fn is_true(self) -> Result<Signal> {
        made(wit::Signal::is_true(self.of, &self.name))
    }

    /// True while a number is greater than the threshold, in the channel's unit.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such channel, it is not granted, not a number, or the
    /// threshold is NaN.
    pub fn above(self, threshold: f64) -> Result<Signal> {
        made(wit::Signal::above(self.of, &self.name, threshold))
    }

    /// True while a number is less than the threshold, in the channel's unit.
    ///
    /// # Errors
    ///
    /// As for [`above`](Self::above).
    pub fn below(self, threshold: f64) -> Result<Signal> {
        made(wit::Signal::below(self.of, &self.name, threshold))
    }
}

/// Bindings. The command becomes a child of this run when it starts; when this run ends, the
/// binding is removed. All answer [`Error::Canceled`] once this run is canceled, and
/// [`Error::Invalid`] when it has too many bindings.
impl Signal {
    /// Starts the command when the signal becomes true.
    ///
    /// # Errors
    ///
    /// As said above.
    pub fn on_true(&self, command: &Command) -> Result<()> {
        self.bind(triggers::Binding::OnTrue, command)
    }

    /// Starts the command when the signal becomes false.
    ///
    /// # Errors
    ///
    /// As said above.
    pub fn on_false(&self, command: &Command) -> Result<()> {
        self.bind(triggers::Binding::OnFalse, command)
    }

    /// Starts the command when the signal becomes true, and cancels it when it becomes false.
    ///
    /// # Errors
    ///
    /// As said above.
    pub fn while_true(&self, command: &Command) -> Result<()> {
        self.bind(triggers::Binding::WhileTrue, command)
    }

    /// Starts the command when the signal becomes false, and cancels it when it becomes true.
    ///
    /// # Errors
    ///
    /// As said above.
    pub fn while_false(&self, command: &Command) -> Result<()> {
        self.bind(triggers::Binding::WhileFalse, command)
    }

    /// Like [`while_true`](Self::while_true), and starts the command again on every tick on which
    /// it is not running.
    ///
    /// # Errors
    ///
    /// As said above.
    pub fn retry_while_true(&self, command: &Command) -> Result<()> {
        self.bind(triggers::Binding::RetryWhileTrue, command)
    }

    /// Like [`while_false`](Self::while_false), and starts the command again on every tick on
    /// which it is not running.
    ///
    /// # Errors
    ///
    /// As said above.
    pub fn retry_while_false(&self, command: &Command) -> Result<()> {
        self.bind(triggers::Binding::RetryWhileFalse, command)
    }

    /// Starts or, if it is running, cancels the command when the signal becomes true.
    ///
    /// # Errors
    ///
    /// As said above.
    pub fn toggle_on_true(&self, command: &Command) -> Result<()> {
        self.bind(triggers::Binding::ToggleOnTrue, command)
    }

    /// Starts or, if it is running, cancels the command when the signal becomes false.
    ///
    /// # Errors
    ///
    /// As said above.
    pub fn toggle_on_false(&self, command: &Command) -> Result<()> {
        self.bind(triggers::Binding::ToggleOnFalse, command)
    }

    fn bind(&self, kind: triggers::Binding, command: &Command) -> Result<()> {
        triggers::bind(&self.0, kind, command.handle()).map_err(Error::from_wit)
    }

    pub(crate) fn handle(&self) -> &wit::Signal {
        &self.0
    }
}

fn made(signal: Result<wit::Signal, String>) -> Result<Signal> {
    signal.map(Signal).map_err(Error::invalid)
}

macro_rules! operator {
    ($operator:ident, $method:ident, $call:ident) => {
        operator!($operator, $method, $call, Signal, Signal);
        operator!($operator, $method, $call, Signal, &Signal);
        operator!($operator, $method, $call, &Signal, Signal);
        operator!($operator, $method, $call, &Signal, &Signal);
    };
    ($operator:ident, $method:ident, $call:ident, $left:ty, $right:ty) => {
        impl $operator<$right> for $left {
            type Output = Signal;

            fn $method(self, other: $right) -> Signal {
                Signal::$call(&self, &other)
            }
        }
    };
}

operator!(BitAnd, bitand, and);
operator!(BitOr, bitor, or);

impl Not for Signal {
    type Output = Self;

    fn not(self) -> Self {
        self.negate()
    }
}

impl Not for &Signal {
    type Output = Signal;

    fn not(self) -> Signal {
        self.negate()
    }
}
