//! Reads a robot.toml: everything in it is checked against everything else in it, and all that is
//! wrong is reported at once, with line, column and what would be right.
//!
//! What only shows when plugins are loaded (a missing file, an unknown command, a wrong argument)
//! is reported by later stages, with [`RobotConfig::diagnostic`] pointing at the line.
//!
//! `docs/robot-toml.md` is the reference for people.

mod channels;
mod commands;
mod cycles;
mod devices;
mod diagnostic;
mod limits;
mod mechanisms;
mod names;
mod opmodes;
mod own_files;
mod plugins;
mod prefixes;
mod quantity;
mod reader;
mod robot;
mod script;
mod signals;
mod signatures;
mod simulation;
mod single;
mod source;
pub(crate) mod syntax;
mod value;
mod wiring;
mod world;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gantry_plugin::Trust;
use thiserror::Error;
use toml::de::DeTable;

use channels::Channels;
use commands::Granted;
use mechanisms::Mechanisms;
use prefixes::Published;
use reader::{Sink, Table};
use robot::Robot;

pub(crate) use channels::BATTERY;
pub use commands::{Argument, BindingConfig, BindingKind, CommandRef, DefaultConfig};
pub use devices::DeviceConfig;
pub(crate) use diagnostic::render_all;
pub use diagnostic::{ConfigErrors, Diagnostic, Severity};
pub use gantry_hardware::sim::ParameterValue;
pub use limits::{LimitsConfig, QuarantineConfig};
pub use mechanisms::{ChannelConfig, MechanismConfig};
pub(crate) use names::{is_plain, list};
pub use opmodes::{Mode, OpModeConfig};
pub(crate) use own_files::OwnFile;
pub use plugins::{FolderConfig, Grant, PluginConfig, ReloadConfig};
pub use signals::{DebounceEdge, NamedSignal, SignalExpr, SignalKind, SignalSource, SourceName};
pub use simulation::{ScriptStep, SimulationConfig, TimelineStep};
pub use single::{SingleError, SinglePlugin};
pub use source::{Position, Source, Span};
pub use value::ConfigValue;

/// A robot, as its file describes it. Names are resolved and unique, quantities are in SI units.
#[derive(Clone, Debug, PartialEq)]
pub struct RobotConfig {
    /// The robot's name.
    pub name: String,
    /// The loop's period.
    pub period: Duration,
    /// Runs of all plugins that there may be at a time. None: the host's default.
    pub live_runs: Option<u32>,
    /// Stack of every run, in bytes. None: the host's default.
    pub stack: Option<u64>,
    /// What one command at a time may drive.
    pub mechanisms: Vec<MechanismConfig>,
    /// Every channel: those of the mechanisms, those that devices declare, and those that every
    /// robot has.
    pub channels: Vec<ChannelConfig>,
    /// What is behind the channels.
    pub devices: Vec<DeviceConfig>,
    /// Who has to vouch for plugins.
    pub trust: Trust,
    /// The code that is loaded.
    pub plugins: Vec<PluginConfig>,
    /// Signals with a name, each after those that it refers to.
    pub signals: Vec<NamedSignal>,
    /// Default commands that count in every op mode, and while the robot is disabled.
    pub defaults: Vec<DefaultConfig>,
    /// Bindings that count in every op mode, and while the robot is disabled.
    pub bindings: Vec<BindingConfig>,
    /// What the robot does while it is enabled.
    pub opmodes: Vec<OpModeConfig>,
    /// What a simulated run is fed with.
    pub simulation: SimulationConfig,
    /// What is allowed but looks wrong.
    pub warnings: Vec<Diagnostic>,
    /// The file.
    pub source: Arc<Source>,
}

/// Why there is no robot.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file could not be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Something is wrong in the file.
    #[error(transparent)]
    Invalid(#[from] ConfigErrors),
}

impl RobotConfig {
    /// Holds all plugins to what a locked robot allows, as [`PluginConfig::lock`] does.
    pub fn lock(&mut self) {
        for plugin in &mut self.plugins {
            plugin.lock();
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read (it has to be a file of UTF-8, of 16 MiB at most), or as for [`parse`](Self::parse).
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let text = crate::text::read(path).map_err(|error| LoadError::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        Ok(Self::parse(path, text)?)
    }

    /// Reads the text of a file. The path is what messages show and where relative paths start;
    /// nothing is opened.
    ///
    /// ```
    /// use gantry::config::RobotConfig;
    ///
    /// let text = "[robot]\nname = \"Kickoff\"\nperiod = \"20 parsecs\"\n";
    /// let errors = RobotConfig::parse("robot.toml", text).unwrap_err();
    /// let position = errors.diagnostics()[0].position();
    /// assert_eq!((position.line, position.column), (3, 10));
    /// assert!(errors.to_string().contains("\"parsecs\" is not a unit of time"));
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong, not only the first thing. If it is not TOML at all, only that.
    pub fn parse(path: impl Into<PathBuf>, text: impl Into<String>) -> Result<Self, ConfigErrors> {
        let source = Arc::new(Source::new(path, text));
        let sink = Sink::new(source.clone());
        let (root, syntax_errors) = DeTable::parse_recoverable(source.text());
        if !syntax_errors.is_empty() {
            syntax::report(&sink, &syntax_errors);
            return Err(ConfigErrors::new(sink.into_diagnostics()));
        }
        let mut config = read(Table::root(&sink, root.get_ref()), source.clone());
        let mut diagnostics = sink.into_diagnostics();
        if !has_errors(&diagnostics) {
            // What only shows when parts meet: two batteries, a stop above the other.
            if let Err(errors) = config.check_world() {
                diagnostics.extend(errors.into_diagnostics());
            }
        }
        if has_errors(&diagnostics) {
            return Err(ConfigErrors::new(diagnostics));
        }
        config.warnings = diagnostics;
        Ok(config)
    }

    /// An error about a place of the file, for later stages.
    pub fn diagnostic(
        &self,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Diagnostic {
        Diagnostic::error(self.source.clone(), span, message).maybe_help(help)
    }
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    let mut diagnostics = diagnostics.iter();
    diagnostics.any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// Reads the whole file, in an order in which everything comes after what it is checked against.
fn read(mut root: Table<'_>, source: Arc<Source>) -> RobotConfig {
    let sink = root.sink;
    let robot = Robot::read(&mut root);
    let mut table = |key| root.optional(key)?.table("{ … }");
    let limits = table("limits");
    let mechanisms = table("mechanisms");
    let devices = table("devices");
    let plugins = table("plugins");
    let signatures = table("signatures");
    let signals = table("signals");
    let defaults = table("defaults");
    let opmodes = table("opmodes");
    let simulation = table("simulation");
    let bindings = root.optional("bindings");
    root.finish();

    let mut stack = None;
    let limits = limits.map_or(robot.limits, |mut table| {
        // The engine has one size for all, so it is no limit of a plugin of its own.
        let node = table.optional("stack");
        stack = node.and_then(|node| node.bytes(64 << 10, 8 << 20));
        LimitsConfig::read(table, robot.limits, robot.period)
    });
    let (trust, signers) = signatures.map_or_else(Default::default, signatures::read);
    let mut channels = Channels::new();
    let mechanism_names = Mechanisms::named(mechanisms.as_ref());
    let mechanisms = read_all(&mechanisms, |table| mechanisms::read(table, &mut channels));
    let mut devices = devices::read(sink, devices.as_ref(), &mut channels);
    let around = plugins::Surroundings {
        mechanisms: &mechanism_names,
        channels: &channels,
        limits,
        reload: robot.reload,
        period: robot.period,
        signers,
        plugins: plugins.iter().flat_map(Table::names).collect(),
    };
    let plugins = read_all(&plugins, |table| plugins::read(table, &around));
    let published = Published::new(&plugins);
    let around = commands::Surroundings {
        mechanisms: &mechanism_names,
        plugins: Granted::by_name(&plugins),
        signals: signals::Scope {
            channels: &channels,
            published: &published,
            named: signals.as_ref(),
        },
    };
    let named = read_all(&signals, |table| {
        signals::read(table, &channels, &published)
    });
    let defaults = read_all(&defaults, |table| commands::read_defaults(table, &around));
    let bindings = bindings.map_or_else(Vec::new, |node| commands::read_bindings(&node, &around));
    let opmode_names: BTreeSet<_> = opmodes.iter().flat_map(Table::names).collect();
    let idle = defaults.is_empty() && bindings.is_empty();
    let opmodes = read_all(&opmodes, |table| opmodes::read(table, &around, idle));
    let simulation = simulation.map_or_else(SimulationConfig::default, |table| {
        simulation::read(table, &opmode_names, &channels, &mut devices)
    });
    RobotConfig {
        name: robot.name,
        period: robot.period,
        live_runs: robot.live_runs,
        stack,
        mechanisms,
        channels: channels.into_list(),
        devices,
        trust,
        plugins,
        signals: named,
        defaults,
        bindings,
        opmodes,
        simulation,
        warnings: Vec::new(),
        source,
    }
}

fn read_all<'a, T>(table: &Option<Table<'a>>, read: impl FnOnce(&Table<'a>) -> Vec<T>) -> Vec<T> {
    table.as_ref().map_or_else(Vec::new, read)
}

/// Bytes of `2 GiB`, in the units of memory that the file has.
pub(crate) fn parse_bytes(text: &str) -> Option<u64> {
    quantity::parse_bytes(text).ok()
}
