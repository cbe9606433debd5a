//! Lines for people.
//!
//! The macros take what `println!` takes. What a command prints with `println!` and `eprintln!`
//! arrives as well, as `info` and `warn`.
//!
//! ```no_run
//! use gantry_sdk::prelude::*;
//!
//! let battery = 11.8;
//! if battery < 12.0 {
//!     warn!("the battery is down to {battery:.1} V");
//! }
//! ```

use crate::bindings::gantry::command::log as wit;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every step.
    Trace,
    /// For whoever looks for a mistake.
    Debug,
    /// What happened.
    Info,
    /// What should not have happened, and did no harm.
    Warn,
    /// What went wrong.
    Error,
}

/// Writes one line under the plugin's and the command's name.
pub fn log(level: Level, message: &str) {
    let level = match level {
        Level::Trace => wit::Level::Trace,
        Level::Debug => wit::Level::Debug,
        Level::Info => wit::Level::Info,
        Level::Warn => wit::Level::Warn,
        Level::Error => wit::Level::Error,
    };
    wit::log(level, message);
}

/// Logs a line for whoever follows every step.
#[macro_export]
macro_rules! trace {
    ($($message:tt)+) => {
        $crate::log::log($crate::log::Level::Trace, &::std::format!($($message)+))
    };
}

/// Logs a line for whoever looks for a mistake.
#[macro_export]
macro_rules! debug {
    ($($message:tt)+) => {
        $crate::log::log($crate::log::Level::Debug, &::std::format!($($message)+))
    };
}

/// Logs what happened.
#[macro_export]
macro_rules! info {
    ($($message:tt)+) => {
        $crate::log::log($crate::log::Level::Info, &::std::format!($($message)+))
    };
}

/// Logs what should not have happened, and did no harm.
#[macro_export]
macro_rules! warn {
    ($($message:tt)+) => {
        $crate::log::log($crate::log::Level::Warn, &::std::format!($($message)+))
    };
}

/// Logs what went wrong.
#[macro_export]
macro_rules! error {
    ($($message:tt)+) => {
        $crate::log::log($crate::log::Level::Error, &::std::format!($($message)+))
    };
}
