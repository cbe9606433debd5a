//! Write Gantry commands in Rust.
//!
//! ```no_run
//! use gantry_sdk::prelude::*;
//!
//! plugin! {
//!     name = "arm-kit",
//!     summary = "Raises the arm.",
//!     reads = ["arm.*"],
//!     commands = [raise],
//! }
//!
//! /// Raises the arm to an angle.
//! #[command(requires("arm"))]
//! fn raise(
//!     co: &Coroutine,
//!     /// Where to, from level.
//!     #[unit("rad")]
//!     angle: f64,
//!     /// How near is near enough.
//!     #[unit("rad")]
//!     #[default(0.02)]
//!     tolerance: f64,
//! ) -> Result<f64> {
//!     let measured = NumberInput::open("arm.angle")?;
//!     let voltage = NumberOutput::open("arm.voltage")?;
//!     loop {
//!         let error = angle - measured.get();
//!         if error.abs() < tolerance {
//!             return Ok(measured.get());
//!         }
//!         voltage.set_clamped(8.0 * error)?;
//!         co.yield_()?;
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! The crate is compiled for `wasm32-wasip2` as a `cdylib`; what comes out is the plugin.
//!
//! # What a command is
//!
//! A function with [`#[command]`](macro@command) above it. Its doc comment is the summary that
//! people see, its parameters are the command's. If it waits, its first parameter is the
//! [`Coroutine`]: each wait suspends the function, with all of its locals, until the scheduler
//! goes on with it. It returns nothing, a value, or a [`Result`] of either; a value reaches
//! whoever awaits the command, in its [`Outcome`].
//!
//! Each run has a memory of its own. What one run tells another goes through a [`Topic`].
//!
//! # Cancellation and cleanup
//!
//! When a run is canceled or interrupted, the wait it is in answers [`Error::Canceled`], and so do
//! all that follow: `?` leads out of the function, and guards are dropped on the way. They may
//! still write the outputs that the run owns. What a run leaves behind takes its safe value in any
//! case, unless the robot's file says that it is held.
//!
//! ```no_run
//! use gantry_sdk::prelude::*;
//!
//! struct Motor(NumberOutput);
//!
//! impl Drop for Motor {
//!     fn drop(&mut self) {
//!         // Refused once the run has ended; then the host has stopped the motor.
//!         let _ = self.0.set(0.0);
//!     }
//! }
//!
//! /// Spins until it is canceled.
//! #[command(requires("shooter"))]
//! fn spin(co: &Coroutine, #[unit("V")] volts: f64) -> Result<()> {
//!     let motor = Motor(NumberOutput::open("shooter.voltage")?);
//!     motor.0.set(volts)?;
//!     match co.park()? {}
//! }
//! # fn main() {}
//! ```
//!
//! # Failures and panics
//!
//! An error that leaves the function fails the run, with its text. So does a panic, with its
//! message and place; but it unwinds nothing, and no guard is dropped. An awaited command that
//! failed is an [`Outcome::Failed`], which `.ok()?` passes on.
//!
//! # Native builds
//!
//! The crate compiles for the machine it is developed on as well, for lints, documentation and
//! tests of what does not call the host: [`control`], [`Config::of`], [`Value`] and your own
//! arithmetic. Everything else panics there.

mod bindings;
pub mod channel;
pub mod clock;
mod command;
pub mod config;
pub mod control;
mod coroutine;
mod error;
pub mod log;
mod outcome;
mod panic;
mod plugin;
mod seconds;
mod signal;
pub mod state_machine;
mod topic;
mod value;

pub use channel::{
    ArrayInput, ArrayOutput, BooleanInput, BooleanOutput, NumberInput, NumberOutput, WriteError,
};
pub use command::{Command, Lookup};
pub use config::{Config, ConfigError};
pub use coroutine::Coroutine;
pub use error::{Error, ForkFailure, Refusal, Result};
/// Makes a command of a plain function.
///
/// ```no_run
/// use gantry_sdk::prelude::*;
///
/// /// Turns on the spot.
/// #[command(requires("drive"), priority = 1)]
/// fn turn(
///     co: &Coroutine,
///     /// How far, counter-clockwise.
///     #[unit("rad")]
///     angle: f64,
///     #[unit("rad/s")]
///     #[default(2.0)]
///     top_speed: f64,
/// ) -> Result<()> {
///     // …
/// #   let _ = (angle, top_speed);
///     co.yield_()
/// }
/// # fn main() {}
/// ```
///
/// In the parentheses, all optional:
///
/// - `requires("drive", …)`: the mechanisms that a run owns while it runs.
/// - `priority = 0`: the highest wins.
/// - `name = "turn"`: otherwise the function's name, with `-` for `_`.
/// - `runs_while_disabled`: it may run while the robot is disabled; outputs are safe then all the
///   same.
///
/// A parameter has a doc comment, `#[unit("m")]` and `#[default(value)]`, all optional; without a
/// default the argument must be given. It is a `bool`, `i32`, `i64`, `f64`, `String`, `Vec<f64>`
/// or `[f64; N]`, and the function returns nothing, one of these, or a `Result`. The function
/// itself stays as it is, so that it can be called.
pub use gantry_sdk_macros::command;
/// Makes a plugin of a crate: says what it is, and lists its commands.
///
/// ```no_run
/// use gantry_sdk::prelude::*;
///
/// plugin! {
///     name = "blinker",
///     summary = "Blinks.",
///     reads = ["robot.enabled"],
///     publishes = ["blinker/*"],
///     commands = [blink],
///     configure = interval,
/// }
///
/// /// Seconds between two blinks, from the robot's file.
/// fn interval(config: &Config) -> Result<f64> {
///     Ok(config.in_range("interval", 0.5, 0.1..=10.0)?)
/// }
///
/// /// Blinks.
/// #[command(requires("leds"))]
/// fn blink(co: &Coroutine) -> Result<()> {
///     co.wait(interval(&Config::current())?)
/// }
/// # fn main() {}
/// ```
///
/// - `name`, `version`, `summary`: the package's, if left out.
/// - `reads`: input channels that the plugin opens; a name may end in `*`.
/// - `publishes`: topics that it publishes; a name may end in `*`.
/// - `commands`: functions with `#[command]`. The only entry that must be there.
/// - `configure`: a function of `&Config` that returns a `Result`. Its error rejects the plugin's
///   table in robot.toml; what it returns otherwise is dropped.
pub use gantry_sdk_macros::plugin;
pub use outcome::{Outcome, WaitResult, Winner};
pub use seconds::Seconds;
pub use signal::{Edge, Signal, Source};
pub use state_machine::{State, StateMachine};
pub use topic::Topic;
pub use value::{Data, Kind, Value, ValueError};

/// The README's example, kept compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

#[doc(hidden)]
pub mod __private {
    pub use crate::bindings::generated as bindings;
    pub use crate::plugin::*;
}

pub mod prelude {
    //! What nearly every plugin needs: `use gantry_sdk::prelude::*;`

    pub use crate::{
        ArrayInput, ArrayOutput, BooleanInput, BooleanOutput, Command, Config, Coroutine, Edge,
        Error, NumberInput, NumberOutput, Outcome, Result, Signal, StateMachine, Topic, Value,
        WaitResult, bail, clock, command, debug, error, info, lookup, plugin, trace, warn,
    };
}
