//! The command line.

mod build;
mod check;
mod demo;
mod inspect;
mod keygen;
mod lock;
mod new;
mod plugin;
mod run;
mod runtime;
mod scheduling;
mod sign;
mod sim;
mod verify;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::{Args, Parser, Subcommand};
use gantry_hardware::quantity::{self, Quantity};
use gantry_plugin::{Source, escape_lines};
use tracing_subscriber::EnvFilter;

use crate::config::{self, ConfigErrors, Diagnostic, LoadError, RobotConfig, list, render_all};
use crate::console;
use crate::lock::{Held, Lock, LockError};
use crate::recording::RecordingOptions;
use crate::robot::{Disk, PluginFiles};

/// Runs robots whose commands are WebAssembly plugins.
#[derive(Debug, Parser)]
#[command(
    name = "gantry",
    version,
    about = "Runs robots whose commands are WebAssembly plugins.",
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: CliCommand,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// Plays a match with the example robot that is built in.
    Demo(demo::DemoArgs),
    /// Makes a project for a plugin of your own.
    New(new::NewArgs),
    /// Builds the plugin of a project and checks it.
    Build(build::BuildArgs),
    /// Runs a robot in real time.
    Run(run::RunArgs),
    /// Simulates a robot in virtual time, as fast as it goes; the same seed gives the same run.
    Sim(sim::SimArgs),
    /// Checks a robot and its plugins without running them.
    Check(check::CheckArgs),
    /// Writes robot.lock: which plugins a robot runs, bit by bit, and what each is given.
    Lock(lock::LockArgs),
    /// Shows what a plugin is, what it offers and what it asks for.
    Inspect(inspect::InspectArgs),
    /// Makes a pair of keys for signatures.
    Keygen(keygen::KeygenArgs),
    /// Signs a plugin and what it asks for.
    Sign(sign::SignArgs),
    /// Checks the signature of a plugin.
    Verify(verify::VerifyArgs),
    /// Compiles the component on standard input, for a host that has started it.
    #[command(name = COMPILE_WORKER, hide = true)]
    CompileWorker,
}

/// What this program is called with when it is to compile, and nothing else.
const COMPILE_WORKER: &str = "compile-worker";

/// What every command takes.
#[derive(Debug, Args)]
struct Common {
    /// Folder for compiled plugins [default: the user's cache folder]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Global options"
    )]
    cache: Option<PathBuf>,
    /// Compile plugins anew, and keep nothing
    #[arg(
        long,
        global = true,
        conflicts_with = "cache",
        help_heading = "Global options"
    )]
    no_cache: bool,
    /// What is logged to standard error: a level, or a filter as tracing's EnvFilter takes it
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        env = "GANTRY_LOG",
        default_value = "warn,gantry::reload=info",
        help_heading = "Global options"
    )]
    log: String,
}

/// Runs what the command line says. 0: done. 1: it failed, and why is on standard error. 2: the
/// command line is wrong. 3: a robot's program was ended by force.
pub fn main() -> ExitCode {
    // Only tests know what 101 means.
    let status = std::panic::catch_unwind(start).unwrap_or_else(|_| {
        say("error: gantry has panicked, which is a bug of gantry");
        ExitCode::FAILURE
    });
    console::errors().flush();
    status
}

/// Makes what this process makes its owner's to read and write, whatever the umask says: a plugin sees files that it
/// has made itself, and sees them alike everywhere. What others may do with them is up to the umask.
#[cfg(unix)]
fn keep_own_files_open_to_the_owner() {
    use rustix::fs::Mode;
    use rustix::process::umask;

    let before = umask(Mode::empty());
    umask(before - Mode::RWXU);
}

fn start() -> ExitCode {
    let cli = Cli::parse();
    if let CliCommand::CompileWorker = cli.command {
        return gantry_plugin::compile_worker();
    }
    #[cfg(unix)]
    keep_own_files_open_to_the_owner();
    console::tell_panics();
    // Its thread comes first, before others have taken what the system allows.
    console::errors();
    match EnvFilter::try_new(&cli.common.log) {
        Ok(filter) => tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(|| console::errors().clone())
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .without_time()
            .init(),
        Err(error) => {
            say(format_args!(
                "error: --log {:?} is not a filter: {error}",
                cli.common.log
            ));
            return ExitCode::from(2);
        }
    }
    survive_limits_on_files();
    let result = match &cli.command {
        CliCommand::Demo(args) => demo::demo(args, &cli.common),
        CliCommand::New(args) => new::new(args),
        CliCommand::Build(args) => build::build(args, &cli.common),
        CliCommand::Run(args) => run::run(args, &cli.common),
        CliCommand::Sim(args) => sim::sim(args, &cli.common),
        CliCommand::Check(args) => check::check(args, &cli.common),
        CliCommand::Lock(args) => lock::lock(args, &cli.common),
        CliCommand::Inspect(args) => inspect::inspect(args),
        CliCommand::Keygen(args) => keygen::keygen(args),
        CliCommand::Sign(args) => sign::sign(args),
        CliCommand::Verify(args) => verify::verify(args),
        CliCommand::CompileWorker => Ok(()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has seen enough of it.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// Makes a limit on the size of files an error of whoever writes, rather than the end of the process:
/// a recording, a plugin's folder, the cache.
fn survive_limits_on_files() {
    #[cfg(unix)]
    if let Err(error) = signal_hook::flag::register(
        signal_hook::consts::signal::SIGXFSZ,
        std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)),
    ) {
        tracing::warn!("a limit on the size of files would end the process: {error}");
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Mistakes in a robot.toml are shown with the lines they are in; everything else as a sentence.
fn report(error: &anyhow::Error) {
    let colours = std::io::stderr().is_terminal();
    match error.downcast_ref::<ConfigErrors>() {
        Some(errors) => say(errors.render(colours)),
        // Paths, and what files say, are not always ours.
        None => say(format_args!(
            "error: {}",
            escape_lines(&format!("{error:#}"))
        )),
    }
}

/// Says a line on standard error, if anything can be said there.
fn say(line: impl std::fmt::Display) {
    console::complain(&line.to_string());
}

/// Exit status of a robot's program that did not end in an orderly way.
const FORCED: i32 = 3;

/// Ends the process at once, with outputs safe: without cleanups, and without what the recording still
/// waits for.
fn force(why: &str) {
    say(format_args!(
        "error: {why}: the program ends at once; outputs are safe"
    ));
    console::errors().flush();
    // Nothing that `exit` would call is waited for.
    signal_hook::low_level::exit(FORCED);
}

/// Reads a robot.toml and shows its warnings.
fn load(path: &Path) -> anyhow::Result<RobotConfig> {
    let config = RobotConfig::load(path).map_err(|error| match error {
        LoadError::Invalid(errors) => anyhow::Error::new(errors),
        unreadable => anyhow::Error::new(unreadable),
    })?;
    warn(&config);
    Ok(config)
}

fn warn(config: &RobotConfig) {
    let colours = std::io::stderr().is_terminal();
    if !config.warnings.is_empty() {
        say(render_all(&config.warnings, colours));
    }
}

/// What is recorded of a run.
#[derive(Debug, Args)]
struct Events {
    /// Records the event stream to a file, one JSON object per line; an earlier recording of that name
    /// is kept with a number
    #[arg(long, value_name = "FILE.jsonl")]
    events: Option<PathBuf>,
    /// Most bytes of that file, such as "500 MiB"
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "2 GiB", requires = "events")]
    events_limit: u64,
    /// Records every change of an output as well, as its device is given it
    #[arg(long, requires = "events")]
    events_outputs: bool,
}

impl Events {
    fn options(&self) -> Option<RecordingOptions<'_>> {
        let path = self.events.as_deref()?;
        Some(RecordingOptions {
            path,
            limit: self.events_limit,
            outputs: self.events_outputs,
        })
    }
}

/// Whether a robot is held to its lock.
#[derive(Debug, Args)]
struct Locked {
    /// Refuses whatever differs from what `gantry lock` wrote; compiles nothing, reloads nothing
    #[arg(long)]
    locked: bool,
}

impl Locked {
    /// The robot's files and, if it is locked and all is as it was locked, its lock. Its plugins are
    /// held to what a locked robot allows then.
    fn files(
        &self,
        config: &mut RobotConfig,
    ) -> anyhow::Result<(Box<dyn PluginFiles>, Option<Lock>)> {
        if !self.locked {
            warn_unsigned(config, &Disk);
            return Ok((Box::new(Disk), None));
        }
        let lock = Lock::path_of(config.source.path())?;
        let (files, lock) = held(config, &lock)?;
        Ok((Box::new(files), Some(lock)))
    }

    /// Refuses a seed that would take the place of the one that is locked.
    fn check_seed(&self, seed: Option<u64>, config: &RobotConfig) -> anyhow::Result<()> {
        let locked = config.simulation.seed;
        match seed {
            Some(seed) if self.locked && seed != locked => bail!(
                "--seed {seed} is not what is locked: random numbers of {} start at {locked}; leave \
                 out --seed, or write `seed = {seed}` into [simulation] and lock it again",
                config.source.path().display()
            ),
            _ => Ok(()),
        }
    }
}

/// The files of a robot and its lock, if all is as it was locked.
fn held(config: &mut RobotConfig, lock: &Path) -> anyhow::Result<(Held, Lock)> {
    let files = Held::read(config, &Disk);
    let lock = Lock::verify(lock, config, &files).map_err(|error| match error {
        LockError::Plugins(errors) => anyhow::Error::new(errors),
        error => anyhow::Error::new(error),
    })?;
    warn_unsigned(config, &files);
    Ok((files, lock))
}

/// Tells of plugins without a signature in a robot that trusts somebody's: who has taken one away has
/// taken with it what its signer declared.
fn warn_unsigned(config: &RobotConfig, files: &dyn PluginFiles) {
    let colours = std::io::stderr().is_terminal();
    let warnings = unsigned(config, files);
    if !warnings.is_empty() {
        say(render_all(&warnings, colours));
    }
}

fn unsigned(config: &RobotConfig, files: &dyn PluginFiles) -> Vec<Diagnostic> {
    // Otherwise nobody could sign, or it is an error.
    if config.trust.keys.is_empty() || config.trust.required {
        return Vec::new();
    }
    let keys = config.trust.keys.iter().map(|key| key.name.as_str());
    let keys = list(keys);
    let plugins = config.plugins.iter();
    let plugins = plugins.filter(|plugin| plugin.signed_by.is_none());
    let unsigned = plugins.filter(|plugin| {
        let signature = Source::read_signature(&plugin.file, |path| files.read(path));
        matches!(signature, Ok(None))
    });
    unsigned
        .map(|plugin| {
            let message = format!(
                "plugin `{}` is not signed, and this robot trusts {keys}: nobody vouches for it, and \
                 it is given all that is granted here",
                plugin.name
            );
            let signature = Source::signature_path(&plugin.file);
            let help = format!(
                "if it was signed, {} is missing; `signed-by` refuses it without one",
                signature.display()
            );
            config
                .diagnostic(plugin.span, message, Some(help))
                .warning()
        })
        .collect()
}

/// `2 GiB`, `500MiB`, `64 KiB`.
fn parse_size(text: &str) -> Result<u64, String> {
    const LEAST: u64 = 64 << 10;
    match config::parse_bytes(text) {
        Some(bytes) if bytes >= LEAST => Ok(bytes),
        Some(_) => Err("the least is 64 KiB".to_owned()),
        None => Err("an amount of memory is wanted, such as \"2 GiB\"".to_owned()),
    }
}

/// `15s`, `1.5 s`, `500ms`, `2min`.
fn parse_time(text: &str) -> Result<Duration, String> {
    let seconds = quantity::parse(text, Quantity::Time).map_err(|error| error.to_string())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err("a time greater than zero is wanted, such as 15s".to_owned()),
    }
}
