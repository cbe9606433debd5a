//! A plugin that takes the place of one that is loaded, between two ticks.

use std::iter;
use std::mem;

use gantry_plugin::{Cancellation, Folder, Plugin, Runtime, Signed, Source};
use gantry_scheduler::{Command, Mechanisms, Supplier};

use super::Robot;
use super::assembly;
use super::commands::{Wrong, uses};
use crate::config::{PluginConfig, ReloadConfig, RobotConfig};

/// A loaded plugin with the commands that robot.toml names, ready to take the place of the one
/// before.
#[derive(Debug)]
pub struct Replacement {
    plugin: Plugin,
    /// By their place in [`uses`], in that order.
    commands: Vec<(usize, Command)>,
    /// Whether what runs of the old one is canceled.
    cancel: bool,
}

/// What is left of a plugin that was replaced. It is dropped with its code and its instances, which
/// takes longer than the time between two ticks allows.
#[derive(Debug)]
pub struct Remains {
    _plugin: Option<Plugin>,
    _commands: Vec<Command>,
}

impl Replacement {
    /// Loads a plugin of a robot in full, and makes of it what robot.toml names. Nothing of it is
    /// seen by what runs; to be done outside the loop's thread.
    ///
    /// # Errors
    ///
    /// Why it cannot take the place of the one that is loaded, or that it was canceled.
    pub fn prepare(
        config: &RobotConfig,
        plugin: &PluginConfig,
        source: &Source,
        folder: Option<Folder>,
        runtime: &Runtime,
        surroundings: &gantry_plugin::Robot,
        cancellation: &Cancellation,
    ) -> Result<Self, String> {
        let mut policy = assembly::policy(plugin, &config.trust);
        // The one that was opened when the robot was put together, wherever its path leads by now.
        policy.folder = folder;
        let loaded = runtime
            .load_in_background(source, &policy, surroundings, cancellation)
            .map_err(|error| format!("{}: {}", error.stage, error.kind))?;
        Ok(Self {
            commands: make_commands(config, &loaded, &surroundings.mechanisms)?,
            plugin: loaded,
            cancel: plugin.reload == ReloadConfig::Cancel,
        })
    }
}

/// What robot.toml names of a plugin.
fn make_commands(
    config: &RobotConfig,
    plugin: &Plugin,
    mechanisms: &Mechanisms,
) -> Result<Vec<(usize, Command)>, String> {
    let (mut commands, mut wrong) = (Vec::new(), Vec::new());
    for (place, named) in uses(config).enumerate() {
        if named.plugin() != plugin.name() {
            continue;
        }
        match named.make(plugin, mechanisms) {
            Ok(command) => commands.push((place, command)),
            Err(Wrong { span, message, .. }) => {
                let at = config.diagnostic(span, "", None).position();
                let file = config.source.path().display();
                wrong.push(format!("{file}:{}:{}: {message}", at.line, at.column));
            }
        }
    }
    match wrong.is_empty() {
        true => Ok(commands),
        false => Err(wrong.join("; ")),
    }
}

impl Robot {
    /// Lets a plugin take the place of the one of its name. From now on it is the one that is
    /// looked up, and what robot.toml binds, schedules and does by default is made of it. To be
    /// called between two ticks.
    ///
    /// A command is not started because its plugin is new: it is when its signal has an edge, when
    /// its op mode is enabled, or when its mechanism is free.
    pub fn replace(&mut self, replacement: Replacement) -> Remains {
        let Replacement {
            plugin,
            commands,
            cancel,
        } = replacement;
        let old = self.plugins.registry.insert(plugin.clone());
        let mut commands = commands.into_iter().peekable();
        let mut replaced = Vec::with_capacity(commands.len());
        let scopes = iter::once(&mut self.always).chain(&mut self.opmodes);
        for (place, command) in scopes.flat_map(|scope| scope.commands_mut()).enumerate() {
            if let Some((_, new)) = commands.next_if(|(at, _)| *at == place) {
                self.scheduler.replace(command, &new);
                replaced.push(mem::replace(command, new));
            }
        }
        let to_cancel = old.as_ref().filter(|_| cancel);
        let canceled = to_cancel.map_or(0, |old| self.count_runs_of(old.supplier()));
        // Before what it ends, for it is the reason.
        self.report_reload(old.as_ref(), &plugin, canceled);
        if let Some(old) = to_cancel {
            self.cancel_commands_of(old, &replaced);
            // After their cleanup, which may publish.
            self.plugins.topics.withdraw(old.supplier());
        } else if let Some(old) = &old {
            self.plugins.topics.retire(old.supplier());
            self.retired.push(old.supplier().clone());
        }
        Remains {
            _plugin: old,
            _commands: replaced,
        }
    }

    /// Says that a changed file is not taken.
    pub fn refuse_reload(&self, plugin: &str, reason: &str) {
        let loaded = self.plugins.registry.plugin(plugin);
        let version =
            loaded.map_or_else(String::new, |plugin| plugin.description().version.clone());
        tracing::warn!(target: "gantry::reload", "{plugin} is not reloaded, {version} goes on: {reason}");
        self.recorder.borrow_mut().reload_refused(plugin, reason);
    }

    /// Withdraws the topics of plugins that were replaced, as soon as nothing of them runs any more.
    pub(super) fn bury_retired(&mut self) {
        if self.retired.is_empty() {
            return;
        }
        for supplier in std::mem::take(&mut self.retired) {
            match self.count_runs_of(&supplier) {
                0 => self.plugins.topics.withdraw(&supplier),
                _ => self.retired.push(supplier),
            }
        }
    }

    fn count_runs_of(&self, supplier: &Supplier) -> usize {
        let runs = self.scheduler.runs();
        let suppliers = runs.iter().filter_map(|run| run.command.supplier());
        suppliers.filter(|by| by.same(supplier)).count()
    }

    /// Cancels what runs of a plugin, and lets nothing of it start any more, whoever holds it.
    fn cancel_commands_of(&mut self, plugin: &Plugin, named: &[Command]) {
        let name = plugin.name();
        plugin.supplier().withdraw(format!(
            "plugin `{name}` was reloaded; look the command up again"
        ));
        // With a timeout they are groups, which are nobody's.
        for command in named {
            self.scheduler.cancel(command);
        }
        self.scheduler.cancel_from(plugin.supplier());
    }

    fn report_reload(&self, old: Option<&Plugin>, new: &Plugin, canceled: usize) {
        let version = |plugin: &Plugin| plugin.description().version.clone();
        let (from, to) = (old.map(version).unwrap_or_default(), version(new));
        let (name, digest) = (new.name(), new.digest());
        if let (Some(Signed::By { key, .. }), Signed::No | Signed::Unknown(_)) =
            (old.map(Plugin::signed), new.signed())
        {
            tracing::warn!(
                target: "gantry::reload",
                "{name} was signed by `{key}` and is not any more: it is given all that this robot \
                 grants it; `signed-by = \"{key}\"` in its table refuses that"
            );
        }
        let canceled = match canceled {
            0 => String::new(),
            1 => ", 1 running command canceled".to_owned(),
            many => format!(", {many} running commands canceled"),
        };
        tracing::info!(target: "gantry::reload", "reloaded {name} {from} -> {to} (sha256:{digest}){canceled}");
        self.recorder
            .borrow_mut()
            .reloaded(name, &from, &to, digest);
    }
}
