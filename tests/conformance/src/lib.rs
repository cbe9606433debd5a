//! Holds our scheduler, with both kinds of bodies, against the traces of the reference.
//!
//! A [`Vector`] is a scenario and what the reference did with it. A [`Judge`] plays it with native
//! bodies, with bodies in WebAssembly or with both, and tells of everything that is wrong: a tick
//! that differs from the reference's, an invariant that does not hold, two kinds of bodies that do
//! not agree. [`random`] does the same with scenarios of our own, which only have to keep the
//! invariants and to agree.
//!
//! The binary `conform` is these on the command line.

pub mod explain;
pub mod random;

mod judge;
mod side_by_side;
mod vector;
mod wasm;

pub use judge::{BodyKind, Judge};
pub use vector::{Expect, Vector, read};
pub use wasm::WasmRuntime;
