//! What the scheduler tells the world: events and changes of ownership.

use std::fmt;

use crate::{Blocker, Command, Failure, MechanismId, Supplier, Tick, Value};

/// One execution of a command. Ids only ever grow, and start at 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RunId(pub u64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Something that happened to a run.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// When. Between two ticks: the tick that is about to run, at the time of the one before.
    pub tick: Tick,
    /// To which run.
    pub run: RunId,
    /// The run that forked it.
    pub parent: Option<RunId>,
    /// What it runs.
    pub command: &'a Command,
    /// The supplier on whose account the run is: that of the topmost of its ancestors, itself
    /// included, whose command has one.
    pub payer: Option<&'a Supplier>,
    /// What happened.
    pub kind: EventKind<'a>,
}

/// What happened to a run.
///
/// Every run is `Scheduled` once and ends with one of `Completed`, `Failed` and `Canceled`;
/// a queued run that is canceled before it starts leaves without an event.
#[derive(Clone, Copy, Debug)]
pub enum EventKind<'a> {
    /// It was admitted: queued, or started as a child.
    Scheduled,
    /// Its body is about to be resumed.
    Mounted,
    /// Its body is suspended until its wait is over.
    Yielded,
    /// Its body used up its time slice or its requests and goes on with the next tick. The number
    /// counts the ticks in a row, this one included; it is 0 if the requests were used up by all
    /// runs together, or by all of the same supplier.
    Preempted(u32),
    /// Its body has returned.
    Completed(Option<&'a Value>),
    /// Its body failed.
    Failed(&'a Failure),
    /// It was canceled and has cleaned up.
    Canceled,
    /// It loses a mechanism to the command of this name, or could not fork because of it, or
    /// because of a limit that is named instead. `Canceled` follows.
    Interrupted(&'a str),
    /// Its body did not end within its cleanup budget and is dropped. `Canceled` follows.
    CleanupOverrun,
    /// Something it asked for was refused, for the reason that it is told too; only the first time
    /// in a tick. It goes on.
    Refused(&'a str),
}

impl EventKind<'_> {
    /// The event's name as telemetry shows it.
    pub fn name(&self) -> &'static str {
        match self {
            EventKind::Scheduled => "scheduled",
            EventKind::Mounted => "mounted",
            EventKind::Yielded => "yielded",
            EventKind::Preempted(_) => "preempted",
            EventKind::Completed(_) => "completed",
            EventKind::Failed(_) => "failed",
            EventKind::Canceled => "canceled",
            EventKind::Interrupted(_) => "interrupted",
            EventKind::CleanupOverrun => "cleanup-overrun",
            EventKind::Refused(_) => "refused",
        }
    }
}

/// A start that nobody waits for, and that was refused: of a binding, of a default command, or of what
/// was [scheduled](crate::Scheduler::schedule) from outside. Whoever forks is told by the answer.
#[derive(Clone, Copy, Debug)]
pub struct RefusedStart<'a> {
    /// When. Between two ticks: the tick that is about to run, at the time of the one before.
    pub tick: Tick,
    /// What was to start.
    pub command: &'a Command,
    /// Who wanted to start it.
    pub source: StartSource,
    /// What stands in the way.
    pub blocker: &'a Blocker,
    /// Zero when it is refused. A start that is refused in every tick for the same reason is told once,
    /// and once more when that is over: then this is how often it was refused again.
    pub again: u64,
}

/// Who wants to start a command.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StartSource {
    /// It was scheduled from outside: by an op mode.
    Schedule,
    /// It is bound to a signal.
    Binding,
    /// It is the default command of a mechanism.
    Default,
}

impl StartSource {
    /// Its name as telemetry shows it: `schedule`, `binding` or `default`.
    pub fn name(self) -> &'static str {
        match self {
            StartSource::Schedule => "schedule",
            StartSource::Binding => "binding",
            StartSource::Default => "default",
        }
    }
}

/// Whoever watches the scheduler.
///
/// It is called in the middle of a tick, so it MUST be quick, MUST NOT block and SHOULD NOT
/// allocate; it has no way back into the scheduler.
pub trait Observer {
    /// Something happened to a run.
    fn event(&mut self, event: &Event<'_>);

    /// A start was refused, or the end of a row of refusals.
    fn start_refused(&mut self, refused: &RefusedStart<'_>) {
        let _ = refused;
    }

    /// A [declared](crate::Scheduler::declare_default) default command of a mechanism has ended at once
    /// several times in a row, and is started less often from now on.
    fn default_ends_at_once(&mut self, tick: Tick, mechanism: MechanismId, command: &Command) {
        let _ = (tick, mechanism, command);
    }

    /// From now on this run, and no other, may write the mechanism's outputs; `None`: nobody may.
    ///
    /// `released` says that the run that owned the mechanism before has ended, so that what it
    /// wrote is no longer wanted; otherwise it has only lent the mechanism to a child.
    fn owner_changed(&mut self, mechanism: MechanismId, owner: Option<RunId>, released: bool) {
        let _ = (mechanism, owner, released);
    }
}

/// Watches nothing.
impl Observer for () {
    fn event(&mut self, _: &Event<'_>) {}
}
