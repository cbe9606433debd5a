//! The plugin's own table in robot.toml.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

use crate::bindings::gantry::command::config as wit;
use crate::value::ValueError;
use crate::{Data, Result, Value};

/// The plugin's own table. A nested entry is named by its path, as in `pid.kp`.
///
/// A plugin reads it into a struct of its own, in a function that `plugin!` names as `configure`:
/// its error rejects the configuration before anything runs. [`Config::of`] makes a table for
/// tests.
///
/// ```
/// use gantry_sdk::{Config, Result};
///
/// struct Settings {
///     kp: f64,
///     track_width: f64,
/// }
///
/// impl Settings {
///     fn read(config: &Config) -> Result<Self> {
///         config.only(&["pid.kp", "track-width"])?;
///         Ok(Self {
///             kp: config.get_or("pid.kp", 4.0)?,
///             track_width: config.in_range("track-width", 0.6, 0.2..=1.5)?,
///         })
///     }
/// }
///
/// let settings = Settings::read(&Config::of([("pid.kp", 2.5)]))?;
/// assert_eq!((settings.kp, settings.track_width), (2.5, 0.6));
///
/// let error = Settings::read(&Config::of([("track-width", 60.0)])).err().unwrap();
/// assert_eq!(error.to_string(), "`track-width` should be from 0.2 to 1.5, not 60");
///
/// let error = Settings::read(&Config::of([("track-with", 0.6)])).err().unwrap();
/// assert_eq!(error.to_string(), "there is no `track-with`; did you mean `track-width`?");
/// # Ok::<(), gantry_sdk::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Config(Table);

/// An entry that is not what it should be.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// It is not there and has no default.
    Missing {
        /// The entry.
        key: String,
        /// What would be right.
        expected: &'static str,
    },
    /// It is of another kind.
    Kind {
        /// The entry.
        key: String,
        /// What it is and should be.
        error: ValueError,
    },
    /// It is a number outside of what makes sense.
    Range {
        /// The entry.
        key: String,
        /// The least value.
        minimum: f64,
        /// The greatest value.
        maximum: f64,
        /// The value that was given.
        found: f64,
    },
    /// Nobody reads it.
    Unknown {
        /// The entry.
        key: String,
        /// The nearest one that there is.
        nearest: Option<String>,
    },
}

#[derive(Debug, Clone)]
enum Table {
    Host,
    Made(BTreeMap<String, Value>),
}

impl Config {
    /// The table that this plugin was given.
    pub fn current() -> Self {
        Self(Table::Host)
    }

    /// A table of these entries, for tests.
    pub fn of<K: Into<String>, V: Into<Value>>(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(Table::Made(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        ))
    }

    /// An entry, if it is there.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn get<T: Data>(&self, key: &str) -> Result<Option<T>, ConfigError> {
        self.value(key)
            .map(T::from_value)
            .transpose()
            .map_err(|error| ConfigError::Kind {
                key: key.to_owned(),
                error,
            })
    }

    /// An entry, or the default if it is not there.
    ///
    /// # Errors
    ///
    /// When it is of another kind.
    pub fn get_or<T: Data>(&self, key: &str, default: impl Into<T>) -> Result<T, ConfigError> {
        Ok(self.get(key)?.unwrap_or_else(|| default.into()))
    }

    /// An entry that must be there.
    ///
    /// # Errors
    ///
    /// When it is missing, or of another kind.
    pub fn require<T: Data>(&self, key: &str) -> Result<T, ConfigError> {
        self.get(key)?.ok_or_else(|| ConfigError::Missing {
            key: key.to_owned(),
            expected: T::KIND.noun(),
        })
    }

    /// A number within a range, or the default if it is not there.
    ///
    /// # Errors
    ///
    /// When it is not a number, or outside of the range.
    pub fn in_range(
        &self,
        key: &str,
        default: f64,
        range: RangeInclusive<f64>,
    ) -> Result<f64, ConfigError> {
        let found = self.get_or(key, default)?;
        if range.contains(&found) {
            return Ok(found);
        }
        Err(ConfigError::Range {
            key: key.to_owned(),
            minimum: *range.start(),
            maximum: *range.end(),
            found,
        })
    }

    /// Checks that there are no entries but these.
    ///
    /// # Errors
    ///
    /// The first one that is not known, with the nearest that is.
    pub fn only(&self, known: &[&str]) -> Result<(), ConfigError> {
        match self
            .keys()
            .into_iter()
            .find(|key| !known.contains(&key.as_str()))
        {
            None => Ok(()),
            Some(key) => Err(ConfigError::Unknown {
                nearest: nearest(&key, known).map(str::to_owned),
                key,
            }),
        }
    }

    /// The names of all entries, sorted.
    pub fn keys(&self) -> Vec<String> {
        match &self.0 {
            Table::Host => wit::keys(),
            Table::Made(entries) => entries.keys().cloned().collect(),
        }
    }

    fn value(&self, key: &str) -> Option<Value> {
        match &self.0 {
            Table::Host => wit::get(key).map(Value::from_wit),
            Table::Made(entries) => entries.get(key).cloned(),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { key, expected } => write!(f, "`{key}` is missing: it is {expected}"),
            Self::Kind { key, error } => write!(f, "`{key}`: {error}"),
            Self::Range {
                key,
                minimum,
                maximum,
                found,
            } => write!(
                f,
                "`{key}` should be from {minimum} to {maximum}, not {found}"
            ),
            Self::Unknown {
                key,
                nearest: Some(nearest),
            } => write!(f, "there is no `{key}`; did you mean `{nearest}`?"),
            Self::Unknown { key, nearest: None } => write!(f, "there is no `{key}`"),
        }
    }
}

impl std::error::Error for ConfigError {}

/// The known name that takes the fewest edits, if that is less than half of its length.
fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|&name| (edits(key, name), name))
        .min()
        .filter(|(count, name)| count * 2 < name.len())
        .map(|(_, name)| name)
}

/// How many letters must be added, removed or replaced (Levenshtein's distance).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, &b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_takes_its_default() {
        let config = Config::of([("kp", 4.0)]);
        assert_eq!(config.get::<f64>("kp"), Ok(Some(4.0)));
        assert_eq!(config.get::<f64>("kd"), Ok(None));
        assert_eq!(config.get_or::<f64>("kd", 0.5), Ok(0.5));
        assert_eq!(
            config.get_or::<String>("name", "left"),
            Ok("left".to_owned())
        );
    }

    #[test]
    fn an_error_names_the_entry_and_what_would_be_right() {
        let config = Config::of([("kp", Value::from("high")), ("ki", Value::from(f64::NAN))]);
        let message = |error: ConfigError| error.to_string();
        assert_eq!(
            message(config.get::<f64>("kp").unwrap_err()),
            "`kp`: it should be a number, not \"high\""
        );
        assert_eq!(
            message(config.require::<bool>("inverted").unwrap_err()),
            "`inverted` is missing: it is true or false"
        );
        assert_eq!(
            message(config.in_range("ki", 0.0, 0.0..=1.0).unwrap_err()),
            "`ki` should be from 0 to 1, not NaN"
        );
        assert_eq!(
            message(config.only(&["kp", "track-width"]).unwrap_err()),
            "there is no `ki`"
        );
    }

    #[test]
    fn a_whole_number_will_do_for_a_number() {
        assert_eq!(Config::of([("kp", 4_i64)]).require::<f64>("kp"), Ok(4.0));
    }

    #[test]
    fn edits_are_counted_as_by_hand() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("same", "same"), 0);
    }
}
