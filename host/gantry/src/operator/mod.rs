//! The operator's side: orders, signals and the watchdog.
//!
//! The path from an order or a signal to safe outputs shares nothing with the loop. Threads of its own
//! read standard input and take signals; each of them throws the [switch](gantry_hardware::SafetySwitch)
//! of the hardware itself and leaves a note for the loop in [`Stop`], which is a few atomics. None of
//! them waits for the loop, for a lock that it holds, or for a terminal.
//!
//! ```text
//! standard input ──▶ reader ──┐                 ┌──▶ SafetySwitch ──▶ drivers
//! signals ──────────▶ signals ┼──▶ Stop ────────┤
//! loop stands still ▶ watchdog┘                 └──▶ the loop, at its next tick
//! ```

mod desk;
mod guard;
mod heartbeat;
mod orders;
mod reader;
mod signals;
mod stop;
mod watchdog;

pub use desk::{Desk, Listening};
pub(crate) use guard::Guard;
pub use orders::{Heard, MAX_LINE, Order, OrderReader};
pub use stop::Stop;
pub(crate) use watchdog::Limits;
