//! The hardware of a robot as its commands see it: a process image of named channels, the drivers
//! behind it, and a simulator that is one of them.
//!
//! A tick has two ends. At its beginning every driver samples and the inputs are frozen; at its end
//! the outputs are decided and flushed. In between, commands read, and the run that owns a
//! mechanism writes.
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use gantry_hardware::sim::{ParameterValue, SimBuilder};
//! use gantry_hardware::{Channel, Hardware, ImageBuilder, Kind};
//!
//! // A shooter wheel with one output and one input.
//! let mut builder = ImageBuilder::new();
//! let shooter = builder.add_mechanism("shooter")?;
//! let voltage = Channel::output("shooter.voltage", Kind::Number, shooter);
//! let voltage = builder.add_channel(voltage.unit("V").range(-12.0, 12.0))?;
//! let velocity = Channel::input("shooter.velocity", Kind::Number).unit("rad/s");
//! let velocity = builder.add_channel(velocity)?;
//! let image = Arc::new(builder.build());
//!
//! // What is behind them: one simulated NEO on a flywheel.
//! let mut world = SimBuilder::new(image.clone());
//! let parameters = BTreeMap::from([
//!     ("motor".to_owned(), ParameterValue::Text("neo".to_owned())),
//!     ("gearing".to_owned(), ParameterValue::Number(1.0)),
//!     ("moment-of-inertia".to_owned(), ParameterValue::Number(0.002)),
//! ]);
//! let ports = BTreeMap::from([
//!     ("voltage".to_owned(), voltage),
//!     ("velocity".to_owned(), velocity),
//! ]);
//! world.add_device("wheel", "flywheel", parameters, ports)?;
//! let sim = world.build(7)?;
//! let mut hardware = Hardware::new(image.clone(), vec![Box::new(sim)])?;
//!
//! // Run 1 owns the shooter and holds it at 300 rad/s, for four seconds of 20 ms ticks.
//! image.set_enabled(true);
//! image.set_owner(shooter, 1);
//! let dt = Duration::from_millis(20);
//! for tick in 0..200 {
//!     hardware.begin_tick(dt * tick, dt);
//!     let error = 300.0 - image.number(velocity);
//!     let volts = 300.0 / 50.0 + 0.1 * error;
//!     image.write_number(voltage, 1, volts.clamp(-12.0, 12.0))?;
//!     hardware.end_tick();
//!     assert_eq!(hardware.reports().count(), 0);
//! }
//! assert!((image.number(velocity) - 300.0).abs() < 5.0);
//!
//! // Nobody else can write, and without an owner the output is safe.
//! assert!(image.write_number(voltage, 2, 1.0).is_err());
//! image.set_owner(shooter, 0);
//! hardware.end_tick();
//! assert_eq!(image.flushed_number(voltage), 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is not here: WebAssembly, the scheduler, files, threads and clocks. Time is passed in, and
//! runs are numbers.

pub mod driver;
pub mod image;
pub mod quantity;
mod safety;
pub mod sim;

mod wording;

pub use driver::{Driver, DriverError, DriverReport, Hardware, HardwareError, Health, Tick};
pub use image::{
    Channel, ChannelId, Direction, Image, ImageBuilder, ImageError, Kind, MechanismIndex,
    OnRelease, Value, WriteError,
};
pub use safety::{Safety, SafetySwitch};
