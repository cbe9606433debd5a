//! `gantry check`: everything that can be known without running.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::{Common, Locked, load};
use crate::robot::{Options, Robot};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The robot
    #[arg(value_name = "ROBOT.toml")]
    robot: PathBuf,
    #[command(flatten)]
    locked: Locked,
}

pub(super) fn check(args: &CheckArgs, common: &Common) -> anyhow::Result<()> {
    let mut config = load(&args.robot)?;
    let (files, lock) = args.locked.files(&mut config)?;
    let runtime = common.runtime(&config, false, lock.is_some())?;
    let (telemetry, _consumer) = gantry_telemetry::channel(1024);
    let seed = config.simulation.seed;
    let options = Options {
        files: &*files,
        seed,
        real_time: false,
        locked: lock.is_some(),
        telemetry,
    };
    let robot = Robot::assemble(config, runtime, options)?;
    let mut out = std::io::stdout().lock();
    let config = robot.config();
    writeln!(out, "{}: ok", config.name)?;
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
        writeln!(out, "  op mode {}{colon}{}", opmode.name, opmode.summary)?;
    }
    Ok(())
}
