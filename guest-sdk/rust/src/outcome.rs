//! How awaited commands ended.

use std::fmt;

use crate::bindings::gantry::command::types as wit;
use crate::{Data, Error, Result, Value};

/// How an awaited run ended.
///
/// ```
/// use gantry_sdk::{Outcome, Value};
///
/// let outcome = Outcome::Completed(Some(Value::Number(1.98)));
/// assert_eq!(outcome.value::<f64>().unwrap(), 1.98);
///
/// let outcome = Outcome::Interrupted("arcade-drive".to_owned());
/// assert_eq!(outcome.ok().unwrap_err().to_string(), "it was interrupted by arcade-drive");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a command that failed or was interrupted ends up here, and nowhere else"]
#[non_exhaustive]
pub enum Outcome {
    /// Its body returned, with or without a value.
    Completed(Option<Value>),
    /// Its body returned an error or trapped. The text names the command.
    Failed(String),
    /// Somebody canceled it.
    Canceled,
    /// It lost a mechanism to the command named here, or the fork of that name was refused.
    Interrupted(String),
    /// A way to end that this version of the contract does not know, as text.
    Other(String),
}

/// What ended an [`await_any`](crate::Coroutine::await_any).
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the winner may have failed"]
#[non_exhaustive]
pub struct Winner {
    /// Its place among the commands that were awaited, from zero.
    pub index: usize,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a [`wait_until_timeout`](crate::Coroutine::wait_until_timeout) ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum WaitResult {
    /// The signal was true.
    Met,
    /// The timeout came first.
    TimedOut,
}

impl Outcome {
    /// Whether the body came to its end.
    pub fn is_completed(&self) -> bool {
        matches!(self, Self::Completed(_))
    }

    /// What the command returned, if it came to its end.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] for every other way to end, so that `?` fails the caller as well.
    pub fn ok(self) -> Result<Option<Value>> {
        match self {
            Self::Completed(value) => Ok(value),
            other => Err(Error::Failed(other.to_string())),
        }
    }

    /// The value that the command returned.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] when it did not come to its end, returned nothing, or a value of another
    /// kind.
    pub fn value<T: Data>(self) -> Result<T> {
        let value = self.ok()?;
        let value = value.ok_or("the command returned nothing")?;
        value
            .get()
            .map_err(|error| Error::Failed(format!("the command's result: {error}")))
    }
}

impl WaitResult {
    /// Whether the signal was true before the time was over.
    pub fn is_met(self) -> bool {
        self == Self::Met
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed(None) => f.write_str("it completed"),
            Self::Completed(Some(value)) => write!(f, "it completed with {value}"),
            Self::Failed(message) | Self::Other(message) => f.write_str(message),
            Self::Canceled => f.write_str("it was canceled"),
            Self::Interrupted(by) => write!(f, "it was interrupted by {by}"),
        }
    }
}

impl Outcome {
    pub(crate) fn from_wit(outcome: wit::Outcome) -> Self {
        match outcome {
            wit::Outcome::Completed(value) => Self::Completed(value.map(Value::from_wit)),
            wit::Outcome::Failed(message) => Self::Failed(message),
            wit::Outcome::Canceled => Self::Canceled,
            wit::Outcome::Interrupted(by) => Self::Interrupted(by),
            wit::Outcome::Other(text) => Self::Other(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_completed_run_has_a_value() {
        assert_eq!(Outcome::Completed(None).ok(), Ok(None));
        assert!(Outcome::Canceled.ok().is_err());
        assert!(Outcome::Failed("raise: stuck".to_owned()).ok().is_err());
        assert_eq!(
            Outcome::Completed(None).value::<f64>(),
            Err(Error::from("the command returned nothing"))
        );
        assert_eq!(
            Outcome::Completed(Some(Value::Boolean(true))).value::<f64>(),
            Err(Error::from(
                "the command's result: it should be a number, not true"
            ))
        );
    }
}
