//! The command scheduler: the rules, and nothing else.
mod command;
mod coroutine;
mod event;
mod groups;
mod mechanism;
mod native;
mod outcome;
mod scheduler;
mod signal;
mod state_machine;
mod tick;
mod trigger;

pub use command::{Body, Command, CommandBuilder};
pub use coroutine::{Answer, AwaitMode, Coroutine, Request, Step, WaitResult};
pub use event::{Event, EventKind, Observer, RunId};
pub use groups::{GroupError, MAX_NESTING, condition, delay, parallel, race, sequence};
pub use mechanism::{MAX_MECHANISMS, MechanismError, MechanismId, MechanismSet, Mechanisms};
pub use native::{BodyError, BodyResult, Co, FutureCoroutine, Mailbox, coroutine};
pub use outcome::{Admission, Blocker, Failure, ForkFailure, Outcome, Refusal, Value};
pub use scheduler::{InvalidDefault, Limits, RunInfo, Scheduler};
pub use signal::{Condition, Edge, MAX_SIGNAL_PARTS, Signal};
pub use state_machine::{StateMachine, StateObserver};
pub use tick::Tick;
pub use trigger::Binding;
