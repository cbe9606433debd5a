//! `gantry run`: a robot in real time.

use std::io::{BufRead, IsTerminal, Write as _};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use super::{Common, Events, Locked, load, parse_time};
use crate::config::RobotConfig;
use crate::lock::Lock;
use crate::robot::{RobotMode, find_opmode};
use crate::session::{Clock, Order, Session, SessionOptions};
use crate::text::one_line;

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The robot
    #[arg(value_name = "ROBOT.toml")]
    robot: PathBuf,
    /// Enables this op mode at once; otherwise the robot starts disabled
    #[arg(long, value_name = "NAME")]
    opmode: Option<String>,
    /// Stops after this time, such as 15s; otherwise on `quit`, Ctrl-C or SIGTERM
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
quit          stop the program";

pub(super) fn run(args: &RunArgs, common: &Common) -> anyhow::Result<()> {
    let mut config = load(&args.robot)?;
    let (files, lock) = args.locked.files(&mut config)?;
    args.locked.check_seed(args.seed, &config)?;
    let start = match &args.opmode {
        Some(name) => RobotMode::Enabled(find_opmode(&config, name)?),
        None => RobotMode::Disabled,
    };
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
        },
    )?;
    if lock.is_some() {
        common.note_start(&args.robot, session.robot().runtime());
    }
    let config = session.robot().config();
    // A robot runs whether or not anybody reads what it prints.
    let _ = greet(config, lock.as_ref(), args.opmode.is_none());
    let orders = read_orders()?;
    session.run(start, args.duration, &orders)
}

fn greet(config: &RobotConfig, lock: Option<&Lock>, disabled: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let name = one_line(&config.name);
    writeln!(out, "{name}: a tick every {:?}", config.period)?;
    if let Some(lock) = lock {
        writeln!(out, "It is locked, {}", lock.digest())?;
    }
    if disabled {
        writeln!(out, "It is disabled. To enable it, type one of")?;
        for opmode in &config.opmodes {
            let summary = one_line(&opmode.summary);
            writeln!(out, "  enable {}   {summary}", opmode.name)?;
        }
    }
    Ok(())
}

/// Orders from standard input, and from signals.
fn read_orders() -> anyhow::Result<mpsc::Receiver<Order>> {
    let (sender, receiver) = mpsc::channel();
    let by_signal = sender.clone();
    let mut signals =
        signal_hook::iterator::Signals::new(signal_hook::consts::TERM_SIGNALS.iter().copied())
            .context("cannot handle signals")?;
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if by_signal.send(Order::Quit).is_err() {
                return;
            }
        }
    });
    let terminal = std::io::stdin().is_terminal();
    std::thread::spawn(move || {
        if terminal {
            println!("{HELP}");
        }
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            match parse_order(line.trim()) {
                Some(order) => {
                    if sender.send(order).is_err() {
                        return;
                    }
                }
                None => eprintln!("`{}` is not an order; there are\n{HELP}", line.trim()),
            }
        }
    });
    Ok(receiver)
}

fn parse_order(line: &str) -> Option<Order> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match (word, rest.trim()) {
        ("enable", name) if !name.is_empty() => Some(Order::Enable(name.to_owned())),
        ("" | "disable", "") => Some(Order::Disable),
        ("estop", "") => Some(Order::EmergencyStop),
        ("quit" | "exit", "") => Some(Order::Quit),
        _ => None,
    }
}
