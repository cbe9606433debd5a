//! What the robot is doing: disabled, in an op mode, or stopped for good.

use std::sync::Arc;

use gantry_hardware::{ChannelId, Image};

use crate::config::Mode;

/// What the robot is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RobotMode {
    /// Outputs are safe; only commands that run while disabled run.
    Disabled,
    /// The op mode at this position in robot.toml is enabled.
    Enabled(usize),
    /// Like disabled, and nothing but a new start of the program ends it.
    EmergencyStopped,
}

/// The channels by which every robot tells its commands what it is doing.
pub(super) struct ModeChannels {
    image: Arc<Image>,
    enabled: Option<ChannelId>,
    autonomous: Option<ChannelId>,
    teleoperated: Option<ChannelId>,
    test: Option<ChannelId>,
    emergency_stopped: Option<ChannelId>,
}

impl ModeChannels {
    pub(super) fn new(image: Arc<Image>) -> Self {
        let find = |name: &str| image.find(name);
        Self {
            enabled: find("robot.enabled"),
            autonomous: find("robot.autonomous"),
            teleoperated: find("robot.teleoperated"),
            test: find("robot.test"),
            emergency_stopped: find("robot.emergency-stopped"),
            image,
        }
    }

    /// Puts down what the next tick's commands see.
    pub(super) fn set(&self, mode: RobotMode, kind: Option<Mode>) {
        let set = |id: Option<ChannelId>, value| {
            if let Some(id) = id {
                self.image.set_input_boolean(id, value);
            }
        };
        set(self.enabled, matches!(mode, RobotMode::Enabled(_)));
        set(self.autonomous, kind == Some(Mode::Autonomous));
        set(self.teleoperated, kind == Some(Mode::Teleoperated));
        set(self.test, kind == Some(Mode::Test));
        set(self.emergency_stopped, mode == RobotMode::EmergencyStopped);
    }
}
