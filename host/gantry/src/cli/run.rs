//! `gantry run`: a robot in real time.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;

use super::scheduling::Scheduling;
use super::{Common, Events, Locked, force, load, parse_time};
use crate::config::RobotConfig;
use crate::console;
use crate::lock::Lock;
use crate::operator::{Desk, Listening};
use crate::robot::{RobotMode, find_opmode, no_drivers};
use crate::session::{Clock, Session, SessionOptions};
use crate::text::one_line;

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The robot
    #[arg(value_name = "ROBOT.toml")]
    robot: PathBuf,
    /// Enables this op mode at once, and keeps it enabled when standard input ends; otherwise the
    /// robot starts disabled
    #[arg(long, value_name = "NAME")]
    opmode: Option<String>,
    /// Disables the robot when no line comes for a time; `alive` is a line that says nothing else
    #[arg(long)]
    hold_to_run: bool,
    /// That time
    #[arg(long, value_name = "TIME", value_parser = parse_time, requires = "hold_to_run", default_value = "250ms")]
    heartbeat: Duration,
    /// Stops after this time, such as 15s; otherwise on `quit`, Ctrl-C, SIGTERM or SIGHUP
    #[arg(long = "for", value_name = "TIME", value_parser = parse_time)]
    duration: Option<Duration>,
    /// Where random numbers start [default: what the robot's file says, and nothing else if it is locked]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    events: Events,
    #[command(flatten)]
    locked: Locked,
}

const HELP: &str = "\
enable NAME   enable an op mode
disable       disable the robot (an empty line does, too)
estop         emergency stop: disable it until the program is started again
alive         say that you are there, for --hold-to-run
quit          stop the program
";

pub(super) fn run(args: &RunArgs, common: &Common) -> anyhow::Result<()> {
    let mut config = load(&args.robot)?;
    if args.hold_to_run {
        check_heartbeat(args.heartbeat, config.period)?;
    }
    let (files, lock) = args.locked.files(&mut config)?;
    args.locked.check_seed(args.seed, &config)?;
    let start = match &args.opmode {
        Some(name) => RobotMode::Enabled(find_opmode(&config, name)?),
        None => RobotMode::Disabled,
    };
    console::errors()
        .require_thread()
        .context("cannot start the thread that writes to standard error")?;
    let runtime = common.runtime(&config, true, lock.is_some())?;
    let session = Session::start(
        config,
        runtime,
        SessionOptions {
            files: &*files,
            seed: args.seed,
            locked: lock.is_some(),
            clock: Clock::Real,
            events: args.events.options(),
            reload: lock.is_none(),
            drivers: &no_drivers,
        },
    )?;
    if lock.is_some() {
        common.note_start(&args.robot, session.robot().runtime());
    }
    let config = session.robot().config();
    // A robot runs whether or not anybody reads what it prints.
    console::print(greeting(config, lock.as_ref(), args.opmode.is_none()));
    let listening = Listening {
        unattended: args.opmode.is_some(),
        hold_to_run: args.hold_to_run.then_some(args.heartbeat),
    };
    let desk = Desk::open(session.robot(), listening, true, force)
        .context("cannot listen to the operator")?;
    session.run(&[(Duration::ZERO, start)], args.duration, desk)
}

/// Refuses a heartbeat that no operator can keep up: orders are taken once a period, and a tick may be late.
fn check_heartbeat(heartbeat: Duration, period: Duration) -> anyhow::Result<()> {
    let least = 2 * period;
    if heartbeat < least {
        bail!(
            "--heartbeat has to be two periods of the robot or more, {least:?}: {heartbeat:?} would disable it \
             while its operator is there; give --heartbeat {}ms or more",
            least.as_micros().div_ceil(1000)
        );
    }
    Ok(())
}

fn greeting(config: &RobotConfig, lock: Option<&Lock>, disabled: bool) -> String {
    let name = one_line(&config.name);
    let mut text = format!("{name}: a tick every {:?}", config.period);
    if let Some(scheduling) = Scheduling::of_this_thread() {
        let _ = write!(text, ", with {scheduling}");
    }
    text.push('\n');
    if let Some(lock) = lock {
        let _ = writeln!(text, "It is locked, {}", lock.digest());
    }
    if disabled {
        text.push_str("It is disabled. To enable it, type one of\n");
        for opmode in &config.opmodes {
            let summary = one_line(&opmode.summary);
            let _ = writeln!(text, "  enable {}   {summary}", opmode.name);
        }
    }
    if std::io::stdin().is_terminal() {
        text.push_str(HELP);
    }
    text
}
