//! Scenarios for the scheduler as data: what commands there are, and what is done to them tick by
//! tick.
//!
//! A [`Scenario`] is read from JSON (the format is in `tests/conformance/README.md`) or made at
//! [random](scenarios). [`play`] runs it on a real scheduler and returns a [`Played`]: the
//! [`Trace`] of all events, and the invariants that were violated. What the bodies are made of is
//! behind [`Bodies`]: native ones are here, those in WebAssembly in `tests/conformance`.
//!
//! There is no expectation here, and no WebAssembly, so that a fuzzer builds it quickly.

mod command;
mod draft;
mod native;
mod player;
mod random;
mod scenario;
mod trace;

pub use command::{CommandSpec, MachineSpec, TransitionSpec};
pub use draft::Draft;
pub use native::Native;
pub use player::{Bodies, Played, Recorder, Setting, play};
pub use random::scenarios;
pub use scenario::{OrderedMap, Scenario, Step, TriggerSpec, binding};
pub use trace::{Event, TickState, Trace};
