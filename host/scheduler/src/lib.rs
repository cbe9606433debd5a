//! The command scheduler: which commands run, who drives which mechanism, and what happens next.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//!
//! use gantry_scheduler::{Command, Mechanisms, Scheduler, delay, sequence};
//!
//! let mechanisms = Arc::new(Mechanisms::new(["arm", "claw"])?);
//! let (arm, claw) = (mechanisms.find("arm").unwrap(), mechanisms.find("claw").unwrap());
//! let raise = Command::builder("raise").requires([arm]).build_async(|co| async move {
//!     // A body is an async function that asks: wait, yield, fork, await ...
//!     co.wait(Duration::from_millis(40)).await?;
//!     Ok(None)
//! });
//! let open = Command::builder("open").requires([claw]).build_async(|_| async { Ok(None) });
//! let score = sequence(&[raise, open, delay(Duration::from_secs(1))]);
//!
//! let mut scheduler = Scheduler::new(mechanisms, Box::new(()));
//! scheduler.schedule(&score);
//! for tick in 1..=3 {
//!     scheduler.tick(Duration::from_millis(20 * tick));
//! }
//! assert_eq!(scheduler.owner(claw), scheduler.runs().first().map(|run| run.id));
//! # Ok::<(), gantry_scheduler::MechanismError>(())
//! ```
//!
//! [`Scheduler::tick`] is the whole loop, a list of phases. A body is a [`Coroutine`]: it is
//! resumed with an [`Answer`] and asks with a [`Request`]; native bodies use a [`Co`] for that.
//! Everything that happens goes to the [`Observer`] as an [`Event`].
//!
//! There is no WebAssembly here, no device, no file, no thread and no clock: time is handed in, and
//! the same calls with the same bodies give the same events. What a body may ask for is bounded
//! ([`Limits`], [`MAX_NESTING`], [`MAX_SIGNAL_PARTS`]), and a steady tick allocates nothing.

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
mod supplier;
mod tick;
mod trigger;

pub use command::{Body, Command, CommandBuilder};
pub use coroutine::{Answer, AwaitMode, Coroutine, Request, Step, WaitResult};
pub use event::{Event, EventKind, Observer, RefusedStart, RunId, StartSource};
pub use groups::{GroupError, MAX_NESTING, condition, delay, parallel, race, sequence};
pub use mechanism::{MAX_MECHANISMS, MechanismError, MechanismId, MechanismSet, Mechanisms};
pub use native::{BodyError, BodyResult, Co, FutureCoroutine, Mailbox, coroutine};
pub use outcome::{Admission, Blocker, Failure, ForkFailure, Outcome, Refusal, Value};
pub use scheduler::{InvalidDefault, Limits, RunInfo, SHORT_DEFAULT, SHORT_DEFAULTS, Scheduler};
pub use signal::{Condition, Edge, MAX_SIGNAL_PARTS, Signal};
pub use state_machine::{StateMachine, StateObserver};
pub use supplier::{Claim, Overruns, Resource, Supplier, SupplierLimits};
pub use tick::Tick;
pub use trigger::{Binding, FirstLook};
