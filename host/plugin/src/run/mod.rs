//! One run of a command: one store, one coroutine, nothing that outlives it.

mod body;
mod control;
mod coroutine;
mod cost;
mod fault;
mod graveyard;
mod limiter;
mod poll;
mod share;
pub(crate) mod size;
mod state;
mod store;
mod turns;
mod usage;
mod warm;

pub(crate) use body::{WasmBody, is_full};
pub(crate) use control::{Alarm, Control, Meter, Phase};
pub(crate) use cost::Cost;
pub(crate) use fault::fault;
pub(crate) use graveyard::Graveyard;
pub(crate) use limiter::bytes;
pub(crate) use share::Share;
pub(crate) use state::{Context, Denied, RunState, too_much_kept, unexpected};
pub(crate) use store::{StoreMaker, drive};
pub(crate) use usage::Usage;
pub(crate) use warm::{Warm, WarmLimits};
