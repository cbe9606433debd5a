//! What a command can wait for.

use std::borrow::Borrow;
use std::convert::Infallible;

use crate::bindings::gantry::command::{coroutine as wit, triggers};
use crate::command::{Command, borrowed};
use crate::{Error, Outcome, Result, Seconds, Signal, WaitResult, Winner};

/// A command's own run, which can be suspended.
///
/// A command that waits takes it as its first parameter, `co: &Coroutine`. Each call here
/// suspends the command until the scheduler answers; everything else in this crate returns at
/// once. Once the run is canceled, every one of these calls answers [`Error::Canceled`], and `?`
/// leads out of the body.
///
/// ```no_run
/// use gantry_sdk::prelude::*;
///
/// /// Picks up a ball, with the arm down first.
/// #[command]
/// fn pick_up(co: &Coroutine) -> Result<bool> {
///     let lower = Command::lookup("superstructure/arm-to").argument("angle", -0.4).build()?;
///     co.await_(&lower)?.ok()?;
///
///     let intake = Command::lookup("superstructure/intake").build()?;
///     let winner = co.await_any([&intake, &Command::delay(3.0)?])?;
///     Ok(winner.index == 0 && winner.outcome.is_completed())
/// }
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct Coroutine(());

/// Runs are told apart by their memory: an instance of the plugin has exactly one.
pub(crate) static THIS_RUN: Coroutine = Coroutine(());

impl Coroutine {
    /// Starts commands as children of this run and goes on at once. They run to their first wait
    /// before this returns, and are canceled when this run ends. One that is already running is
    /// left as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Canceled`]; [`Error::Refused`] if any may not start; [`Error::Invalid`] if two of
    /// them conflict with each other.
    pub fn fork<C: Borrow<Command>>(&self, commands: impl IntoIterator<Item = C>) -> Result<()> {
        let commands: Vec<C> = commands.into_iter().collect();
        wit::fork(&borrowed(&commands)).map_err(Error::from_wit)
    }

    /// Forks a command, or takes one that is already running, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// As for [`fork`](Self::fork). That the command failed is an [`Outcome`], not an error.
    pub fn await_(&self, command: &Command) -> Result<Outcome> {
        wit::await_(command.handle())
            .map(Outcome::from_wit)
            .map_err(Error::from_wit)
    }

    /// Forks commands and waits until all have ended. The outcomes are in the order given.
    ///
    /// # Errors
    ///
    /// As for [`fork`](Self::fork).
    pub fn await_all<C: Borrow<Command>>(
        &self,
        commands: impl IntoIterator<Item = C>,
    ) -> Result<Vec<Outcome>> {
        let commands: Vec<C> = commands.into_iter().collect();
        let outcomes = wit::await_all(&borrowed(&commands)).map_err(Error::from_wit)?;
        Ok(outcomes.into_iter().map(Outcome::from_wit).collect())
    }

    /// Forks commands and waits until the first has ended, then cancels the others. If several
    /// end in the same tick, the first in the order given wins.
    ///
    /// # Errors
    ///
    /// As for [`fork`](Self::fork); [`Error::Invalid`] without any command.
    pub fn await_any<C: Borrow<Command>>(
        &self,
        commands: impl IntoIterator<Item = C>,
    ) -> Result<Winner> {
        let commands: Vec<C> = commands.into_iter().collect();
        let winner = wit::await_any(&borrowed(&commands)).map_err(Error::from_wit)?;
        Ok(Winner {
            index: winner.index as usize,
            outcome: Outcome::from_wit(winner.outcome),
        })
    }

    /// Waits for the next tick.
    ///
    /// # Errors
    ///
    /// [`Error::Canceled`].
    pub fn yield_(&self) -> Result<()> {
        wit::yield_().map_err(Error::from_wit)
    }

    /// Waits for a time, looked at once per tick; zero or less returns at once.
    ///
    /// # Errors
    ///
    /// [`Error::Canceled`]; [`Error::Invalid`] for an infinite or NaN time.
    pub fn wait(&self, time: impl Into<Seconds>) -> Result<()> {
        wit::wait(time.into().0).map_err(Error::from_wit)
    }

    /// Waits until the signal is true. The host looks at it: this run is not resumed before.
    ///
    /// # Errors
    ///
    /// [`Error::Canceled`].
    pub fn wait_until(&self, signal: &Signal) -> Result<()> {
        wit::wait_until(signal.handle(), None)
            .map(|_| ())
            .map_err(Error::from_wit)
    }

    /// Waits until the signal is true, or until the time has passed. The signal is looked at
    /// first.
    ///
    /// # Errors
    ///
    /// [`Error::Canceled`]; [`Error::Invalid`] for an infinite or NaN time.
    pub fn wait_until_timeout(
        &self,
        signal: &Signal,
        timeout: impl Into<Seconds>,
    ) -> Result<WaitResult> {
        match wit::wait_until(signal.handle(), Some(timeout.into().0)) {
            Ok(wit::WaitResult::Met) => Ok(WaitResult::Met),
            Ok(wit::WaitResult::TimedOut) => Ok(WaitResult::TimedOut),
            Err(error) => Err(Error::from_wit(error)),
        }
    }

    /// Waits until this run is canceled.
    ///
    /// # Errors
    ///
    /// Always [`Error::Canceled`]; there is no other way out.
    pub fn park(&self) -> Result<Infallible> {
        loop {
            wit::park().map_err(Error::from_wit)?;
        }
    }

    /// What a refused fork or await does to this run. On (the default): the whole tree of this
    /// run is canceled, and the call answers [`Error::Canceled`]. Off: the call answers
    /// [`Error::Refused`], and this run decides.
    pub fn set_cancel_on_fork_failure(&self, on: bool) {
        wit::set_cancel_on_fork_failure(on);
    }

    /// Sets the command that runs on a mechanism when no other command requires it, until this
    /// run ends.
    ///
    /// # Errors
    ///
    /// [`Error::Canceled`]; [`Error::Invalid`] for an unknown mechanism, or a command that does
    /// not require exactly that mechanism.
    pub fn set_default(&self, mechanism: &str, command: &Command) -> Result<()> {
        triggers::set_default(mechanism, command.handle()).map_err(Error::from_wit)
    }
}
