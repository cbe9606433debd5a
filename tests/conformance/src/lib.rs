//! Plays the vectors recorded from the reference scheduler.
//!
//! A [`Vector`] is a scenario and what the reference did with it; [`play`] does the same with our
//! scheduler and returns the [`Trace`]; [`compare`](Vector::compare) says where they differ.

mod body;
mod player;
mod vector;

pub use player::play;
pub use vector::{Difference, Event, Scenario, TickState, Trace, Vector};
