//! One event, owned, on its way out of the loop.

use std::sync::Arc;
use std::time::Duration;

use gantry_scheduler::{Failure, RunId, StartSource, Tick, Value};

/// Something that happened, to a run or to the host.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// The tick in which it happened.
    pub at: Tick,
    /// The run it happened to, if it is about one.
    pub run: Option<RunId>,
    /// The run that forked that one.
    pub parent: Option<RunId>,
    /// The run's command.
    pub command: Option<Arc<str>>,
    /// The plugin on whose account it is recorded. None: it is the robot's own.
    pub plugin: Option<Arc<str>>,
    /// Real time that the run's body has just used, without that of children it resumed. Only on
    /// records that end such a span, and only if the caller reads a clock.
    pub body: Option<Duration>,
    /// What happened.
    pub kind: RecordKind,
}

impl Record {
    /// What its texts and values hold. Names count as nothing: they are shared.
    pub(crate) fn bytes(&self) -> usize {
        match &self.kind {
            RecordKind::Completed(Some(value))
            | RecordKind::Output { value, .. }
            | RecordKind::Topic {
                value: Some(value), ..
            } => value.shared_bytes(),
            RecordKind::Failed(failure) => failure.message.len(),
            RecordKind::Log { text, .. } => text.len(),
            RecordKind::Refused(message)
            | RecordKind::StartRefused { message, .. }
            | RecordKind::Note(message)
            | RecordKind::DriverFault { message, .. }
            | RecordKind::ReloadRefused { message, .. }
            | RecordKind::LimitExceeded { message, .. }
            | RecordKind::Quarantined { message, .. } => message.len(),
            RecordKind::Reloaded {
                from, to, digest, ..
            } => from.len() + to.len() + digest.len(),
            RecordKind::Scheduled
            | RecordKind::Mounted
            | RecordKind::Yielded
            | RecordKind::Preempted(_)
            | RecordKind::Completed(None)
            | RecordKind::Canceled
            | RecordKind::Interrupted(_)
            | RecordKind::CleanupOverrun
            | RecordKind::Mode(_)
            | RecordKind::DriverRecovered { .. }
            | RecordKind::Released { .. }
            | RecordKind::Late { .. }
            | RecordKind::OutputsSafe { .. }
            | RecordKind::TickEnded(_)
            | RecordKind::Topic { value: None, .. }
            | RecordKind::Dropped { .. }
            | RecordKind::LeftOut { .. }
            | RecordKind::RecordingFull { .. } => 0,
        }
    }
}

/// What happened. The first ten mirror [`gantry_scheduler::EventKind`].
#[derive(Clone, PartialEq, Debug)]
pub enum RecordKind {
    /// A run was admitted.
    Scheduled,
    /// Its body is about to be resumed.
    Mounted,
    /// Its body is suspended.
    Yielded,
    /// Its body used up its time slice; the number counts the ticks in a row.
    Preempted(u32),
    /// Its body has returned.
    Completed(Option<Value>),
    /// Its body failed.
    Failed(Failure),
    /// It was canceled.
    Canceled,
    /// It lost a mechanism to the command of this name; `Canceled` follows.
    Interrupted(Arc<str>),
    /// Its cleanup took too long; `Canceled` follows.
    CleanupOverrun,
    /// Something it asked for was refused, for this reason.
    Refused(Box<str>),
    /// A binding, a default command or an op mode wanted to start a command, and was refused.
    StartRefused {
        /// What was to start.
        command: Arc<str>,
        /// Who wanted to start it.
        source: StartSource,
        /// What kind of thing is in the way, as [`Blocker::reason`](gantry_scheduler::Blocker::reason)
        /// says it.
        reason: &'static str,
        /// The command that is in the way, if it is one.
        by: Option<Arc<str>>,
        /// The same as a sentence.
        message: Box<str>,
        /// Zero when it is refused; at the end of a row of refusals, how often it was refused again.
        again: u64,
    },
    /// The robot's mode is another one from now on.
    Mode(Mode),
    /// A plugin wrote a line for people.
    Log {
        /// The plugin.
        plugin: Arc<str>,
        /// How important it is.
        level: LogLevel,
        /// What it says.
        text: Box<str>,
    },
    /// A driver could not reach its devices; its outputs are safe until it recovers.
    DriverFault {
        /// The driver's name.
        driver: Arc<str>,
        /// What it said.
        message: Box<str>,
    },
    /// A driver reaches its devices again.
    DriverRecovered {
        /// The driver's name.
        driver: Arc<str>,
    },
    /// A plugin was loaded anew in the place of the one before.
    Reloaded {
        /// What it is called in the robot.
        plugin: Arc<str>,
        /// The version that was loaded.
        from: Box<str>,
        /// The version that is loaded now.
        to: Box<str>,
        /// SHA-256 of what is loaded now, in hexadecimal.
        digest: Box<str>,
    },
    /// A plugin's file has changed, and what is in it now is not loaded.
    ReloadRefused {
        /// What the plugin is called in the robot.
        plugin: Arc<str>,
        /// Why not.
        message: Box<str>,
    },
    /// A plugin has gone over one of its limits.
    LimitExceeded {
        /// The plugin.
        plugin: Arc<str>,
        /// The limit, by its key in robot.toml.
        limit: Box<str>,
        /// How often since it was last said.
        times: u64,
        /// What was too much, and what came of it, the last time.
        message: Box<str>,
    },
    /// A plugin has failed too often: its commands are refused.
    Quarantined {
        /// The plugin.
        plugin: Arc<str>,
        /// How many times it has been by now.
        times: u32,
        /// For how long; none: until the program is started again.
        time: Option<Duration>,
        /// Why.
        message: Box<str>,
    },
    /// A plugin that was quarantined has another chance.
    Released {
        /// The plugin.
        plugin: Arc<str>,
    },
    /// The tick ended later than it should have.
    Late {
        /// By how much, in real time.
        by: Duration,
        /// The body that took longest in it, if bodies are timed.
        slowest: Option<Slowest>,
    },
    /// Outputs were made safe, whatever commands had written.
    OutputsSafe {
        /// Why.
        reason: SafeReason,
        /// How late the tick was or how long it took, in real time, if that is the reason.
        by: Option<Duration>,
    },
    /// An output has another value for its device than in the tick before.
    Output {
        /// Its channel.
        channel: Arc<str>,
        /// The value, after everything that makes outputs safe.
        value: Value,
    },
    /// A topic has a new value.
    Topic {
        /// Its name.
        name: Arc<str>,
        /// The value. None: it was withdrawn with the plugin that had published it.
        value: Option<Value>,
    },
    /// The host has something to say.
    Note(Box<str>),
    /// The tick is over; with what it took if this is a real-time run.
    TickEnded(Option<TickTiming>),
    /// Records were lost before this one, because nobody took them in time.
    Dropped {
        /// How many of them were `Mounted` or `Yielded`.
        bodies: u64,
        /// How many were anything else.
        others: u64,
    },
    /// Records of a plugin were left out of the recording before this one, because it had used up
    /// what it may record in a second.
    LeftOut {
        /// The plugin.
        plugin: Arc<str>,
        /// How many of its records.
        events: u64,
        /// Bytes of their texts and values, and of those of records that are there without.
        bytes: u64,
    },
    /// The recording has reached its limit and ends here; the robot goes on.
    RecordingFull {
        /// The limit, in bytes.
        limit: u64,
    },
}

impl RecordKind {
    /// The name under which the event stream shows it.
    pub fn name(&self) -> &'static str {
        match self {
            RecordKind::Scheduled => "scheduled",
            RecordKind::Mounted => "mounted",
            RecordKind::Yielded => "yielded",
            RecordKind::Preempted(_) => "preempted",
            RecordKind::Completed(_) => "completed",
            RecordKind::Failed(_) => "failed",
            RecordKind::Canceled => "canceled",
            RecordKind::Interrupted(_) => "interrupted",
            RecordKind::CleanupOverrun => "cleanup-overrun",
            RecordKind::Refused(_) => "refused",
            RecordKind::StartRefused { .. } => "start-refused",
            RecordKind::Mode(_) => "mode",
            RecordKind::Log { .. } => "log",
            RecordKind::DriverFault { .. } => "driver-fault",
            RecordKind::DriverRecovered { .. } => "driver-recovered",
            RecordKind::Reloaded { .. } => "reloaded",
            RecordKind::ReloadRefused { .. } => "reload-refused",
            RecordKind::LimitExceeded { .. } => "limit-exceeded",
            RecordKind::Quarantined { .. } => "quarantined",
            RecordKind::Released { .. } => "released",
            RecordKind::Late { .. } => "late",
            RecordKind::OutputsSafe { .. } => "outputs-safe",
            RecordKind::Output { .. } => "output",
            RecordKind::Topic { .. } => "topic",
            RecordKind::Note(_) => "note",
            RecordKind::TickEnded(_) => "tick-ended",
            RecordKind::Dropped { .. } | RecordKind::LeftOut { .. } => "dropped",
            RecordKind::RecordingFull { .. } => "recording-full",
        }
    }

    /// Whether it is worth writing down at once: what the robot may do, and what has gone wrong with
    /// it.
    pub fn is_urgent(&self) -> bool {
        matches!(
            self,
            RecordKind::Mode(_) | RecordKind::DriverFault { .. } | RecordKind::Quarantined { .. }
        )
    }

    /// Whether it is about the life of a run, which is of use also without its text or value.
    pub(crate) fn is_of_run(&self) -> bool {
        matches!(
            self,
            RecordKind::Scheduled
                | RecordKind::Mounted
                | RecordKind::Yielded
                | RecordKind::Preempted(_)
                | RecordKind::Completed(_)
                | RecordKind::Failed(_)
                | RecordKind::Canceled
                | RecordKind::Interrupted(_)
                | RecordKind::CleanupOverrun
                | RecordKind::Refused(_)
        )
    }

    /// Whether it only says that a body was resumed or suspended: the bulk of all records, and the
    /// first to go when there is no room.
    pub fn is_body(&self) -> bool {
        matches!(self, RecordKind::Mounted | RecordKind::Yielded)
    }
}

/// What the robot may do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Nothing moves.
    Disabled,
    /// This op mode drives by itself.
    Autonomous(Arc<str>),
    /// People drive, with this op mode.
    Teleoperated(Arc<str>),
    /// This op mode tries things out.
    Test(Arc<str>),
    /// Nothing moves until the program is started again.
    EmergencyStopped,
}

impl Mode {
    /// Its name: `disabled`, `autonomous`, `teleoperated`, `test` or `emergency-stopped`.
    pub fn name(&self) -> &'static str {
        match self {
            Mode::Disabled => "disabled",
            Mode::Autonomous(_) => "autonomous",
            Mode::Teleoperated(_) => "teleoperated",
            Mode::Test(_) => "test",
            Mode::EmergencyStopped => "emergency-stopped",
        }
    }

    /// The op mode that is active in it.
    pub fn opmode(&self) -> Option<&Arc<str>> {
        match self {
            Mode::Autonomous(name) | Mode::Teleoperated(name) | Mode::Test(name) => Some(name),
            Mode::Disabled | Mode::EmergencyStopped => None,
        }
    }
}

/// How important a log line is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LogLevel {
    /// Of use while something is being written.
    Trace,
    /// Of use while something is being searched.
    Debug,
    /// What usually happens.
    Info,
    /// What should not happen.
    Warn,
    /// What must not happen.
    Error,
}

impl LogLevel {
    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            LogLevel::Trace => "trace",
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
        }
    }
}

/// Why outputs were made safe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SafeReason {
    /// The tick started more than a period after it was due; they are safe in this tick.
    Late,
    /// The tick took longer than a period; they are safe in this tick.
    Overrun,
    /// The loop stood still for so long that the robot is disabled.
    Stalled,
    /// The machine was suspended, and the robot is disabled.
    Suspended,
    /// The loop had not ticked for some periods, and was not waited for.
    Watchdog,
    /// The operator has stopped the robot for good.
    EmergencyStop,
    /// The program ends.
    Ending,
}

impl SafeReason {
    /// All reasons.
    pub const ALL: [Self; 7] = [
        Self::Late,
        Self::Overrun,
        Self::Stalled,
        Self::Suspended,
        Self::Watchdog,
        Self::EmergencyStop,
        Self::Ending,
    ];

    /// The name under which the event stream shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Overrun => "overrun",
            Self::Stalled => "stalled",
            Self::Suspended => "suspended",
            Self::Watchdog => "watchdog",
            Self::EmergencyStop => "emergency-stop",
            Self::Ending => "ending",
        }
    }
}

/// What one tick of a real-time run took. All of it is real time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TickTiming {
    /// From the start of the tick before to the start of this one; `None` in the first.
    pub period: Option<Duration>,
    /// From the start of the tick to its end, waiting for the next not included.
    pub work: Duration,
    /// By how much it missed its deadline, if it did.
    pub late: Option<Duration>,
}

/// The body that took longest in a tick.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slowest {
    /// Its command.
    pub command: Arc<str>,
    /// The real time it took in one go, without that of children it resumed.
    pub took: Duration,
}

/// What is known of a run of the whole robot before it starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run<'a> {
    /// The robot's name.
    pub robot: &'a str,
    /// What random numbers start from; `None` if they start from chance.
    pub seed: Option<u64>,
    /// The loop period.
    pub period: Duration,
}
