//! What any thread can do to end what the robot is doing.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use gantry_hardware::SafetySwitch;
use gantry_telemetry::SafeReason;

/// The stop of one robot. Clones are the same stop.
///
/// Every method works from any thread, never blocks and never fails. Outputs are safe when
/// [`emergency_stop`](Stop::emergency_stop), [`make_safe`](Stop::make_safe) and
/// [`end`](Stop::end) return; the loop takes note at its next tick.
#[derive(Clone, Debug)]
pub struct Stop(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    switch: SafetySwitch,
    /// Reasons that the loop has not taken note of, a bit each.
    reasons: AtomicU8,
    emergency: AtomicBool,
    disable: AtomicBool,
    start: Instant,
    /// When the end was first asked for, and when the loop took note, in nanoseconds after `start`.
    asked: AtomicU64,
    taken: AtomicU64,
    over: AtomicBool,
    /// The first thread that has panicked.
    panicked: OnceLock<&'static str>,
}

/// A time that has not come.
const NEVER: u64 = u64::MAX;

impl Stop {
    /// The stop of the robot with this switch.
    pub fn new(switch: SafetySwitch) -> Self {
        Self(Arc::new(Shared {
            switch,
            reasons: AtomicU8::new(0),
            emergency: AtomicBool::new(false),
            disable: AtomicBool::new(false),
            start: Instant::now(),
            asked: AtomicU64::new(NEVER),
            taken: AtomicU64::new(NEVER),
            over: AtomicBool::new(false),
            panicked: OnceLock::new(),
        }))
    }

    /// Stops the robot until the program is started again.
    pub fn emergency_stop(&self) {
        // The loop must not rearm the switch before it knows why it was thrown.
        self.0.emergency.store(true, SeqCst);
        self.make_safe(SafeReason::EmergencyStop);
    }

    /// Whether an emergency stop was asked for.
    pub fn is_emergency(&self) -> bool {
        self.0.emergency.load(SeqCst)
    }

    /// Makes outputs safe until the loop has taken note of the reason in a tick.
    pub fn make_safe(&self, reason: SafeReason) {
        self.0.reasons.fetch_or(bit(reason), SeqCst);
        self.0.switch.throw();
    }

    /// Disables the robot at its next tick, before any order that waits.
    pub fn disable(&self) {
        self.0.disable.store(true, SeqCst);
    }

    /// Ends the program in an orderly way, with outputs safe from now on. Returns the time since the
    /// end was first asked for; zero the first time.
    pub fn end(&self) -> Duration {
        let now = self.now();
        let first = self.0.asked.compare_exchange(NEVER, now, SeqCst, SeqCst);
        self.make_safe(SafeReason::Ending);
        Duration::from_nanos(now.saturating_sub(first.err().unwrap_or(now)))
    }

    /// Ends the program in an orderly way because this thread has panicked.
    pub(crate) fn end_for_panic(&self, thread: &'static str) {
        // Whoever sees that the program ends has to see why.
        let _ = self.0.panicked.set(thread);
        self.end();
        tracing::error!(
            "the {thread} thread has panicked, which is a bug of gantry: outputs are safe, and the \
             program ends"
        );
    }

    /// The first thread for whose panic the program ends.
    pub(crate) fn panicked(&self) -> Option<&'static str> {
        self.0.panicked.get().copied()
    }

    /// Whether the end was asked for. The loop's thread calls it, and ends.
    pub(crate) fn take_end(&self) -> bool {
        let asked = self.0.asked.load(SeqCst) != NEVER;
        if asked {
            self.ending();
        }
        asked
    }

    /// The loop has come to its end, whoever asked for it.
    pub(crate) fn ending(&self) {
        let _ = (self.0.taken).compare_exchange(NEVER, self.now(), SeqCst, SeqCst);
    }

    /// Nothing is left to watch over.
    pub(crate) fn over(&self) {
        self.0.over.store(true, SeqCst);
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.over.load(SeqCst)
    }

    /// How long the end has been asked for without the loop having taken note.
    pub(super) fn waiting(&self) -> Option<Duration> {
        let asked = self.0.asked.load(SeqCst);
        let waits = asked != NEVER && self.0.taken.load(SeqCst) == NEVER;
        waits.then(|| Duration::from_nanos(self.now().saturating_sub(asked)))
    }

    /// How long the orderly end has been going on.
    pub(super) fn ending_for(&self) -> Option<Duration> {
        let taken = self.0.taken.load(SeqCst);
        (taken != NEVER).then(|| Duration::from_nanos(self.now().saturating_sub(taken)))
    }

    /// Whether to disable the robot before anything else.
    pub(super) fn take_disable(&self) -> bool {
        self.0.disable.swap(false, SeqCst)
    }

    /// Why outputs were made safe since the loop last asked.
    pub(crate) fn take_reasons(&self) -> impl Iterator<Item = SafeReason> + use<> {
        let reasons = match self.0.reasons.load(SeqCst) {
            0 => 0,
            _ => self.0.reasons.swap(0, SeqCst),
        };
        (SafeReason::ALL.iter().copied()).filter(move |reason| reasons & bit(*reason) != 0)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.start.elapsed().as_nanos()).unwrap_or(NEVER - 1)
    }
}

fn bit(reason: SafeReason) -> u8 {
    1 << (reason as u8)
}
