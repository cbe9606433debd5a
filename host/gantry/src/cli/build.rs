//! `gantry build`: the component of a project, and what it offers.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use gantry_plugin::{Inspection, Policy, Source, read_file};

use super::inspect::{bytes, describe_command};
use super::{Common, plugin, say};
use crate::config::{RobotConfig, SinglePlugin};
use crate::project::{self, BuildOptions, Language};

#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    /// The project
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Where the component goes [default: build/PLUGIN.wasm in the project]
    #[arg(short, long, value_name = "FILE.wasm")]
    output: Option<PathBuf>,
    /// What it is written in [default: what the project's files say]
    #[arg(long, value_name = "LANG")]
    language: Option<Language>,
    /// The robot with the plugin's table, if it needs one [default: the project's robot.toml]
    #[arg(long, value_name = "ROBOT.toml")]
    robot: Option<PathBuf>,
    /// Uses no network: whatever is missing is an error
    #[arg(long)]
    offline: bool,
    /// Folder for tools from PyPI and npm, which projects share [default: in the user's cache folder]
    #[arg(long, value_name = "DIR", env = "GANTRY_TOOLS")]
    tools: Option<PathBuf>,
    /// What the language's own tool is told besides, such as `-- --wasi` in C
    #[arg(last = true, value_name = "ARGUMENT")]
    more: Vec<String>,
}

pub(super) fn build(args: &BuildArgs, common: &Common) -> anyhow::Result<()> {
    let tools = args.tools.clone();
    let options = BuildOptions {
        folder: &args.folder,
        language: args.language,
        tools: tools.or_else(|| Some(dirs::cache_dir()?.join("gantry-tools"))),
        offline: args.offline,
        more: &args.more,
        say: &|what| say(what),
    };
    let built = project::build(&options)?;
    let own_robot = args.folder.join("robot.toml");
    let robot = match &args.robot {
        Some(robot) => Some(robot.clone()),
        None => own_robot.is_file().then_some(own_robot),
    };
    let mut source = Source {
        name: "plugin".to_owned(),
        origin: "what was built".to_owned(),
        bytes: read_file(&built.component)
            .with_context(|| format!("cannot read {}", built.component.display()))?,
        signature: None,
    };
    let mut inspection = plugin::look_in(common.cache(), &source, &Policy::default())?;
    let output = |inspection: &Inspection| match (&args.output, &inspection.description) {
        (Some(output), _) => output.clone(),
        (None, Some(description)) => built.default_output(&description.name),
        (None, None) => built.default_output(&built.name),
    };
    if inspection.description.is_none()
        && let Some(policy) = policy(args, robot.as_deref(), &output(&inspection))?
    {
        // It may describe itself by its table.
        inspection = plugin::look_in(common.cache(), &source, &policy)?;
    }
    let Some(description) = &inspection.description else {
        bail!(
            "the plugin was built, but does not describe itself: {}; if it needs its table from a \
             robot.toml, give that with --robot",
            inspection.problem.unwrap_or_default(),
        );
    };
    let output = output(&inspection);
    built.place(&output)?;
    source.origin = here(&output).display().to_string();

    let mut text = format!(
        "{}: {} {}, {}\n",
        source.origin,
        description.name,
        description.version,
        bytes(inspection.sizes.component)
    );
    for command in &description.commands {
        describe_command(&mut text, command);
    }
    // Writing to a string does not fail.
    let _ = writeln!(text, "Next: {}", next(robot.as_deref(), &output));
    write!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}

/// What a robot says about the plugin that is loaded from this file, but for whose it has to be.
fn policy(args: &BuildArgs, robot: Option<&Path>, file: &Path) -> anyhow::Result<Option<Policy>> {
    let Some(robot) = robot else { return Ok(None) };
    match SinglePlugin::load(robot, None, file) {
        Ok(single) => Ok(Some(Policy {
            digest: None,
            ..plugin::policy(&single)
        })),
        Err(error) if args.robot.is_some() => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// A path without the `./` that stands for the current folder.
fn here(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

/// What to do with the component.
fn next(robot: Option<&Path>, output: &Path) -> String {
    let inspect = || format!("gantry inspect {}", here(output).display());
    let Some(robot) = robot else { return inspect() };
    let Ok(config) = RobotConfig::load(robot) else {
        return format!("gantry check {}", here(robot).display());
    };
    let robot = here(robot).display();
    match config.opmodes.first() {
        Some(_) if !config.simulation.timeline.is_empty() => format!("gantry sim {robot}"),
        Some(opmode) => format!("gantry sim {robot} --opmode {} --for 5s", opmode.name),
        None => inspect(),
    }
}
