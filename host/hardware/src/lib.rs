//! The process image, the driver seam and the simulator.

pub mod driver;
pub mod image;
pub mod quantity;
pub mod sim;

mod nearest;

pub use driver::{Driver, DriverError, DriverReport, Hardware, HardwareError, Health, Tick};
pub use image::{
    Channel, ChannelId, Direction, Image, ImageBuilder, ImageError, Kind, MechanismIndex,
    OnRelease, Value, WriteError,
};
