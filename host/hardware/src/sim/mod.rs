//! The simulator: a world of devices behind the channels, good enough to tune a controller on.
//!
//! Every [model](MODELS) is described as data (parameters with quantities, ports with units), so a
//! robot's description can be checked without knowing any of them. A [`SimBuilder`] turns
//! descriptions into one [`Sim`], which is a [`Driver`]: one driver for the whole world, so that
//! devices share a battery, sit on each other and play a game.
//!
//! The world goes on in fixed steps of at most one millisecond and knows no clock. Each model's file
//! names the source of its formulas.

mod arm;
mod battery;
mod beam_break;
mod builder;
mod device;
mod differential_drive;
mod distance_sensor;
mod elevator;
mod error;
mod field;
mod flywheel;
mod gamepad;
mod led_strip;
mod limit_switch;
pub mod motor;
mod noise;
mod spec;
mod travel;

pub use builder::{ParameterValue, SimBuilder};
pub use error::SimError;
pub use gamepad::script_problems;
pub use spec::{Literal, ModelSpec, ParameterSpec, PortKind, PortSpec};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use crate::driver::{Driver, DriverError, InputFrame, OutputFrame, Tick};
use crate::image::{ChannelId, Image};
use crate::safety::Safety;
use crate::wording::nearest;
use device::{Device, Observed, Supply, Surroundings};
use noise::Noise;

/// Every model there is.
pub const MODELS: &[ModelSpec] = &[
    battery::MODEL,
    flywheel::MODEL,
    elevator::MODEL,
    arm::MODEL,
    differential_drive::MODEL,
    limit_switch::MODEL,
    beam_break::MODEL,
    distance_sensor::MODEL,
    led_strip::MODEL,
    gamepad::MODEL,
    field::MODEL,
];

/// The model with this name.
pub fn model(name: &str) -> Option<&'static ModelSpec> {
    MODELS.iter().find(|model| model.name == name)
}

/// The name of the model most like `name`.
pub fn nearest_model(name: &str) -> Option<&'static str> {
    nearest(name, MODELS.iter().map(|model| model.name))
}

/// The longest step, in seconds.
const LONGEST_STEP: f64 = 0.001;

/// The simulated world, behind the channels of its ports.
///
/// In a tick, it first goes on by the time since the last one, driven with what was flushed then;
/// what it measures after that is what commands see.
pub struct Sim {
    devices: Vec<Box<dyn Device>>,
    observed: Vec<Observed>,
    noise: Vec<Noise>,
    channels: Vec<ChannelId>,
    supply: Supply,
    time: f64,
    image: Arc<Image>,
    cut: Arc<Cut>,
}

/// Whether the world is cut off from what is flushed, and driven with the safe values instead.
#[derive(Debug, Default)]
struct Cut(AtomicBool);

impl Safety for Cut {
    fn make_safe(&self) {
        self.0.store(true, SeqCst);
    }

    fn rearm(&self) {
        self.0.store(false, SeqCst);
    }
}

impl Sim {
    fn new(
        image: Arc<Image>,
        devices: Vec<Box<dyn Device>>,
        channels: Vec<ChannelId>,
        seed: u64,
    ) -> Self {
        let supply = devices.iter().find_map(|device| device.as_supply());
        let mut sim = Self {
            observed: vec![Observed::default(); devices.len()],
            noise: (0..devices.len()).map(|d| Noise::new(seed, d)).collect(),
            channels,
            supply: supply.unwrap_or(Supply {
                open_circuit: motor::NOMINAL_VOLTAGE,
                resistance: 0.0,
            }),
            time: 0.0,
            image,
            cut: Arc::default(),
            devices,
        };
        sim.look_around();
        sim
    }

    fn advance(&mut self, dt: f64) {
        // Rounding must not turn 20 ms into 21 steps.
        let steps = (dt / LONGEST_STEP - 1e-6).ceil().max(0.0);
        for _ in 0..steps as u64 {
            self.step(dt / steps);
        }
    }

    fn step(&mut self, h: f64) {
        self.time += h;
        let devices = &self.devices;
        let drawn = |volts| devices.iter().map(|d| d.supply_current(volts)).sum();
        let bus = self.supply.settle(drawn);
        let current = drawn(bus);
        let around = Surroundings {
            time: self.time,
            bus,
            current,
            devices: &self.observed,
        };
        for device in &mut self.devices {
            device.step(h, &around);
        }
        self.look_around();
    }

    fn look_around(&mut self) {
        for (observed, device) in self.observed.iter_mut().zip(&self.devices) {
            *observed = device.observed();
        }
        for device in &mut self.devices {
            device.see(&self.observed);
        }
    }

    fn drive(&mut self, outputs: &OutputFrame<'_>) {
        if self.is_cut() {
            return self.drive_safe();
        }
        for device in &mut self.devices {
            device.drive(outputs);
        }
    }
}

impl Sim {
    fn is_cut(&self) -> bool {
        self.cut.0.load(SeqCst)
    }

    fn drive_safe(&mut self) {
        self.image.make_flushed_safe(&self.channels);
        let outputs = OutputFrame { image: &self.image };
        for device in &mut self.devices {
            device.drive(&outputs);
        }
    }
}

impl Driver for Sim {
    fn name(&self) -> &str {
        "sim"
    }

    fn channels(&self) -> &[ChannelId] {
        &self.channels
    }

    fn sample(&mut self, tick: Tick, inputs: &mut InputFrame<'_>) -> Result<(), DriverError> {
        if self.is_cut() {
            // Since some moment after the last flush.
            self.drive_safe();
        }
        self.advance(tick.dt.as_secs_f64());
        for (device, noise) in self.devices.iter_mut().zip(&mut self.noise) {
            device.measure(inputs, noise);
        }
        Ok(())
    }

    fn flush(&mut self, _tick: Tick, outputs: &OutputFrame<'_>) -> Result<(), DriverError> {
        self.drive(outputs);
        Ok(())
    }

    fn safe(&mut self, outputs: &OutputFrame<'_>) {
        self.drive(outputs);
    }

    fn safety(&self) -> Arc<dyn Safety> {
        self.cut.clone()
    }
}

impl std::fmt::Debug for Sim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sim")
            .field("time", &self.time)
            .field("observed", &self.observed)
            .finish_non_exhaustive()
    }
}
