//! Values that cross between commands, the host and telemetry.

use std::fmt;

use crate::bindings::gantry::command::types as wit;

/// An argument, a returned value, a published state or an entry of the configuration.
///
/// ```
/// use gantry_sdk::Value;
///
/// assert_eq!(Value::from(1.5), Value::Number(1.5));
/// assert_eq!(Value::from("left").to_string(), "\"left\"");
/// assert_eq!(Value::from([1.0, 2.0]).get::<Vec<f64>>().unwrap(), [1.0, 2.0]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number, in the unit that its parameter or topic declares.
    Number(f64),
    /// Text.
    Text(String),
    /// Numbers in a row: a pose, a trajectory, LED colours.
    Numbers(Vec<f64>),
    /// A kind of value that a newer plugin made, as text.
    Other(String),
}

/// The kinds of value that parameters and results are declared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `bool`.
    Boolean,
    /// `i64` or `i32`.
    Integer,
    /// `f64`.
    Number,
    /// `String`.
    Text,
    /// `Vec<f64>` or `[f64; N]`.
    Numbers,
}

/// A Rust type that values are read into and made from.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross between a command and the robot",
    label = "not a kind of value",
    note = "use `bool`, `i32`, `i64`, `f64`, `String`, `Vec<f64>` or `[f64; N]`"
)]
pub trait Data: Sized {
    /// The kind that it is declared as.
    const KIND: Kind;

    /// The value of this.
    fn into_value(self) -> Value;

    /// Reads a value. A whole number is a number, too.
    ///
    /// # Errors
    ///
    /// When the value is of another kind, or does not fit.
    fn from_value(value: Value) -> Result<Self, ValueError>;
}

/// A value that is not of the kind that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueError {
    expected: String,
    found: Value,
}

impl Value {
    /// This value as a Rust type.
    ///
    /// # Errors
    ///
    /// When it is of another kind, or does not fit.
    pub fn get<T: Data>(self) -> Result<T, ValueError> {
        T::from_value(self)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::Numbers(value) => write!(f, "{value:?}"),
            Self::Other(value) => write!(f, "{value}"),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it should be {}, not {}", self.expected, self.found)
    }
}

impl std::error::Error for ValueError {}

impl ValueError {
    fn new<T: Data>(found: Value) -> Self {
        Self {
            expected: T::KIND.to_string(),
            found,
        }
    }
}

impl Data for bool {
    const KIND: Kind = Kind::Boolean;

    fn into_value(self) -> Value {
        Value::Boolean(self)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Boolean(value) => Ok(value),
            other => Err(ValueError::new::<Self>(other)),
        }
    }
}

impl Data for i64 {
    const KIND: Kind = Kind::Integer;

    fn into_value(self) -> Value {
        Value::Integer(self)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Integer(value) => Ok(value),
            other => Err(ValueError::new::<Self>(other)),
        }
    }
}

impl Data for i32 {
    const KIND: Kind = Kind::Integer;

    fn into_value(self) -> Value {
        Value::Integer(self.into())
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        let wide = i64::from_value(value)?;
        Self::try_from(wide).map_err(|_| ValueError {
            expected: format!("a whole number from {} to {}", Self::MIN, Self::MAX),
            found: Value::Integer(wide),
        })
    }
}

impl Data for f64 {
    const KIND: Kind = Kind::Number;

    fn into_value(self) -> Value {
        Value::Number(self)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Number(value) => Ok(value),
            // `kp = 4` in a configuration means 4.0. Beyond 2^53 the nearest number is taken.
            Value::Integer(value) => Ok(value as Self),
            other => Err(ValueError::new::<Self>(other)),
        }
    }
}

impl Data for String {
    const KIND: Kind = Kind::Text;

    fn into_value(self) -> Value {
        Value::Text(self)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Text(value) => Ok(value),
            other => Err(ValueError::new::<Self>(other)),
        }
    }
}

impl Data for Vec<f64> {
    const KIND: Kind = Kind::Numbers;

    fn into_value(self) -> Value {
        Value::Numbers(self)
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        match value {
            Value::Numbers(value) => Ok(value),
            other => Err(ValueError::new::<Self>(other)),
        }
    }
}

impl<const N: usize> Data for [f64; N] {
    const KIND: Kind = Kind::Numbers;

    fn into_value(self) -> Value {
        Value::Numbers(self.into())
    }

    fn from_value(value: Value) -> Result<Self, ValueError> {
        Vec::from_value(value)?
            .try_into()
            .map_err(|list| ValueError {
                expected: format!("an array of {N} numbers"),
                found: Value::Numbers(list),
            })
    }
}

impl<T: Data> From<T> for Value {
    fn from(value: T) -> Self {
        value.into_value()
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&[f64]> for Value {
    fn from(value: &[f64]) -> Self {
        Self::Numbers(value.to_vec())
    }
}

impl Kind {
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Numbers => "an array of numbers",
        }
    }
}

impl Value {
    pub(crate) fn from_wit(value: wit::Value) -> Self {
        match value {
            wit::Value::Boolean(value) => Self::Boolean(value),
            wit::Value::Integer(value) => Self::Integer(value),
            wit::Value::Number(value) => Self::Number(value),
            wit::Value::Text(value) => Self::Text(value),
            wit::Value::Numbers(value) => Self::Numbers(value),
            wit::Value::Other(value) => Self::Other(value),
        }
    }

    pub(crate) fn into_wit(self) -> wit::Value {
        match self {
            Self::Boolean(value) => wit::Value::Boolean(value),
            Self::Integer(value) => wit::Value::Integer(value),
            Self::Number(value) => wit::Value::Number(value),
            Self::Text(value) => wit::Value::Text(value),
            Self::Numbers(value) => wit::Value::Numbers(value),
            Self::Other(value) => wit::Value::Other(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_back_as_what_it_was_made_from() {
        assert_eq!(Value::from(true).get::<bool>(), Ok(true));
        assert_eq!(Value::from(-3_i64).get::<i64>(), Ok(-3));
        assert_eq!(Value::from(-3).get::<i32>(), Ok(-3));
        assert_eq!(Value::from(0.25).get::<f64>(), Ok(0.25));
        assert_eq!(Value::from("up").get::<String>(), Ok("up".to_owned()));
        assert_eq!(Value::from([1.0, 2.0]).get::<[f64; 2]>(), Ok([1.0, 2.0]));
    }

    #[test]
    fn a_whole_number_is_a_number_but_not_the_other_way_round() {
        assert_eq!(Value::Integer(4).get::<f64>(), Ok(4.0));
        assert!(Value::Number(4.0).get::<i64>().is_err());
    }

    #[test]
    fn an_error_says_what_would_be_right() {
        let message = |error: ValueError| error.to_string();
        assert_eq!(
            message(Value::from("fast").get::<f64>().unwrap_err()),
            "it should be a number, not \"fast\""
        );
        assert_eq!(
            message(Value::from(vec![1.0]).get::<[f64; 3]>().unwrap_err()),
            "it should be an array of 3 numbers, not [1.0]"
        );
        assert_eq!(
            message(Value::from(1_i64 << 40).get::<i32>().unwrap_err()),
            "it should be a whole number from -2147483648 to 2147483647, not 1099511627776"
        );
    }
}
