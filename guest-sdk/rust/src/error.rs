//! The one error of commands.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::bindings::gantry::command::types as wit;

/// What a command's body and nearly every call of this crate answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a body cannot go on.
///
/// `?` hands it to the host. Every standard error and every text turns into [`Error::Failed`] by
/// itself, so that this type, like `anyhow::Error`, is not a `std::error::Error`:
///
/// ```
/// use gantry_sdk::{Error, Result, bail};
///
/// fn channel_number(text: &str) -> Result<u8> {
///     let number = text.parse()?;
///     if number > 9 {
///         bail!("there is no channel {number}, only 0 to 9");
///     }
///     Ok(number)
/// }
///
/// assert_eq!(channel_number("4").unwrap(), 4);
/// assert_eq!(channel_number("x").unwrap_err().to_string(), "invalid digit found in string");
/// assert!(matches!(channel_number("12"), Err(Error::Failed(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// This run was canceled or interrupted. Let it pass up with `?`: guards are dropped on the
    /// way and may still write outputs and cancel commands, but nothing can be waited for or
    /// started any more.
    Canceled,
    /// Commands could not start. Only after
    /// [`Coroutine::set_cancel_on_fork_failure`](crate::Coroutine::set_cancel_on_fork_failure)
    /// was called with `false`.
    Refused(ForkFailure),
    /// The call itself was wrong: no such channel, an argument of the wrong kind, commands that
    /// conflict with each other. The text says what would be right.
    Invalid(String),
    /// What the command could not do, in the words of whoever noticed.
    Failed(String),
}

/// Whether a call of this run has answered that it is canceled. An instance is for one run.
static CANCELED: AtomicBool = AtomicBool::new(false);

/// Whether this run knows that it is canceled.
pub(crate) fn run_is_canceled() -> bool {
    CANCELED.load(Relaxed)
}

/// What a fork that could not start everything did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForkFailure {
    /// Names of the commands that were started; they run on as children of the caller.
    pub forked: Vec<String>,
    /// The commands that were refused, and why.
    pub refused: Vec<Refusal>,
}

/// One command that was not allowed to start.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The command that was to be started.
    pub command: String,
    /// The command or the limit that stands in the way.
    pub blocker: String,
    /// A sentence for people.
    pub reason: String,
}

/// Returns from the function with an [`Error::Failed`] made of a formatted text.
///
/// ```
/// # use gantry_sdk::{Result, bail};
/// fn climb(bars: u32) -> Result<()> {
///     if bars == 0 {
///         bail!("there is no bar to climb");
///     }
///     Ok(())
/// }
/// assert_eq!(climb(0).unwrap_err().to_string(), "there is no bar to climb");
/// ```
#[macro_export]
macro_rules! bail {
    ($($message:tt)+) => {
        return ::core::result::Result::Err($crate::Error::Failed(::std::format!($($message)+)))
    };
}

impl Error {
    /// Whether this is the way out of a canceled run, rather than a failure.
    pub fn is_canceled(&self) -> bool {
        matches!(self, Self::Canceled)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Canceled => f.write_str("canceled"),
            Self::Refused(failure) => failure.fmt(f),
            Self::Invalid(message) | Self::Failed(message) => f.write_str(message),
        }
    }
}

impl fmt::Display for ForkFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, refusal) in self.refused.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            let Refusal {
                command,
                blocker,
                reason,
            } = refusal;
            write!(
                f,
                "{command} could not start because of {blocker}: {reason}"
            )?;
        }
        Ok(())
    }
}

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Error {
    fn from(error: E) -> Self {
        Self::Failed(error.into().to_string())
    }
}

impl Error {
    /// Of a call that only builds or opens something, and answers with a text.
    pub(crate) fn invalid(message: String) -> Self {
        Self::Invalid(message)
    }

    pub(crate) fn from_wit(error: wit::SchedulingError) -> Self {
        match error {
            wit::SchedulingError::Canceled => {
                CANCELED.store(true, Relaxed);
                Self::Canceled
            }
            wit::SchedulingError::Invalid(message) => Self::Invalid(message),
            wit::SchedulingError::Refused(failure) => Self::Refused(ForkFailure {
                forked: failure.forked,
                refused: failure
                    .refused
                    .into_iter()
                    .map(|refusal| Refusal {
                        command: refusal.command,
                        blocker: refusal.blocker,
                        reason: refusal.reason,
                    })
                    .collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_standard_errors_turn_into_failures() {
        let failed = |text: &str| Error::Failed(text.to_owned());
        assert_eq!(Error::from("no ball"), failed("no ball"));
        assert_eq!(Error::from("no ball".to_owned()), failed("no ball"));
        let error: Error = "x".parse::<f64>().unwrap_err().into();
        assert_eq!(error, failed("invalid float literal"));
    }

    #[test]
    fn a_refusal_names_both_commands() {
        let refused = Error::Refused(ForkFailure {
            forked: Vec::new(),
            refused: vec![Refusal {
                command: "raise".to_owned(),
                blocker: "climb".to_owned(),
                reason: "it has a higher priority".to_owned(),
            }],
        });
        assert_eq!(
            refused.to_string(),
            "raise could not start because of climb: it has a higher priority"
        );
    }
}
