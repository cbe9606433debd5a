//! Between the macros and the contract's exports. Not for people: the macros' code calls it.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::marker::PhantomData;

use crate::bindings::exports::gantry::command::plugin as wit;
use crate::bindings::gantry::command::types;
use crate::coroutine::THIS_RUN;
use crate::error::run_is_canceled;
use crate::log::{Level, log};
use crate::{Config, Coroutine, Data, Error, Kind, Result, Value, panic};

pub use wit::Definition;

/// What `plugin!` declares.
pub trait Plugin {
    /// The plugin's name.
    const NAME: &'static str;
    /// Its semantic version.
    const VERSION: &'static str;
    /// A sentence for people.
    const SUMMARY: &'static str;
    /// Input channels that it opens.
    const READS: &'static [&'static str];
    /// Topics that it publishes.
    const PUBLISHES: &'static [&'static str];
    /// Its commands.
    const COMMANDS: &'static [Entry];

    /// Rejects a configuration.
    fn configure(config: &Config) -> Result<()>;
}

/// What `#[command]` declares, on a type with the function's name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command",
    label = "not a command",
    note = "put `#[command]` above the function"
)]
pub trait CommandFunction {
    /// The command's name.
    const NAME: &'static str;

    /// The command's declaration.
    fn definition() -> Definition;

    /// Takes the arguments apart and calls the function.
    fn run(arguments: Arguments) -> Result<Option<Value>>;
}

/// One command of a plugin.
#[derive(Debug)]
pub struct Entry {
    name: &'static str,
    definition: fn() -> Definition,
    run: fn(Arguments) -> Result<Option<Value>>,
}

impl Entry {
    /// The entry of a command.
    pub const fn of<C: CommandFunction>() -> Self {
        Self {
            name: C::NAME,
            definition: C::definition,
            run: C::run,
        }
    }
}

/// A run's arguments, in the order of the declaration.
#[derive(Debug)]
pub struct Arguments(std::vec::IntoIter<types::Argument>);

impl Arguments {
    /// What a run is given.
    pub fn new(arguments: Vec<types::Argument>) -> Self {
        Self(arguments.into_iter())
    }

    /// The next argument.
    pub fn take<T: Data>(&mut self, parameter: &str) -> Result<T> {
        let argument = self
            .0
            .next()
            .filter(|argument| argument.name == parameter)
            .ok_or_else(|| Error::Invalid(format!("the argument `{parameter}` is missing")))?;
        Value::from_wit(argument.value)
            .get()
            .map_err(|error| Error::Invalid(format!("the argument `{parameter}`: {error}")))
    }
}

/// What a command's function may return.
#[diagnostic::on_unimplemented(
    message = "a command cannot return `{Self}`",
    label = "not a result of a command",
    note = "return nothing, `bool`, `i32`, `i64`, `f64`, `String`, `Vec<f64>` or `[f64; N]`, or a \
            `Result` of one of them"
)]
pub trait Return {
    /// The kind of value, if any.
    const KIND: Option<Kind>;

    /// What the run answers.
    fn into_result(self) -> Result<Option<Value>>;
}

impl Return for () {
    const KIND: Option<Kind> = None;

    fn into_result(self) -> Result<Option<Value>> {
        Ok(None)
    }
}

impl Return for Infallible {
    const KIND: Option<Kind> = None;

    fn into_result(self) -> Result<Option<Value>> {
        match self {}
    }
}

impl<T: Data> Return for T {
    const KIND: Option<Kind> = Some(T::KIND);

    fn into_result(self) -> Result<Option<Value>> {
        Ok(Some(self.into_value()))
    }
}

impl<T: Return, E: Into<Error>> Return for Result<T, E> {
    const KIND: Option<Kind> = T::KIND;

    fn into_result(self) -> Result<Option<Value>> {
        self.map_err(Into::into)?.into_result()
    }
}

/// The run that this instance of the plugin is for.
pub fn coroutine() -> &'static Coroutine {
    &THIS_RUN
}

/// Calls a plugin's `configure`; what it makes of the table is of no use here.
pub fn check<T>(configure: impl FnOnce(&Config) -> Result<T>, config: &Config) -> Result<()> {
    configure(config).map(drop)
}

/// A default as the parameter's type.
pub fn default_value<T: Data>(value: impl Into<T>) -> Value {
    value.into().into_value()
}

/// A parameter's declaration.
pub fn parameter<T: Data>(
    name: &str,
    unit: &str,
    default: Option<Value>,
    summary: &str,
) -> wit::Parameter {
    wit::Parameter {
        name: name.to_owned(),
        kind: kind(T::KIND),
        unit: unit.to_owned(),
        default: default.map(Value::into_wit),
        summary: summary.to_owned(),
    }
}

/// A command's declaration.
pub fn definition(
    name: &str,
    summary: &str,
    parameters: Vec<wit::Parameter>,
    returns: Option<Kind>,
    requirements: &[&str],
    priority: i32,
    runs_while_disabled: bool,
) -> Definition {
    Definition {
        name: name.to_owned(),
        summary: summary.to_owned(),
        parameters,
        returns: returns.map(kind),
        requirements: owned(requirements),
        priority,
        runs_while_disabled,
    }
}

/// A plugin as the contract's export.
#[derive(Debug)]
pub struct Adapter<P>(PhantomData<P>);

impl<P: Plugin> wit::Guest for Adapter<P> {
    fn describe() -> Result<wit::Description, String> {
        panic::report_to_host();
        P::configure(&Config::current()).map_err(|error| error.to_string())?;
        Ok(wit::Description {
            name: P::NAME.to_owned(),
            version: P::VERSION.to_owned(),
            summary: P::SUMMARY.to_owned(),
            commands: P::COMMANDS
                .iter()
                .map(|command| (command.definition)())
                .collect(),
            reads: owned(P::READS),
            publishes: owned(P::PUBLISHES),
        })
    }

    fn run(
        command: String,
        arguments: Vec<types::Argument>,
    ) -> Result<Option<types::Value>, String> {
        panic::report_to_host();
        let entry = P::COMMANDS
            .iter()
            .find(|entry| entry.name == command)
            .ok_or_else(|| format!("this plugin has no command `{command}`"))?;
        let result = (entry.run)(Arguments::new(arguments));
        // A line without an end is still with the standard library.
        let _ = io::stdout().flush();
        if let Err(error) = &result
            && run_is_canceled()
            && !error.is_canceled()
        {
            // Nobody looks at what a canceled run answers.
            log(Level::Error, &format!("the cleanup failed: {error}"));
        }
        match result {
            Ok(value) => Ok(value.map(Value::into_wit)),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn kind(kind: Kind) -> wit::Kind {
    match kind {
        Kind::Boolean => wit::Kind::Boolean,
        Kind::Integer => wit::Kind::Integer,
        Kind::Number => wit::Kind::Number,
        Kind::Text => wit::Kind::Text,
        Kind::Numbers => wit::Kind::Numbers,
    }
}
