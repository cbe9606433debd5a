//! The commands that robot.toml names, made from the plugins that offer them.

use gantry_plugin::{LookupError, Plugin};
use gantry_scheduler::{Command, MechanismId, Mechanisms, Value};

use crate::config::{
    BindingConfig, CommandRef, ConfigValue, DefaultConfig, OpModeConfig, RobotConfig, Span,
};

/// What is wrong with a command of the file, and where.
pub(super) struct Wrong {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// A place of the file that names a command.
#[derive(Clone, Copy)]
pub(super) enum Use<'a> {
    /// It is scheduled or bound.
    Command(&'a CommandRef),
    /// It is a default command.
    Default(&'a DefaultConfig),
}

impl Use<'_> {
    /// The plugin that offers the command.
    pub(super) fn plugin(&self) -> &str {
        match self {
            Use::Command(reference) => &reference.plugin,
            Use::Default(default) => &default.command.plugin,
        }
    }

    /// A new command object.
    pub(super) fn make(&self, plugin: &Plugin, mechanisms: &Mechanisms) -> Result<Command, Wrong> {
        match self {
            Use::Command(reference) => make(reference, plugin),
            Use::Default(default) => make_default(default, plugin, mechanisms).map(|made| made.1),
        }
    }
}

/// Every place of the file that names a command: what counts always, then op mode by op mode; in
/// each what is scheduled, what is bound, and the default commands.
pub(super) fn uses(config: &RobotConfig) -> impl Iterator<Item = Use<'_>> {
    fn scope<'a>(
        schedule: &'a [CommandRef],
        bindings: &'a [BindingConfig],
        defaults: &'a [DefaultConfig],
    ) -> impl Iterator<Item = Use<'a>> {
        let bound = bindings.iter().map(|binding| &binding.command);
        let commands = schedule.iter().chain(bound).map(Use::Command);
        commands.chain(defaults.iter().map(Use::Default))
    }
    fn opmode(mode: &OpModeConfig) -> impl Iterator<Item = Use<'_>> {
        scope(&mode.schedule, &mode.bindings, &mode.defaults)
    }
    scope(&[], &config.bindings, &config.defaults).chain(config.opmodes.iter().flat_map(opmode))
}

/// A new command object.
pub(super) fn make(reference: &CommandRef, plugin: &Plugin) -> Result<Command, Wrong> {
    let arguments = reference
        .arguments
        .iter()
        .map(|argument| (argument.name.clone(), value(&argument.value)))
        .collect();
    let mut command = plugin
        .command(&reference.command, arguments)
        .map_err(|error| Wrong {
            span: place(reference, &error),
            message: error.to_string(),
            help: None,
        })?;
    if let Some(priority) = reference.priority {
        command = command.with_priority(priority);
    }
    if let Some(timeout) = reference.timeout {
        command = command.with_timeout(timeout);
    }
    Ok(command)
}

/// A new default command, with its mechanism.
pub(super) fn make_default(
    default: &DefaultConfig,
    plugin: &Plugin,
    mechanisms: &Mechanisms,
) -> Result<(MechanismId, Command), Wrong> {
    let command = make(&default.command, plugin)?;
    let requirements = command.requirements();
    // The file was checked to name a mechanism that there is.
    if let Some(mechanism) = mechanisms.find(&default.mechanism)
        && requirements.len() == 1
        && requirements.contains(mechanism)
    {
        return Ok((mechanism, command));
    }
    let names: Vec<String> = requirements
        .iter()
        .map(|id| format!("`{}`", mechanisms.name(id)))
        .collect();
    let message = format!(
        "`{}` cannot be the default command of `{}`: it requires {}",
        command.name(),
        default.mechanism,
        if names.is_empty() {
            "nothing".to_owned()
        } else {
            names.join(", ")
        },
    );
    Err(Wrong {
        span: default.command.span,
        message,
        help: Some("a default command requires its mechanism and no other".to_owned()),
    })
}

/// Where in the file the mistake is: at an argument, or at the command as a whole.
fn place(reference: &CommandRef, error: &LookupError) -> Span {
    let argument = |name: &str| {
        reference
            .arguments
            .iter()
            .find(|argument| argument.name == name)
    };
    match error {
        LookupError::UnknownArgument { argument: name, .. } => {
            argument(name).map(|argument| argument.name_span)
        }
        LookupError::WrongType { parameter, .. } => {
            argument(parameter).map(|argument| argument.value_span)
        }
        _ => None,
    }
    .unwrap_or(reference.span)
}

/// A value of the file as plugins get it.
pub(super) fn value(value: &ConfigValue) -> Value {
    match value {
        ConfigValue::Boolean(value) => Value::Boolean(*value),
        ConfigValue::Integer(value) => Value::Integer(*value),
        ConfigValue::Number(value) => Value::Number(*value),
        ConfigValue::Text(value) => Value::Text(value.as_str().into()),
        ConfigValue::Numbers(value) => Value::Numbers(value.as_slice().into()),
    }
}
