//! `gantry sim`: a robot in virtual time.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{Common, Events, Locked, load, parse_time};
use crate::session::{Clock, Phase, Session, SessionOptions};

#[derive(Debug, Args)]
pub(super) struct SimArgs {
    /// The robot
    #[arg(value_name = "ROBOT.toml")]
    robot: PathBuf,
    /// The op mode that is enabled [default: the timeline in the robot's file]
    #[arg(long, value_name = "NAME", requires = "duration")]
    opmode: Option<String>,
    /// How long, such as 15s
    #[arg(long = "for", id = "duration", value_name = "TIME", value_parser = parse_time, requires = "opmode")]
    duration: Option<Duration>,
    /// Where random numbers start [default: what the robot's file says, and nothing else if it is locked]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    events: Events,
    #[command(flatten)]
    locked: Locked,
}

pub(super) fn sim(args: &SimArgs, common: &Common) -> anyhow::Result<()> {
    let mut config = load(&args.robot)?;
    let phases = match (&args.opmode, args.duration) {
        (Some(opmode), Some(duration)) => vec![Phase::of_opmode(&config, opmode, duration)?],
        _ => Phase::of_timeline(&config)?,
    };
    let (files, lock) = args.locked.files(&mut config)?;
    args.locked.check_seed(args.seed, &config)?;
    let runtime = common.runtime(&config, false, lock.is_some())?;
    let session = Session::start(
        config,
        runtime,
        SessionOptions {
            files: &*files,
            seed: args.seed,
            locked: lock.is_some(),
            clock: Clock::Virtual,
            events: args.events.options(),
            reload: false,
        },
    )?;
    if lock.is_some() {
        common.note_start(&args.robot, session.robot().runtime());
    }
    session.play(&phases)
}
