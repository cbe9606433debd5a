//! The binary: robot.toml, the loop, op modes and the command line.
//!
//! `config` reads robot.toml, `robot` puts a robot together and runs one tick at a time, `session`
//! decides when ticks happen and where their records go, `project` makes and builds projects of people
//! who write plugins, `cli` is the command line.

pub mod cli;
pub mod config;
pub mod lock;
pub mod pace;
pub mod project;
pub mod recording;
mod reload;
mod reports;
pub mod robot;
pub mod session;
pub mod signing;
mod text;
