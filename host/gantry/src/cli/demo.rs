//! `gantry demo`: a match with the robot that is built in.

use std::io;
use std::path::Path;

use anyhow::Context;
use clap::Args;

use super::{Common, Events, force};
use crate::config::RobotConfig;
use crate::console;
use crate::operator::{Desk, Listening};
use crate::robot::{PluginFiles, no_drivers};
use crate::session::{Clock, Phase, Session, SessionOptions};

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Plays in virtual time, as fast as it goes
    #[arg(long)]
    fast: bool,
    /// Where random numbers start [default: what the robot's file says]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    events: Events,
}

pub(super) fn demo(args: &DemoArgs, common: &Common) -> anyhow::Result<()> {
    let config = RobotConfig::parse("robot.toml", gantry_plugins::DEMO_ROBOT)?;
    if !args.fast {
        console::errors()
            .require_thread()
            .context("cannot start the thread that writes to standard error")?;
    }
    let runtime = common.runtime(&config, !args.fast, false)?;
    let phases = Phase::of_timeline(&config)?;
    let session = Session::start(
        config,
        runtime,
        SessionOptions {
            files: &Embedded,
            seed: args.seed,
            locked: false,
            clock: if args.fast {
                Clock::Virtual
            } else {
                Clock::Real
            },
            events: args.events.options(),
            reload: false,
            drivers: &no_drivers,
        },
    )?;
    if args.fast {
        return session.play(&phases);
    }
    let listening = Listening {
        unattended: true,
        ..Listening::default()
    };
    let desk = Desk::open(session.robot(), listening, false, force)
        .context("cannot listen to the operator")?;
    let (modes, end) = Phase::times(&phases);
    session.run(&modes, Some(end), desk)
}

/// The plugins that are built into the binary, by the names of their files.
struct Embedded;

impl PluginFiles for Embedded {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let found = gantry_plugins::ALL
            .iter()
            .find(|(plugin, _)| *plugin == name);
        found.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                "no plugin of this name is built in",
            )
        })
    }
}
