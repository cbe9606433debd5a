//! `gantry lock`: from now on, nothing but this.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use clap::Args;
use gantry_plugin::{CacheConfig, Pins};

use super::{Common, load, warn_unsigned};
use crate::config::RobotConfig;
use crate::lock::{Held, Lock, LockError, differences};
use crate::robot::{Disk, Options, Robot};

#[derive(Debug, Args)]
pub(super) struct LockArgs {
    /// The robot
    #[arg(value_name = "ROBOT.toml")]
    robot: PathBuf,
}

pub(super) fn lock(args: &LockArgs, common: &Common) -> anyhow::Result<()> {
    let config = load(&args.robot)?;
    // What cannot be kept need not be compiled.
    let path = Lock::path_of(&args.robot)?;
    if common.no_cache {
        bail!("`gantry lock` keeps compiled code for the locked robot; leave out --no-cache");
    }
    let code = common.locked_code()?;
    let files = Held::read(&config, &Disk);
    warn_unsigned(&config, &files);
    let lock = Lock::of(&config, &files)?;
    let mut needed = BTreeSet::new();
    // `run` and `sim` need code of their own.
    for real_time in [true, false] {
        needed.extend(keep_code(&config, common, &code, &files, real_time)?);
    }
    // The old lock counts until the new one has shown that the robot comes up with it.
    let written = lock.prepare(&path, &args.robot)?;
    start_dry(&args.robot, &absolute(written.path())?)?;
    let pins = Pins::new(&code.folder);
    let name = absolute(&path)?;
    let cannot_pin = || format!("cannot write to {}", code.folder.display());
    // Until then, both need their code.
    let both = pins.of(&name).union(&needed).cloned().collect();
    pins.set(&name, &both).with_context(cannot_pin)?;
    // One that cannot be read is replaced like any other.
    let before = Lock::read(&path, &args.robot);
    written.replace().map_err(|error| LockError::Io {
        path: path.clone(),
        error,
    })?;
    pins.set(&name, &needed).with_context(cannot_pin)?;
    tell(&path, &config, &lock, before)?;
    Ok(())
}

fn tell(
    path: &Path,
    config: &RobotConfig,
    lock: &Lock,
    before: Result<Lock, LockError>,
) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let count = config.plugins.len();
    let plugins = if count == 1 { "plugin" } else { "plugins" };
    writeln!(
        out,
        "{}: {count} {plugins} locked, {}",
        path.display(),
        lock.digest()
    )?;
    match before {
        Ok(before) => {
            let differences = differences(&before, lock);
            if differences.is_empty() {
                writeln!(out, "  as it was before")?;
            }
            for difference in differences {
                writeln!(out, "  {difference}")?;
            }
        }
        Err(LockError::Missing { .. }) => {}
        Err(error) => writeln!(out, "  what was there before could not be used: {error}")?,
    }
    Ok(())
}

/// Where a lock is, wherever the process is.
pub(super) fn absolute(lock: &Path) -> std::io::Result<PathBuf> {
    let folder = match lock.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    Ok(folder
        .canonicalize()?
        .join(lock.file_name().unwrap_or_default()))
}

/// Puts the robot together, which checks all of it, and keeps the code of its plugins. Says which
/// entries that are.
fn keep_code(
    config: &RobotConfig,
    common: &Common,
    code: &CacheConfig,
    files: &Held,
    real_time: bool,
) -> anyhow::Result<BTreeSet<String>> {
    let runtime = common.runtime_that_keeps(config, real_time, code)?;
    let (telemetry, _consumer) = gantry_telemetry::channel(1024);
    let options = Options {
        files,
        seed: config.simulation.seed,
        real_time,
        locked: false,
        telemetry,
        drivers: &crate::robot::no_drivers,
    };
    let robot = Robot::assemble(config.clone(), runtime, options)?;
    Ok(robot.runtime().code_used())
}

/// Starts the locked robot in a process of its own, which has nothing of this one and ends where
/// the first tick would be.
fn start_dry(robot: &Path, lock: &Path) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("cannot find gantry's own file")?;
    let output = Command::new(program)
        .args(["--log", "error", "check", "--locked", "--lock"])
        .arg(lock)
        .arg("--")
        .arg(robot)
        .stdin(Stdio::null())
        .output()
        .context("cannot start gantry once more, to try the lock out")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "the robot does not start as it would be locked, so nothing was locked ({}):\n{}",
            output.status,
            said.trim_end()
        );
    }
    Ok(())
}
