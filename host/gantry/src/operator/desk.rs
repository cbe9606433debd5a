//! The desk: where the loop takes what the operator has asked for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{Duration, Instant};

use super::heartbeat::Heartbeat;
use super::reader::Reader;
use super::watchdog::{Force, Limits, Watchdog};
use super::{Order, Stop, signals};
use crate::robot::{Robot, RobotMode};

/// Orders that wait for the next tick; more are left out.
const ORDERS: usize = 16;

/// How a robot listens to its operator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listening {
    /// Whether the robot stays enabled when the operator's input ends.
    pub unattended: bool,
    /// The longest time without a line for which the robot stays enabled; none: any.
    pub hold_to_run: Option<Duration>,
}

/// The loop's side of the operator.
#[derive(Debug)]
pub struct Desk {
    stop: Stop,
    watchdog: Watchdog,
    orders: Receiver<Order>,
    notes: Receiver<String>,
    signs: Arc<Signs>,
    listening: Listening,
}

/// Signs of life.
#[derive(Debug)]
pub(super) struct Signs {
    start: Instant,
    heartbeat: Heartbeat,
    /// Whether no more can come.
    pub(super) ended: AtomicBool,
}

impl Signs {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            heartbeat: Heartbeat::default(),
            ended: AtomicBool::new(false),
        }
    }

    /// The operator has sent a line.
    pub(super) fn alive(&self) {
        self.heartbeat.beat(self.start.elapsed());
    }

    /// Whether the operator has been silent for longer than this.
    fn are_missing(&self, limit: Duration) -> bool {
        self.heartbeat.is_missing(self.start.elapsed(), limit)
    }
}

impl Desk {
    /// A desk that signals and, if `reads` it, standard input are brought to, and a watchdog.
    ///
    /// # Errors
    ///
    /// If signals cannot be taken, or a thread cannot be made.
    pub fn open(
        robot: &Robot,
        listening: Listening,
        reads: bool,
        force: impl Fn(&str) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let force: Force = Arc::new(force);
        let limits = Limits::of(robot.config().period);
        let (desk, orders, notes) = Self::new(robot, listening, force.clone())?;
        // A second signal in the same breath does not skip the cleanup of the first.
        signals::spawn(desk.stop.clone(), limits.silence, force)?;
        if reads {
            let opmodes = robot.config().opmodes.iter();
            let reader = Reader {
                stop: desk.stop.clone(),
                orders,
                notes,
                signs: desk.signs.clone(),
                opmodes: opmodes.map(|opmode| opmode.name.clone()).collect(),
            };
            reader.spawn()?;
        }
        Ok(desk)
    }

    /// A desk with a watchdog, at which orders are sent by hand, and nothing comes from signals or
    /// standard input.
    ///
    /// # Errors
    ///
    /// If a thread cannot be made.
    pub fn by_hand(
        robot: &Robot,
        force: impl Fn(&str) + Send + Sync + 'static,
    ) -> io::Result<(Self, SyncSender<Order>)> {
        let listening = Listening::default();
        let (desk, orders, _) = Self::new(robot, listening, Arc::new(force))?;
        Ok((desk, orders))
    }

    fn new(
        robot: &Robot,
        listening: Listening,
        force: Force,
    ) -> io::Result<(Self, SyncSender<Order>, SyncSender<String>)> {
        let (orders_in, orders) = mpsc::sync_channel(ORDERS);
        let (notes_in, notes) = mpsc::sync_channel(ORDERS);
        let stop = robot.stop().clone();
        let limits = Limits::of(robot.config().period);
        let desk = Self {
            watchdog: Watchdog::watch(stop.clone(), limits, force)?,
            stop,
            orders,
            notes,
            signs: Arc::new(Signs::new()),
            listening,
        };
        Ok((desk, orders_in, notes_in))
    }

    /// The loop is about to tick: does what was ordered since the last time, 16 orders at most.
    /// Returns whether the robot goes on.
    pub(crate) fn attend(&self, robot: &mut Robot) -> bool {
        self.watchdog.beat();
        for note in self.notes.try_iter().take(ORDERS) {
            robot.note(&note);
        }
        if self.stop.take_disable() {
            // Whatever waits came before it.
            for _ in self.orders.try_iter().take(ORDERS) {}
            robot.set_mode(RobotMode::Disabled);
        }
        let mut waiting = false;
        for order in self.orders.try_iter().take(ORDERS) {
            waiting = true;
            match order {
                Order::Enable(index) => robot.set_mode(RobotMode::Enabled(index)),
                Order::Disable => robot.set_mode(RobotMode::Disabled),
                Order::EmergencyStop => self.stop.emergency_stop(),
                Order::Quit => {
                    self.stop.end();
                }
            }
        }
        if self.stop.take_end() {
            return false;
        }
        let enabled = matches!(robot.mode(), RobotMode::Enabled(_));
        if enabled && !waiting && self.operator_is_gone() {
            robot.note("the operator's input has ended: the robot is disabled");
            tracing::warn!("the operator's input has ended: the robot is disabled");
            robot.set_mode(RobotMode::Disabled);
        } else if enabled && let Some(limit) = self.held_for_too_long() {
            let text = format!("no line from the operator for {limit:?}: the robot is disabled");
            robot.note(&text);
            tracing::warn!("{text}");
            robot.set_mode(RobotMode::Disabled);
        }
        true
    }

    fn operator_is_gone(&self) -> bool {
        !self.listening.unattended && self.signs.ended.load(SeqCst)
    }

    fn held_for_too_long(&self) -> Option<Duration> {
        let limit = self.listening.hold_to_run?;
        self.signs.are_missing(limit).then_some(limit)
    }

    /// The loop has come to its end: what is left has a time.
    pub(crate) fn ending(&self) {
        self.stop.ending();
    }
}
