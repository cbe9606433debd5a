//! Commands for an elevator with an arm on it, an intake, a feeder and a shooter.
//!
//! A ball comes in through the intake, rests in the feeder, where a beam break sees it, and leaves
//! through the shooter.

mod axis;
mod flywheel;
mod joints;
mod rollers;
mod scoring;
mod settings;

use gantry_sdk::prelude::*;

use crate::joints::{arm_to, elevator_to, hold_arm, hold_elevator, stow};
use crate::rollers::{feed, intake, spin_up, unjam};
use crate::scoring::{collect, score, shoot};
use crate::settings::Settings;

plugin! {
    reads = ["elevator.*", "arm.*", "shooter.*", "feeder.*"],
    publishes = ["shooter/ready"],
    commands = [
        elevator_to,
        hold_elevator,
        arm_to,
        hold_arm,
        stow,
        intake,
        spin_up,
        feed,
        unjam,
        shoot,
        collect,
        score,
    ],
    configure = Settings::read,
}
