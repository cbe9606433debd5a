//! The binary: robot.toml, the loop, op modes and the command line.
//!
//! `config` reads robot.toml, `robot` puts a robot together and runs one tick at a time, `session`
//! decides when ticks happen and where their records go, `cli` is the command line.

pub mod cli;
pub mod config;
pub mod lock;
pub mod pace;
mod reload;
mod reports;
pub mod robot;
pub mod session;
pub mod signing;
