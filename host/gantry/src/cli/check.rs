//! `gantry check`: everything that can be known without running.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Common, Locked, held, load};
use crate::robot::{Options, PluginFiles, Robot, no_drivers};
use crate::text::one_line;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The robot
    #[arg(value_name = "ROBOT.toml")]
    robot: PathBuf,
    #[command(flatten)]
    locked: Locked,
    /// The lock, if it is not in its place yet
    #[arg(long, value_name = "FILE", requires = "locked", hide = true)]
    lock: Option<PathBuf>,
}

pub(super) fn check(args: &CheckArgs, common: &Common) -> anyhow::Result<()> {
    let mut config = load(&args.robot)?;
    let (files, lock): (Box<dyn PluginFiles>, _) = match &args.lock {
        None => args.locked.files(&mut config)?,
        Some(lock) => {
            let (files, lock) = held(&mut config, lock)?;
            (Box::new(files), Some(lock))
        }
    };
    let assemble = |real_time| -> anyhow::Result<Robot> {
        let runtime = common.runtime(&config, real_time, lock.is_some())?;
        let (telemetry, _consumer) = gantry_telemetry::channel(1024);
        let options = Options {
            files: &*files,
            seed: config.simulation.seed,
            real_time,
            locked: lock.is_some(),
            telemetry,
            drivers: &no_drivers,
        };
        Ok(Robot::assemble(config.clone(), runtime, options)?)
    };
    if lock.is_some() {
        // `run` and `sim` have code of their own, and both have to start.
        let robot = assemble(true)?;
        note_start(args, common, &robot);
    }
    let robot = assemble(false)?;
    if lock.is_some() {
        note_start(args, common, &robot);
    }
    let mut out = std::io::stdout().lock();
    let config = robot.config();
    writeln!(out, "{}: ok", one_line(&config.name))?;
    if let Some(lock) = lock {
        writeln!(out, "  locked, {}", lock.digest())?;
    }
    writeln!(
        out,
        "  {} mechanisms, {} channels, {} devices, every {:?}",
        config.mechanisms.len(),
        config.channels.len(),
        config.devices.len(),
        config.period,
    )?;
    for plugin in robot.plugins().registry.plugins().values() {
        let description = plugin.description();
        writeln!(
            out,
            "  plugin {}: {} {}, {}, {} commands",
            plugin.name(),
            description.name,
            description.version,
            plugin.contract_version(),
            description.commands.len(),
        )?;
    }
    for opmode in &config.opmodes {
        let colon = if opmode.summary.is_empty() { "" } else { ": " };
        writeln!(
            out,
            "  op mode {}{colon}{}",
            opmode.name,
            one_line(&opmode.summary)
        )?;
    }
    Ok(())
}

/// Notes that the robot comes up, unless its lock does not count yet.
fn note_start(args: &CheckArgs, common: &Common, robot: &Robot) {
    if args.lock.is_none() {
        common.note_start(&args.robot, robot.runtime());
    }
}
