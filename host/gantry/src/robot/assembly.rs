//! From robot.toml to a robot: the image, the devices, the plugins, the commands.

use std::path::Path;
use std::sync::Arc;

use gantry_hardware::{Driver, Hardware, Image};
use gantry_plugin::{Folder, Limits, Pattern, Policy, Pool, Runtime, RuntimeConfig, Source, Trust};
use gantry_scheduler::{Binding, Command, FirstLook, MechanismId, Mechanisms, Signal};

use super::commands::{self, Wrong};
use super::folders::{Folders, Granted};
use super::log::LogQueue;
use super::signals::Signals;
use crate::config::{
    BindingConfig, BindingKind, CommandRef, ConfigErrors, DefaultConfig, Diagnostic, LimitsConfig,
    PluginConfig, RobotConfig, Span,
};

/// Where plugins' files come from.
pub trait PluginFiles {
    /// The bytes of a plugin's file, or of its signature, all at once. One that is not there is
    /// [`NotFound`](std::io::ErrorKind::NotFound).
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>>;
}

/// The file system. A file is read once, so that one which changes meanwhile does no harm.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl PluginFiles for Disk {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        gantry_plugin::read_file(path)
    }
}

/// The parts of a robot, checked against each other.
pub(super) struct Parts {
    pub(super) image: Arc<Image>,
    pub(super) hardware: Hardware,
    pub(super) mechanisms: Arc<Mechanisms>,
    pub(super) surroundings: gantry_plugin::Robot,
    pub(super) log: Arc<LogQueue>,
    pub(super) folders: Granted,
    pub(super) always: Behaviour,
    /// One per op mode, in the order of the file.
    pub(super) opmodes: Vec<Behaviour>,
}

/// What is scheduled, bound and done by default in a scope.
#[derive(Default)]
pub(super) struct Behaviour {
    pub(super) schedule: Vec<Command>,
    pub(super) bindings: Vec<Bound>,
    pub(super) defaults: Vec<(MechanismId, Command)>,
}

/// A command and what it is bound to.
pub(super) struct Bound {
    pub(super) signal: Signal,
    pub(super) binding: Binding,
    pub(super) first: FirstLook,
    pub(super) command: Command,
}

impl Behaviour {
    /// Its commands, in the order of [`commands::uses`].
    pub(super) fn commands_mut(&mut self) -> impl Iterator<Item = &mut Command> {
        let bound = self.bindings.iter_mut().map(|bound| &mut bound.command);
        let defaults = self.defaults.iter_mut().map(|(_, command)| command);
        self.schedule.iter_mut().chain(bound).chain(defaults)
    }
}

/// Puts a robot together. All that is wrong is reported at once, at the lines of the file.
pub(super) fn assemble(
    config: &RobotConfig,
    files: &dyn PluginFiles,
    runtime: &Runtime,
    seed: u64,
    drivers: super::Drivers<'_>,
) -> Result<Parts, ConfigErrors> {
    let image = Arc::new(config.image()?);
    let sim = config.sim(image.clone(), seed)?;
    let nowhere = |error: &dyn std::fmt::Display| {
        ConfigErrors::from(config.diagnostic(Default::default(), error.to_string(), None))
    };
    let mut all: Vec<Box<dyn Driver>> = vec![Box::new(sim)];
    all.extend(drivers(&image));
    let hardware = Hardware::new(image.clone(), all).map_err(|error| nowhere(&error))?;
    let names = config
        .mechanisms
        .iter()
        .map(|mechanism| mechanism.name.clone());
    let mechanisms = Arc::new(Mechanisms::new(names).map_err(|error| nowhere(&error))?);
    let log = Arc::new(LogQueue::default());
    let surroundings = gantry_plugin::Robot::new(
        mechanisms.clone(),
        image.clone(),
        log.clone(),
        config.period,
        seed,
    );

    let mut assembly = Assembly {
        config,
        surroundings,
        mechanisms,
        folders: Granted::new(),
        wrong: Vec::new(),
    };
    assembly.load_plugins(files, runtime);
    let signals = assembly.signals(&image);
    let always = assembly.behaviour(&[], &config.bindings, &config.defaults, &signals);
    let opmodes: Vec<Behaviour> = config
        .opmodes
        .iter()
        .map(|mode| assembly.behaviour(&mode.schedule, &mode.bindings, &mode.defaults, &signals))
        .collect();
    if !assembly.wrong.is_empty() {
        return Err(ConfigErrors::new(assembly.wrong));
    }
    let Assembly {
        surroundings,
        mechanisms,
        folders,
        ..
    } = assembly;
    Ok(Parts {
        image,
        hardware,
        mechanisms,
        surroundings,
        log,
        folders,
        always,
        opmodes,
    })
}

struct Assembly<'a> {
    config: &'a RobotConfig,
    surroundings: gantry_plugin::Robot,
    mechanisms: Arc<Mechanisms>,
    folders: Granted,
    wrong: Vec<Diagnostic>,
}

impl Assembly<'_> {
    fn load_plugins(&mut self, files: &dyn PluginFiles, runtime: &Runtime) {
        let (folders, wrong) = Folders::open(self.config, runtime.private());
        if !wrong.is_empty() {
            // Nothing is run that sees what it should not.
            self.wrong.extend(wrong);
            return;
        }
        self.folders = folders.into_granted();
        for plugin in &self.config.plugins {
            let source = match source(plugin, files) {
                Ok(source) => source,
                Err(error) => {
                    let message = format!(
                        "plugin `{}`: cannot read {}: {error}",
                        plugin.name,
                        plugin.file.display(),
                    );
                    let help = self.where_it_was_looked_for(plugin);
                    self.report(plugin.file_span, message, Some(help));
                    continue;
                }
            };
            let mut policy = policy(plugin, &self.config.trust);
            policy.folder = self.folders.get(&plugin.name).cloned();
            match runtime.load(&source, &policy, &self.surroundings) {
                Ok(loaded) => {
                    self.surroundings.registry.insert(loaded);
                }
                Err(error) => self.report(plugin.place_of(&error), error.to_string(), None),
            }
        }
    }

    /// What to do about a file that cannot be read.
    fn where_it_was_looked_for(&self, plugin: &PluginConfig) -> String {
        let source = &self.config.source;
        let written = source.slice(plugin.file_span);
        if written.contains('\\') && !plugin.file.exists() {
            return "write `/` between folders, also on Windows: elsewhere a `\\` is a part of the name"
                .to_owned();
        }
        let here = source.path();
        let is_link = here
            .symlink_metadata()
            .is_ok_and(|metadata| metadata.is_symlink());
        if is_link {
            return format!(
                "the path starts at the folder of {}, and not at that of the file to which this link \
                 leads; write an absolute path, or name the file itself",
                here.display()
            );
        }
        "the path starts at the folder of this file; build the plugin first if it is not there yet"
            .to_owned()
    }

    fn signals(&mut self, image: &Arc<Image>) -> Signals {
        let (topics, clock) = (&self.surroundings.topics, &self.surroundings.clock);
        let mut signals = Signals::new(image.clone(), topics.clone(), clock.clone());
        for named in &self.config.signals {
            let defined = signals.define(named);
            self.accept(defined);
        }
        signals
    }

    fn behaviour(
        &mut self,
        schedule: &[CommandRef],
        bindings: &[BindingConfig],
        defaults: &[DefaultConfig],
        signals: &Signals,
    ) -> Behaviour {
        let schedule = schedule
            .iter()
            .filter_map(|reference| self.command(reference))
            .collect();
        let bindings = bindings
            .iter()
            .filter_map(|binding| {
                let command = self.command(&binding.command);
                let signal = self.accept(signals.of(&binding.signal));
                Some(Bound {
                    signal: signal?,
                    binding: binding_kind(binding.on),
                    first: binding.first,
                    command: command?,
                })
            })
            .collect();
        let defaults = defaults
            .iter()
            .filter_map(|default| self.default_command(default))
            .collect();
        Behaviour {
            schedule,
            bindings,
            defaults,
        }
    }

    /// A new command object; none if there is something wrong with it, or with its plugin.
    fn command(&mut self, reference: &CommandRef) -> Option<Command> {
        // A plugin that was not loaded has been reported already.
        let plugin = self.surroundings.registry.plugin(&reference.plugin)?;
        let made = commands::make(reference, &plugin);
        self.accept(made)
    }

    fn default_command(&mut self, default: &DefaultConfig) -> Option<(MechanismId, Command)> {
        let plugin = self.surroundings.registry.plugin(&default.command.plugin)?;
        let made = commands::make_default(default, &plugin, &self.mechanisms);
        self.accept(made)
    }

    fn accept<T>(&mut self, made: Result<T, Wrong>) -> Option<T> {
        match made {
            Ok(made) => Some(made),
            Err(Wrong {
                span,
                message,
                help,
            }) => {
                self.report(span, message, help);
                None
            }
        }
    }

    fn report(&mut self, span: Span, message: String, help: Option<String>) {
        self.wrong.push(self.config.diagnostic(span, message, help));
    }
}

/// A runtime of the size that the file asks for.
pub(crate) fn sized(mut runtime: RuntimeConfig, config: &RobotConfig) -> RuntimeConfig {
    if let Some(live_runs) = config.live_runs {
        runtime.pool = Pool::for_runs(live_runs);
    }
    if let Some(stack) = config.stack {
        runtime.stack = usize::try_from(stack).unwrap_or(usize::MAX);
    }
    runtime
}

/// A plugin's file and its signature.
pub(crate) fn source(plugin: &PluginConfig, files: &dyn PluginFiles) -> std::io::Result<Source> {
    Ok(Source {
        name: plugin.name.clone(),
        origin: plugin.file.display().to_string(),
        bytes: files.read(&plugin.file)?,
        signature: Source::read_signature(&plugin.file, |path| files.read(path))?,
    })
}

/// What the file grants a plugin.
pub(crate) fn policy(plugin: &PluginConfig, trust: &Trust) -> Policy {
    let patterns = |grants: &[crate::config::Grant]| {
        grants
            .iter()
            .map(|grant| Pattern::from(grant.name.as_str()))
            .collect()
    };
    Policy {
        digest: plugin.digest,
        trust: Trust {
            signer: plugin.signed_by.as_ref().map(|signer| signer.name.clone()),
            ..trust.clone()
        },
        mechanisms: plugin
            .mechanisms
            .iter()
            .map(|grant| grant.name.clone())
            .collect(),
        reads: patterns(&plugin.reads),
        publishes: patterns(&plugin.publishes),
        commands: patterns(&plugin.commands),
        folder: plugin
            .folder
            .as_ref()
            .map(|folder| Folder::new(&folder.path, folder.write)),
        limits: limits(&plugin.limits),
        config: plugin
            .config
            .iter()
            .map(|(key, entry)| (key.clone(), commands::value(entry)))
            .collect(),
    }
}

fn limits(config: &LimitsConfig) -> Limits {
    let mut limits = Limits::default();
    if let Some(memory) = config.memory {
        limits.memory = usize::try_from(memory).unwrap_or(usize::MAX);
    }
    if let Some(slice) = config.slice {
        limits.slice = gantry_plugin::Budget::of(slice);
    }
    if let Some(cleanup) = config.cleanup {
        limits.cleanup = gantry_plugin::Budget::of(cleanup);
    }
    let count = |configured: Option<u32>, default: usize| match configured {
        Some(configured) => configured as usize,
        None => default,
    };
    limits.table_elements = count(config.table_elements, limits.table_elements);
    limits.time_per_tick = config.time_per_tick;
    limits.depth = count(config.depth, limits.depth);
    limits.runs = count(config.runs, limits.runs);
    limits.bindings = count(config.bindings, limits.bindings);
    limits.topics = count(config.topics, limits.topics);
    limits.handles = count(config.handles, limits.handles);
    let requests = config.requests_per_tick;
    limits.requests_per_tick = requests.unwrap_or(limits.requests_per_tick);
    let together = config.requests_together;
    limits.requests_together = together.unwrap_or(limits.requests_together);
    if let Some(bytes) = config.memory_together {
        limits.memory_together = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
    if let Some(bytes) = config.host_memory {
        limits.host_memory = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
    if let Some(bytes) = config.call_bytes {
        limits.call_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
    let lines = config.log_lines_per_tick;
    limits.log_lines_per_tick = lines.unwrap_or(limits.log_lines_per_tick);
    limits.preemptions = config.preemption_limit;
    limits.live_runs = config.live_runs;
    limits.forks_per_tick = config.forks_per_tick.unwrap_or(limits.forks_per_tick);
    if let Some(bytes) = config.bytes_per_tick {
        limits.bytes_per_tick = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
    limits.open_files = count(config.open_files, limits.open_files);
    limits.folder_bytes = config.folder_bytes.unwrap_or(limits.folder_bytes);
    limits.folder_files = config.folder_files.unwrap_or(limits.folder_files);
    let recorded = config.recorded_bytes_per_second;
    limits.recorded_bytes_per_second = recorded.unwrap_or(limits.recorded_bytes_per_second);
    let lines = config.log_lines_per_second;
    limits.log_lines_per_second = lines.unwrap_or(limits.log_lines_per_second);
    let (quarantine, configured) = (&mut limits.quarantine, &config.quarantine);
    quarantine.retry = !configured.for_good;
    quarantine.failures = configured.failures.unwrap_or(quarantine.failures);
    quarantine.within = configured.within.unwrap_or(quarantine.within);
    quarantine.first = configured.first.unwrap_or(quarantine.first);
    quarantine.longest = configured.longest.unwrap_or(quarantine.longest);
    limits
}

fn binding_kind(kind: BindingKind) -> Binding {
    match kind {
        BindingKind::OnTrue => Binding::OnTrue,
        BindingKind::OnFalse => Binding::OnFalse,
        BindingKind::WhileTrue => Binding::WhileTrue,
        BindingKind::WhileFalse => Binding::WhileFalse,
        BindingKind::RetryWhileTrue => Binding::RetryWhileTrue,
        BindingKind::RetryWhileFalse => Binding::RetryWhileFalse,
        BindingKind::ToggleOnTrue => Binding::ToggleOnTrue,
        BindingKind::ToggleOnFalse => Binding::ToggleOnFalse,
    }
}
