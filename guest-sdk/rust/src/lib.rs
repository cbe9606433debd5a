//! Write Gantry commands in Rust.

mod bindings;
pub mod channel;
pub mod clock;
mod command;
pub mod config;
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
pub use gantry_sdk_macros::{command, plugin};
pub use outcome::{Outcome, WaitResult, Winner};
pub use seconds::Seconds;
pub use signal::{Edge, Signal, Source};
pub use state_machine::{State, StateMachine};
pub use topic::Topic;
pub use value::{Data, Kind, Value, ValueError};

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
