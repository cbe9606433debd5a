//! `gantry:command@0.1`: one file per interface.

mod bindings;
mod commands;
mod convert;
mod coroutine;
mod hardware;
mod plugin;
mod signals;
mod state;
mod state_machine;
mod triggers;
mod values;

pub(super) use plugin::{Guest, GuestPre, link};

/// What the handles of this version stand for. `bindgen!` wants to re-export them.
#[allow(unreachable_pub)]
mod handles {
    pub use gantry_scheduler::{Command, Signal};

    pub use super::state_machine::StateMachine;
    pub use crate::capabilities::{
        ArrayInput, ArrayOutput, BooleanInput, BooleanOutput, NumberInput, NumberOutput, Topic,
    };
}
