//! `gantry lock`: from now on, nothing but this.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Common, load};
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
    common.cache_of_locked()?;
    let files = Held::read(&config, &Disk);
    let lock = Lock::of(&config, &files)?;
    // `run` and `sim` need code of their own.
    for real_time in [true, false] {
        for locked in [false, true] {
            // Locked, it takes what was compiled just before, so that it is known to be there.
            assemble(&config, common, &files, real_time, locked)?;
        }
    }
    // One that cannot be read is replaced like any other.
    let before = Lock::read(&path, &args.robot);
    lock.write(&path, &args.robot)?;
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
            let differences = differences(&before, &lock);
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

/// Puts the robot together, which checks all of it and compiles its plugins into the cache, or
/// takes them from there.
fn assemble(
    config: &RobotConfig,
    common: &Common,
    files: &Held,
    real_time: bool,
    locked: bool,
) -> anyhow::Result<()> {
    let runtime = common.runtime(config, real_time, locked)?;
    let (telemetry, _consumer) = gantry_telemetry::channel(1024);
    let options = Options {
        files,
        seed: config.simulation.seed,
        real_time,
        locked,
        telemetry,
    };
    Robot::assemble(config.clone(), runtime, options)?;
    Ok(())
}
