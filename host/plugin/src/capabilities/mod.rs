//! What a plugin may do, whatever version of the contract it speaks.
//!
//! Every check of a grant is here, below the versions: a version converts types and calls these
//! functions, so that it has nothing to forget.

mod channels;
mod commands;
mod mechanisms;
mod topics;

// Public, in a module that is not: the bindings re-export what handles stand for.
#[allow(unreachable_pub)]
pub use channels::{
    ArrayInput, ArrayOutput, BooleanInput, BooleanOutput, NumberInput, NumberOutput,
};
#[allow(unreachable_pub)]
pub use topics::Topic;

use crate::policy::{Pattern, Policy};

/// What a plugin was granted, in the form it is checked in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grants {
    pub(crate) mechanisms: Vec<String>,
    pub(crate) reads: Vec<Pattern>,
    pub(crate) publishes: Vec<Pattern>,
    pub(crate) commands: Vec<Pattern>,
}

impl Grants {
    pub(crate) fn of(policy: &Policy) -> Self {
        Self {
            mechanisms: policy.mechanisms.clone(),
            reads: policy.reads.clone(),
            publishes: policy.publishes.clone(),
            commands: policy.commands.clone(),
        }
    }
}
