//! The interface `plugin`, which plugins export, and the linking of those they import.

use gantry_scheduler as plain;
use wasmtime::component::{HasSelf, InstancePre, Linker};
use wasmtime::{Result, Store};

use super::bindings::exports::gantry::command::plugin as wit;
use super::bindings::gantry::command::types::Argument;
use super::bindings::{CommandPlugin, CommandPluginPre};
use crate::description::{Definition, Description, Kind, Parameter};
use crate::run::RunState;

/// Links what plugins of this version import.
pub(in crate::contract) fn link(linker: &mut Linker<RunState>) -> Result<()> {
    CommandPlugin::add_to_linker::<_, HasSelf<RunState>>(linker, RunState::called)
}

/// A linked plugin of this version.
#[derive(Clone)]
pub(crate) struct GuestPre(CommandPluginPre<RunState>);

/// An instance of a plugin of this version.
pub(crate) struct Guest(CommandPlugin);

impl GuestPre {
    pub(in crate::contract) fn new(pre: InstancePre<RunState>) -> Result<Self> {
        CommandPluginPre::new(pre).map(Self)
    }

    pub(in crate::contract) async fn instantiate(
        &self,
        store: &mut Store<RunState>,
    ) -> Result<Guest> {
        self.0.instantiate_async(store).await.map(Guest)
    }
}

impl Guest {
    pub(in crate::contract) async fn describe(
        &self,
        store: &mut Store<RunState>,
    ) -> Result<std::result::Result<Description, String>> {
        let described = self.0.gantry_command_plugin().call_describe(store).await?;
        Ok(described.map(Into::into))
    }

    pub(in crate::contract) async fn run(
        &self,
        store: &mut Store<RunState>,
        command: &str,
        arguments: &[(String, plain::Value)],
    ) -> Result<std::result::Result<Option<plain::Value>, String>> {
        let arguments: Vec<Argument> = arguments
            .iter()
            .map(|(name, value)| Argument {
                name: name.clone(),
                value: value.clone().into(),
            })
            .collect();
        let result = self
            .0
            .gantry_command_plugin()
            .call_run(store, command, &arguments)
            .await?;
        Ok(result.map(|value| value.map(Into::into)))
    }
}

impl From<wit::Description> for Description {
    fn from(description: wit::Description) -> Self {
        Self {
            name: description.name,
            version: description.version,
            summary: description.summary,
            commands: description.commands.into_iter().map(Into::into).collect(),
            reads: description.reads,
            publishes: description.publishes,
        }
    }
}

impl From<wit::Definition> for Definition {
    fn from(definition: wit::Definition) -> Self {
        Self {
            name: definition.name,
            summary: definition.summary,
            parameters: definition.parameters.into_iter().map(Into::into).collect(),
            returns: definition.returns.map(Into::into),
            requirements: definition.requirements,
            priority: definition.priority,
            runs_while_disabled: definition.runs_while_disabled,
        }
    }
}

impl From<wit::Parameter> for Parameter {
    fn from(parameter: wit::Parameter) -> Self {
        Self {
            name: parameter.name,
            kind: parameter.kind.into(),
            unit: parameter.unit,
            default: parameter.default.map(Into::into),
            summary: parameter.summary,
        }
    }
}

impl From<wit::Kind> for Kind {
    fn from(kind: wit::Kind) -> Self {
        match kind {
            wit::Kind::Boolean => Kind::Boolean,
            wit::Kind::Integer => Kind::Integer,
            wit::Kind::Number => Kind::Number,
            wit::Kind::Text => Kind::Text,
            wit::Kind::Numbers => Kind::Numbers,
        }
    }
}
