//! What the commands have in common that look at one plugin's file.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use gantry_plugin::{CacheConfig, Inspection, Policy, Source, escape_line, read_file};

use crate::config::{LoadError, SingleError, SinglePlugin};
use crate::robot;

/// A plugin, and the robot that it is for.
#[derive(Debug, Args)]
pub(super) struct PluginArgs {
    /// The plugin
    #[arg(value_name = "PLUGIN.wasm")]
    pub(super) file: PathBuf,
    /// The robot that it is for: with its grants, its keys and its table for the plugin
    #[arg(long, value_name = "ROBOT.toml")]
    pub(super) robot: Option<PathBuf>,
    /// What the robot calls it [default: the plugin that is loaded from this file]
    #[arg(long, value_name = "NAME", requires = "robot")]
    pub(super) plugin: Option<String>,
}

impl PluginArgs {
    /// The file and its signature.
    pub(super) fn source(&self) -> anyhow::Result<Source> {
        let path = &self.file;
        let cannot_read = || format!("cannot read {}", path.display());
        Ok(Source {
            name: stem(path),
            origin: escape_line(path.display().to_string()),
            bytes: read_file(path).with_context(cannot_read)?,
            signature: Source::read_signature(path, read_file).with_context(cannot_read)?,
        })
    }

    /// What the robot says about it, if there is one.
    pub(super) fn single(&self) -> anyhow::Result<Option<SinglePlugin>> {
        let Some(robot) = &self.robot else {
            return Ok(None);
        };
        match SinglePlugin::load(robot, self.plugin.as_deref(), &self.file) {
            Ok(single) => Ok(Some(single)),
            Err(SingleError::Load(LoadError::Invalid(errors))) => Err(errors.into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a robot says about a plugin, for the plugin's runtime.
pub(super) fn policy(single: &SinglePlugin) -> Policy {
    robot::policy(&single.plugin, &single.trust)
}

/// Looks at a plugin, in a runtime of its own.
pub(super) fn look(source: &Source, policy: &Policy) -> anyhow::Result<Inspection> {
    look_in(None, source, policy)
}

/// Looks at a plugin. What is compiled for that is kept in the cache, if there is one.
pub(super) fn look_in(
    cache: Option<CacheConfig>,
    source: &Source,
    policy: &Policy,
) -> anyhow::Result<Inspection> {
    let runtime = super::runtime::for_one_plugin(cache)?;
    Ok(runtime.inspect(source, policy)?)
}

fn stem(path: &Path) -> String {
    escape_line(
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .as_ref(),
    )
}

/// Names as they are shown. A signature's names are its signer's, and nobody has checked them.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => escape_line(names.join(", ")),
    }
}
