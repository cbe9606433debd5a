//! What the robot is doing: disabled, in an op mode, or stopped for good.

use std::sync::Arc;

use gantry_hardware::{ChannelId, Image};

use crate::config::{BATTERY, Mode, RobotConfig};

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

/// What a robot without a battery device has, in V.
const NOMINAL_BATTERY: f64 = 12.0;

/// The channels by which every robot tells its commands what it is doing.
pub(super) struct ModeChannels {
    image: Arc<Image>,
    mode: RobotMode,
    kind: Option<Mode>,
    /// None if a device is behind it.
    battery: Option<ChannelId>,
    enabled: Option<ChannelId>,
    autonomous: Option<ChannelId>,
    teleoperated: Option<ChannelId>,
    test: Option<ChannelId>,
    emergency_stopped: Option<ChannelId>,
}

impl ModeChannels {
    /// The channels of a robot that is disabled.
    pub(super) fn new(image: Arc<Image>, config: &RobotConfig) -> Self {
        let find = |name: &str| image.find(name);
        let measured = config
            .devices
            .iter()
            .any(|device| device.ports.values().any(|channel| channel == BATTERY));
        Self {
            mode: RobotMode::Disabled,
            kind: None,
            battery: if measured { None } else { find(BATTERY) },
            enabled: find("robot.enabled"),
            autonomous: find("robot.autonomous"),
            teleoperated: find("robot.teleoperated"),
            test: find("robot.test"),
            emergency_stopped: find("robot.emergency-stopped"),
            image,
        }
    }

    /// From the next tick on the robot is doing this.
    pub(super) fn set(&mut self, mode: RobotMode, kind: Option<Mode>) {
        (self.mode, self.kind) = (mode, kind);
    }

    /// Puts down what the next tick's commands see.
    pub(super) fn sample(&self) {
        let (mode, kind) = (self.mode, self.kind);
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
        if let Some(battery) = self.battery {
            self.image.set_input_number(battery, NOMINAL_BATTERY);
        }
    }
}
