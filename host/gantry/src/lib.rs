//! The binary: robot.toml, the loop, op modes and the command line.

pub mod config;
