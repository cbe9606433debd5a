//! The behaviour list: its plugin in every language, what has to come of it, and what it costs.
//!
//! ```no_run
//! use gantry_languages::{BEHAVIOURS, Host, Language};
//!
//! # fn main() -> anyhow::Result<()> {
//! let host = Host::new("target/debug/gantry", "target/languages");
//! let file = Language::Python.component()?;
//! for behaviour in BEHAVIOURS {
//!     let trace = host.play(behaviour, &file)?;
//!     behaviour.judge(&trace)?;
//! }
//! # Ok(()) }
//! ```
//!
//! `host/gantry/tests/languages` plays them in the real binary; `cargo run --bin languages` measures.

mod behaviours;
mod components;
pub mod costs;
mod expectation;
mod host;
mod language;
pub mod table;
mod trace;

pub use behaviours::{BEHAVIOURS, Behaviour, HOLES, Hole};
pub use expectation::Expectation;
pub use host::{Host, Plugin};
pub use language::Language;
pub use trace::{Comparison, Trace};
