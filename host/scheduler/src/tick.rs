//! The moment a tick stands for.

use std::time::Duration;

/// A tick: its number and its time. Everything that happens within a tick happens at this moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tick {
    /// Counted from zero.
    pub number: u64,
    /// Time since the robot program started.
    pub time: Duration,
}
