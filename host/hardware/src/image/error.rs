//! Why a write was refused: data first, a sentence only when somebody asks for one.

use std::fmt;
use std::sync::Arc;

use super::{Direction, Kind};

/// Why a write was refused. The channel keeps its value.
///
/// Making one allocates nothing; it is formatted when it is displayed.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteError {
    /// The run does not own the channel's mechanism.
    NotOwner {
        /// The channel.
        channel: Arc<str>,
        /// Its mechanism.
        mechanism: Arc<str>,
        /// The run that wrote.
        run: u64,
        /// The run that owns the mechanism; 0 for nobody.
        owner: u64,
    },
    /// The value is NaN, infinite or outside the channel's range.
    OutOfRange {
        /// The channel.
        channel: Arc<str>,
        /// Its unit; empty for none.
        unit: Arc<str>,
        /// The value that was written.
        value: f64,
        /// Which element of an array it was.
        element: Option<usize>,
        /// The least and the greatest value that may be written.
        range: Option<(f64, f64)>,
    },
    /// An array of another length than the channel's.
    WrongLength {
        /// The channel.
        channel: Arc<str>,
        /// How many values were written.
        written: usize,
        /// How many it takes.
        length: usize,
    },
    /// The channel is an input, or carries something else.
    WrongKind {
        /// The channel.
        channel: Arc<str>,
        /// The direction of the channel.
        direction: Direction,
        /// What the channel carries.
        kind: Kind,
    },
}

impl std::error::Error for WriteError {}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::NotOwner {
                channel,
                mechanism,
                run,
                owner,
            } => {
                write!(f, "run {run} may not write \"{channel}\": ")?;
                match owner {
                    0 => write!(f, "no running command requires \"{mechanism}\"")?,
                    _ => write!(f, "\"{mechanism}\" belongs to run {owner}")?,
                }
                write!(
                    f,
                    "; a command writes what it requires, while it requires it"
                )
            }
            WriteError::OutOfRange {
                channel,
                unit,
                value,
                element,
                range,
            } => {
                let space = if unit.is_empty() { "" } else { " " };
                write!(f, "{value}{space}{unit}")?;
                if let Some(element) = element {
                    write!(f, " at index {element}")?;
                }
                match range {
                    Some((least, greatest)) => write!(
                        f,
                        " is outside the range of \"{channel}\", {least} to {greatest}{space}{unit}"
                    ),
                    None => write!(
                        f,
                        " cannot be written to \"{channel}\", which takes finite numbers"
                    ),
                }
            }
            WriteError::WrongLength {
                channel,
                written,
                length,
            } => write!(
                f,
                "\"{channel}\" takes {length} numbers, {written} were written"
            ),
            WriteError::WrongKind {
                channel,
                direction,
                kind,
            } => write!(
                f,
                "\"{channel}\" is an {direction} channel and carries a {kind}"
            ),
        }
    }
}
