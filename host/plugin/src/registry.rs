//! The plugins whose commands can be looked up by name.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use gantry_scheduler::{Claim, Command, Value};

use crate::description::{Definition, Description, Kind, Parameter};
use crate::nearest::{nearest, suggestion};
use crate::plugin::Plugin;

/// All plugins of a robot, by name. Plugins may be added, replaced and removed at any time; commands
/// that were made before go on with the plugin that made them.
#[derive(Debug, Default)]
pub struct Registry {
    plugins: RwLock<Arc<BTreeMap<String, Plugin>>>,
    /// Command objects of the host's own, by their full names.
    commands: RwLock<BTreeMap<String, Command>>,
}

/// Why there is no such command.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LookupError {
    /// The name is not `plugin/command`.
    #[error("`{0}` does not name a command; write `plugin/command`")]
    Name(String),
    /// No plugin has this name.
    #[error("there is no plugin `{plugin}`{}", suggestion(.nearest.as_deref()))]
    Plugin {
        /// What was looked for.
        plugin: String,
        /// The plugin most like it.
        nearest: Option<String>,
    },
    /// The plugin offers no such command.
    #[error("plugin `{plugin}` has no command `{command}`{}", suggestion(.nearest.as_deref()))]
    Command {
        /// The plugin.
        plugin: String,
        /// What was looked for.
        command: String,
        /// The command most like it.
        nearest: Option<String>,
    },
    /// An argument without a default was left out.
    #[error("`{command}` needs the argument `{parameter}`, a {kind}{}", in_unit(.unit))]
    MissingArgument {
        /// The command, with its plugin.
        command: String,
        /// The parameter.
        parameter: String,
        /// What it takes.
        kind: Kind,
        /// Its unit; empty for none.
        unit: String,
    },
    /// The command has no such parameter.
    #[error("`{command}` has no parameter `{argument}`{}", suggestion(.nearest.as_deref()))]
    UnknownArgument {
        /// The command, with its plugin.
        command: String,
        /// What was given.
        argument: String,
        /// The parameter most like it.
        nearest: Option<String>,
    },
    /// An argument was given more than once.
    #[error("`{command}` is given the argument `{argument}` twice")]
    DuplicateArgument {
        /// The command, with its plugin.
        command: String,
        /// The argument.
        argument: String,
    },
    /// The argument is of another type.
    #[error("the argument `{parameter}` of `{command}` is a {kind}{}, not a {given}", in_unit(.unit))]
    WrongType {
        /// The command, with its plugin.
        command: String,
        /// The parameter.
        parameter: String,
        /// What it takes.
        kind: Kind,
        /// Its unit; empty for none.
        unit: String,
        /// What was given.
        given: Kind,
    },
}

impl Registry {
    /// Adds a plugin. Returns the one that had its name before.
    pub fn insert(&self, plugin: Plugin) -> Option<Plugin> {
        self.change(|plugins| plugins.insert(plugin.name().to_owned(), plugin))
    }

    /// Takes a plugin out: its commands cannot be looked up any more.
    pub fn remove(&self, name: &str) -> Option<Plugin> {
        self.change(|plugins| plugins.remove(name))
    }

    /// Makes a command of the host's own known under a full name, `robot/stow` for instance. It
    /// takes no arguments and is one object, whoever looks it up. Returns the one that had this
    /// name before. What a plugin of that name offers under it is hidden.
    pub fn insert_command(&self, name: &str, command: Command) -> Option<Command> {
        let mut commands = self
            .commands
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        commands.insert(name.to_owned(), command)
    }

    /// The plugin of this name.
    pub fn plugin(&self, name: &str) -> Option<Plugin> {
        self.plugins().get(name).cloned()
    }

    /// All plugins as they are now, by name.
    pub fn plugins(&self) -> Arc<BTreeMap<String, Plugin>> {
        self.plugins
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A new command object by its full name, `plugin/command`, with arguments. Arguments that are
    /// left out take their parameter's default; a whole number will do for a number. A command of
    /// the host's own is the same object each time.
    pub fn command(
        &self,
        name: &str,
        arguments: Vec<(String, Value)>,
    ) -> Result<Command, LookupError> {
        self.command_for(name, arguments, None)
    }

    /// The same for somebody for whom a new object is kept.
    pub(crate) fn command_for(
        &self,
        name: &str,
        arguments: Vec<(String, Value)>,
        claim: Option<Claim>,
    ) -> Result<Command, LookupError> {
        let Some((plugin, command)) = name.split_once('/') else {
            return Err(LookupError::Name(name.to_owned()));
        };
        if let Some(command) = self.own_command(name) {
            return match arguments.into_iter().next() {
                None => Ok(command),
                Some((argument, _)) => Err(LookupError::UnknownArgument {
                    command: name.to_owned(),
                    argument,
                    nearest: None,
                }),
            };
        }
        let plugins = self.plugins();
        match plugins.get(plugin) {
            Some(plugin) => {
                let command = plugin.command(command, arguments)?;
                Ok(match claim {
                    Some(claim) => command.claiming(claim),
                    None => command,
                })
            }
            None => Err(LookupError::Plugin {
                plugin: plugin.to_owned(),
                nearest: nearest(plugin, plugins.keys().map(String::as_str)).map(str::to_owned),
            }),
        }
    }

    /// How many names an unknown one is compared with at most.
    pub(crate) fn name_count(&self) -> usize {
        let plugins = self.plugins();
        let commands = plugins
            .values()
            .map(|plugin| plugin.description().commands.len());
        plugins.len() + commands.max().unwrap_or(0)
    }

    fn own_command(&self, name: &str) -> Option<Command> {
        let commands = self.commands.read().unwrap_or_else(PoisonError::into_inner);
        commands.get(name).cloned()
    }

    fn change<R>(&self, change: impl FnOnce(&mut BTreeMap<String, Plugin>) -> R) -> R {
        let mut plugins = self.plugins.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut plugins))
    }
}

impl LookupError {
    pub(crate) fn command(plugin: &str, command: &str, description: &Description) -> Self {
        let names = description
            .commands
            .iter()
            .map(|definition| definition.name.as_str());
        LookupError::Command {
            plugin: plugin.to_owned(),
            command: command.to_owned(),
            nearest: nearest(command, names).map(str::to_owned),
        }
    }

    pub(crate) fn missing(command: &str, parameter: &Parameter) -> Self {
        LookupError::MissingArgument {
            command: command.to_owned(),
            parameter: parameter.name.clone(),
            kind: parameter.kind,
            unit: parameter.unit.clone(),
        }
    }

    pub(crate) fn unknown_argument(command: &str, name: &str, definition: &Definition) -> Self {
        if definition
            .parameters
            .iter()
            .any(|parameter| parameter.name == name)
        {
            let (command, argument) = (command.to_owned(), name.to_owned());
            return LookupError::DuplicateArgument { command, argument };
        }
        let names = definition
            .parameters
            .iter()
            .map(|parameter| parameter.name.as_str());
        LookupError::UnknownArgument {
            command: command.to_owned(),
            argument: name.to_owned(),
            nearest: nearest(name, names).map(str::to_owned),
        }
    }

    pub(crate) fn wrong_type(command: &str, parameter: &Parameter, given: &Value) -> Self {
        LookupError::WrongType {
            command: command.to_owned(),
            parameter: parameter.name.clone(),
            kind: parameter.kind,
            unit: parameter.unit.clone(),
            given: Kind::of(given),
        }
    }
}

fn in_unit(unit: &str) -> String {
    match unit {
        "" => String::new(),
        unit => format!(" in {unit}"),
    }
}
