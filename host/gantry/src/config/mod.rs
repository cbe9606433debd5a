//! Reads a robot.toml: everything in it is checked against everything else in it, and all that is
//! wrong is reported at once, with line, column and what would be right.
//!
//! What only shows when plugins are loaded (a missing file, an unknown command, a wrong argument)
//! is reported by later stages, with [`RobotConfig::diagnostic`] pointing at the line.
//!
//! `docs/robot-toml.md` is the reference for people.

mod commands;
mod devices;
mod diagnostic;
mod mechanisms;
mod opmodes;
mod plugins;
mod signals;
mod simulation;
mod source;
mod value;

use std::sync::Arc;
use std::time::Duration;

pub use commands::{Argument, BindingConfig, BindingKind, CommandRef, DefaultConfig};
pub use devices::{DeviceConfig, ParameterValue};
pub use diagnostic::{ConfigErrors, Diagnostic, Severity};
pub use mechanisms::{ChannelConfig, MechanismConfig};
pub use opmodes::{Mode, OpModeConfig};
pub use plugins::{FolderConfig, Grant, LimitsConfig, PluginConfig};
pub use signals::{DebounceEdge, NamedSignal, SignalExpr, SignalKind, SignalSource};
pub use simulation::{ScriptStep, SimulationConfig, TimelineStep};
pub use source::{Position, Source, Span};
pub use value::ConfigValue;

/// A robot, as its file describes it. Names are resolved and unique, quantities are in SI units.
#[derive(Clone, Debug, PartialEq)]
pub struct RobotConfig {
    /// The robot's name.
    pub name: String,
    /// The loop's period.
    pub period: Duration,
    /// Runs of all plugins that there may be at a time. None: the host's default.
    pub live_runs: Option<u32>,
    /// What one command at a time may drive.
    pub mechanisms: Vec<MechanismConfig>,
    /// Every channel: those of the mechanisms, those that devices declare, and those that every
    /// robot has.
    pub channels: Vec<ChannelConfig>,
    /// What is behind the channels.
    pub devices: Vec<DeviceConfig>,
    /// The code that is loaded.
    pub plugins: Vec<PluginConfig>,
    /// Signals with a name, each after those that it refers to.
    pub signals: Vec<NamedSignal>,
    /// Default commands that count in every op mode, and while the robot is disabled.
    pub defaults: Vec<DefaultConfig>,
    /// Bindings that count in every op mode, and while the robot is disabled.
    pub bindings: Vec<BindingConfig>,
    /// What the robot does while it is enabled.
    pub opmodes: Vec<OpModeConfig>,
    /// What a simulated run is fed with.
    pub simulation: SimulationConfig,
    /// What is allowed but looks wrong.
    pub warnings: Vec<Diagnostic>,
    /// The file.
    pub source: Arc<Source>,
}

impl RobotConfig {
    /// An error about a place of the file, for later stages.
    pub fn diagnostic(
        &self,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Diagnostic {
        Diagnostic::error(self.source.clone(), span, message).maybe_help(help)
    }
}
