//! `[opmodes]`: what the robot does while it is enabled.

use super::{BindingConfig, CommandRef, DefaultConfig, Span};

/// An op mode: what it schedules when it is enabled, and what holds while it is.
#[derive(Clone, Debug, PartialEq)]
pub struct OpModeConfig {
    /// `two-ball`. Never `disabled`, which is what the robot is without an op mode.
    pub name: String,
    /// What kind of op mode it is.
    pub mode: Mode,
    /// A sentence for people; may be empty.
    pub summary: String,
    /// Scheduled, in this order, when it is enabled.
    pub schedule: Vec<CommandRef>,
    /// Default commands while it is enabled; the global ones count for other mechanisms.
    pub defaults: Vec<DefaultConfig>,
    /// Bindings while it is enabled, next to the global ones.
    pub bindings: Vec<BindingConfig>,
    /// Where its name is.
    pub span: Span,
}

/// The kind of an op mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nobody touches the gamepad.
    Autonomous,
    /// Somebody does.
    Teleoperated,
    /// In the workshop.
    Test,
}
