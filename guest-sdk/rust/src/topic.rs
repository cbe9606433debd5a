//! Named values that commands share with each other and with telemetry.

use std::marker::PhantomData;

use crate::bindings::gantry::command::state as wit;
use crate::{Data, Error, Result, Value};

/// A named value of one type. Since every run has its own memory, this is how one run tells
/// another what it knows.
///
/// ```no_run
/// use gantry_sdk::Topic;
///
/// # fn body() -> gantry_sdk::Result<()> {
/// let scored = Topic::<i64>::open("autos/scored")?;
/// scored.publish(scored.read()?.unwrap_or(0) + 1)?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Topic<T> {
    inner: wit::Topic,
    name: String,
    kind: PhantomData<T>,
}

impl<T: Data> Topic<T> {
    /// A topic by name. Opening one does not publish it.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a name that is not made of letters, digits, `-`, `_`, `.` and `/`.
    pub fn open(name: &str) -> Result<Self> {
        Ok(Self {
            inner: wit::Topic::open(name).map_err(Error::invalid)?,
            name: name.to_owned(),
            kind: PhantomData,
        })
    }

    /// Publishes a value; it is visible at once to whoever reads after.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when the plugin may not publish the topic, when it has another type,
    /// or when the value is too large.
    pub fn publish(&self, value: impl Into<T>) -> Result<()> {
        self.inner
            .publish(&value.into().into_value().into_wit())
            .map_err(Error::invalid)
    }

    /// The value published last; none if nobody has yet.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when it is of another type.
    pub fn read(&self) -> Result<Option<T>> {
        let Some(value) = self.inner.read() else {
            return Ok(None);
        };
        Value::from_wit(value)
            .get()
            .map(Some)
            .map_err(|error| Error::Invalid(format!("the topic `{}`: {error}", self.name)))
    }
}
