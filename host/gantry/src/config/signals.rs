//! Conditions that the file names: `signal = …` of a binding, and `[signals]`.

use std::time::Duration;

use super::Span;

/// A signal with a name of its own, for use in several places.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSignal {
    /// The name, which has no dot in it and so cannot be taken for a channel.
    pub name: String,
    /// What it is true of.
    pub signal: SignalExpr,
    /// Where its name is.
    pub span: Span,
}

/// A condition, and where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalExpr {
    /// What it is true of.
    pub kind: SignalKind,
    /// Where it is written.
    pub span: Span,
}

/// What a signal is true of.
#[derive(Clone, Debug, PartialEq)]
pub enum SignalKind {
    /// A boolean channel or topic is true.
    IsTrue(SignalSource),
    /// A number is greater than the threshold, in the channel's unit.
    Above(SignalSource, f64),
    /// A number is less than the threshold, in the channel's unit.
    Below(SignalSource, f64),
    /// Another signal is true: one of
    /// [`RobotConfig::signals`](super::RobotConfig::signals), which come before their users there.
    Named(String),
    /// All of them are true; at least one.
    All(Vec<SignalExpr>),
    /// One of them is true; at least one.
    Any(Vec<SignalExpr>),
    /// It is false.
    Not(Box<SignalExpr>),
    /// Its changes, once they have lasted.
    Debounce {
        /// What is debounced.
        signal: Box<SignalExpr>,
        /// How long a change has to last.
        time: Duration,
        /// Which changes have to.
        edge: DebounceEdge,
    },
    /// It has become true (or false) in this tick.
    Edge {
        /// What is watched.
        signal: Box<SignalExpr>,
        /// Whether becoming true counts (or becoming false).
        rising: bool,
    },
    /// It has become true several times in a row.
    MultiPress {
        /// What is counted.
        signal: Box<SignalExpr>,
        /// How often.
        count: u32,
        /// Within which time.
        window: Duration,
    },
}

/// Where a signal reads from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalSource {
    /// An input channel, by name.
    Channel(String),
    /// A state topic, by name.
    Topic(String),
}

/// Which changes are delayed by a debounce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DebounceEdge {
    /// Those to true.
    #[default]
    Rising,
    /// Those to false.
    Falling,
    /// All.
    Both,
}
