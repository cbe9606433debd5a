//! Commands as objects: what can be forked, awaited and bound to a signal.

use std::borrow::Borrow;

use crate::bindings::gantry::command::{commands as wit, types};
use crate::{Error, Result, Seconds, Signal, Value};

/// A command that can be started, once at a time.
///
/// Two objects made from the same definition are different commands. Dropping the object does
/// not end what runs.
///
/// ```no_run
/// use gantry_sdk::prelude::*;
///
/// # fn body() -> Result<()> {
/// let drive = lookup!("drivetrain/drive-distance", distance = 2.0)?;
/// let raise = lookup!("superstructure/elevator-to", height = 0.9)?.with_timeout(2.0)?;
/// let score = Command::sequence([
///     &Command::parallel([&drive, &raise])?,
///     &lookup!("superstructure/shoot")?,
/// ])
/// .named("drive and score");
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "a command does nothing until it is forked, awaited or bound"]
pub struct Command(wit::Command);

/// A command that is looked up by name, with the arguments it is given so far.
#[derive(Debug, Clone)]
#[must_use = "call `build` for the command"]
pub struct Lookup {
    name: String,
    arguments: Vec<(String, Value)>,
}

/// Looks a command up by name, with its arguments.
///
/// The name is a text, `"raise"` of this plugin or `"arm-kit/raise"` of another one, or the
/// path of a `#[command]` function of this crate, which the compiler checks. An argument's name
/// is written as in Rust: `top_speed` for the parameter `top-speed`.
///
/// ```no_run
/// use gantry_sdk::prelude::*;
///
/// /// Blinks once.
/// #[command]
/// fn blink(#[unit("s")] on_time: f64) {}
///
/// # fn body() -> Result<()> {
/// let own = lookup!(blink, on_time = 0.5)?;
/// let foreign = lookup!("drivetrain/turn-to-angle", angle = 1.57)?;
/// # Ok(()) }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! lookup {
    ($name:literal $(, $argument:ident = $value:expr)* $(,)?) => {
        $crate::Command::lookup($name)
            $(.argument(::core::stringify!($argument).replace('_', "-"), $value))*
            .build()
    };
    ($function:path $(, $argument:ident = $value:expr)* $(,)?) => {
        $crate::Command::lookup(<$function as $crate::__private::CommandFunction>::NAME)
            $(.argument(::core::stringify!($argument).replace('_', "-"), $value))*
            .build()
    };
}

impl Command {
    /// A command by name: `raise` of this plugin, or `arm-kit/raise` of another one.
    pub fn lookup(name: impl Into<String>) -> Lookup {
        Lookup {
            name: name.into(),
            arguments: Vec::new(),
        }
    }

    /// Awaits each member in turn; without members it ends at once. Named `A -> B -> C`.
    pub fn sequence<C: Borrow<Self>>(members: impl IntoIterator<Item = C>) -> Self {
        let members: Vec<C> = members.into_iter().collect();
        Self(wit::Command::sequence(&borrowed(&members)))
    }

    /// Runs all at once and ends when all have ended. Named `(A & B)`.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when two members share a mechanism.
    pub fn parallel<C: Borrow<Self>>(required: impl IntoIterator<Item = C>) -> Result<Self> {
        Self::parallel_with(required, [] as [&Self; 0])
    }

    /// Runs all at once and ends when the required members have ended; the optional ones that are
    /// left are canceled then. Without required members it ends at once. Named
    /// `[(A & B) * (C | D)]`.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when two members share a mechanism.
    pub fn parallel_with<R: Borrow<Self>, O: Borrow<Self>>(
        required: impl IntoIterator<Item = R>,
        optional: impl IntoIterator<Item = O>,
    ) -> Result<Self> {
        let required: Vec<R> = required.into_iter().collect();
        let optional: Vec<O> = optional.into_iter().collect();
        made(wit::Command::parallel(
            &borrowed(&required),
            &borrowed(&optional),
        ))
    }

    /// Runs all at once and ends when the first ends; the others are canceled. Named `(A | B)`.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] without members, or when two share a mechanism.
    pub fn race<C: Borrow<Self>>(members: impl IntoIterator<Item = C>) -> Result<Self> {
        let members: Vec<C> = members.into_iter().collect();
        made(wit::Command::race(&borrowed(&members)))
    }

    /// Waits for a time and ends.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for an infinite or NaN time.
    pub fn delay(time: impl Into<Seconds>) -> Result<Self> {
        made(wit::Command::delay(time.into().0))
    }

    /// Waits until the signal is true and ends.
    pub fn condition(signal: &Signal) -> Self {
        Self(wit::Command::condition(signal.handle()))
    }

    /// A new command that runs this one under another name.
    pub fn named(&self, name: &str) -> Self {
        Self(self.0.named(name))
    }

    /// A new command that runs this one with another priority. 0 is usual; the highest wins.
    pub fn with_priority(&self, priority: i32) -> Self {
        Self(self.0.with_priority(priority))
    }

    /// A new command that runs this one and cancels it after a time.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for an infinite or NaN time.
    pub fn with_timeout(&self, time: impl Into<Seconds>) -> Result<Self> {
        made(self.0.with_timeout(time.into().0))
    }

    /// A new command that runs this one and cancels it once the signal is true.
    pub fn until(&self, signal: &Signal) -> Self {
        Self(self.0.until(signal.handle()))
    }

    /// The name, as telemetry shows it.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// Names of the mechanisms that the command requires.
    pub fn requirements(&self) -> Vec<String> {
        self.0.requirements()
    }

    /// The command's own priority.
    pub fn priority(&self) -> i32 {
        self.0.priority()
    }

    /// Whether this object is running (or queued) now.
    pub fn is_running(&self) -> bool {
        self.0.is_running()
    }

    /// Cancels the command and all it has forked, whoever started it. Does nothing if it is not
    /// running. Works while this run is unwinding, too.
    ///
    /// # Errors
    ///
    /// [`Error::Canceled`] if that ended this run itself.
    pub fn cancel(&self) -> Result<()> {
        self.0.cancel().map_err(Error::from_wit)
    }
}

impl Lookup {
    /// Gives an argument by its parameter's name. What is left out takes its default.
    pub fn argument(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.arguments.push((name.into(), value.into()));
        self
    }

    /// The command.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such plugin or command, or when an argument is
    /// missing, unknown or of the wrong kind.
    pub fn build(self) -> Result<Command> {
        let arguments: Vec<types::Argument> = self
            .arguments
            .into_iter()
            .map(|(name, value)| types::Argument {
                name,
                value: value.into_wit(),
            })
            .collect();
        made(wit::Command::lookup(&self.name, &arguments))
    }
}

impl Command {
    pub(crate) fn handle(&self) -> &wit::Command {
        &self.0
    }
}

pub(crate) fn made(command: Result<wit::Command, String>) -> Result<Command> {
    command.map(Command).map_err(Error::invalid)
}

pub(crate) fn borrowed<C: Borrow<Command>>(commands: &[C]) -> Vec<&wit::Command> {
    commands
        .iter()
        .map(|command| command.borrow().handle())
        .collect()
}
