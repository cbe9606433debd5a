//! The rules of the image, the driver seam and the simulator, by module.

mod allocation;
mod hardware;
mod image;
mod sim_devices;
mod sim_errors;
mod sim_game;
mod sim_mechanisms;
mod support;
