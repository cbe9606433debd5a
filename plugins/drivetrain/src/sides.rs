//! The channels of the drivetrain.

use gantry_sdk::{NumberInput, NumberOutput, Result};

/// Volts for the two sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Volts {
    pub(crate) left: f64,
    pub(crate) right: f64,
}

/// The drivetrain's motors and sensors. It stops when it is dropped.
#[derive(Debug)]
pub(crate) struct Sides {
    left_voltage: NumberOutput,
    right_voltage: NumberOutput,
    left_distance: NumberInput,
    right_distance: NumberInput,
    heading: NumberInput,
}

impl Volts {
    /// Both sides of a robot that goes forward with `forward` volts and turns counter-clockwise
    /// with `turn` volts of either side.
    pub(crate) fn mixed(forward: f64, turn: f64) -> Self {
        Self {
            left: forward - turn,
            right: forward + turn,
        }
    }
}

impl Sides {
    pub(crate) fn open() -> Result<Self> {
        Ok(Self {
            left_voltage: NumberOutput::open("drive.left-voltage")?,
            right_voltage: NumberOutput::open("drive.right-voltage")?,
            left_distance: NumberInput::open("drive.left-distance")?,
            right_distance: NumberInput::open("drive.right-distance")?,
            heading: NumberInput::open("drive.heading")?,
        })
    }

    /// What the robot's centre has driven since the start, in m.
    pub(crate) fn distance(&self) -> f64 {
        f64::midpoint(self.left_distance.get(), self.right_distance.get())
    }

    /// Counter-clockwise from the start, in rad.
    pub(crate) fn heading(&self) -> f64 {
        self.heading.get()
    }

    /// Drives both sides, within what the motors take.
    pub(crate) fn set(&self, volts: Volts) -> Result<()> {
        self.left_voltage.set_clamped(volts.left)?;
        self.right_voltage.set_clamped(volts.right)?;
        Ok(())
    }
}

impl Drop for Sides {
    fn drop(&mut self) {
        // Refused when another command has taken the drivetrain already, which is fine.
        let _ = self.left_voltage.set(0.0);
        let _ = self.right_voltage.set(0.0);
    }
}
