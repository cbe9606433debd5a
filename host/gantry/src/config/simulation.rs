//! `[simulation]`: what a simulated run is fed with.

use std::time::Duration;

use gantry_hardware::Value;

use super::Span;

/// What a simulated run is fed with, unless the command line says otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimulationConfig {
    /// Where random numbers start; 0 if the file does not say.
    pub seed: u64,
    /// Which op mode is enabled when, one after the other; empty if the command line decides.
    pub timeline: Vec<TimelineStep>,
    /// What is done on the gamepads, in the order of time.
    pub script: Vec<ScriptStep>,
}

/// One stretch of a simulated run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineStep {
    /// The op mode; none while the robot is disabled.
    pub opmode: Option<String>,
    /// How long.
    pub duration: Duration,
    /// Where the step is.
    pub span: Span,
}

/// Something that is done on gamepads at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptStep {
    /// Since the start of the simulated run.
    pub at: Duration,
    /// Channels of gamepads and the values that they have from then on.
    pub set: Vec<(String, Value)>,
    /// Where the step is.
    pub span: Span,
}
