//! Who supplies commands.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Who supplies commands, a loaded plugin for instance: they can be withdrawn together. Clones are
/// the same supplier.
///
/// ```
/// use std::sync::Arc;
/// use gantry_scheduler::{Admission, Command, Mechanisms, Supplier, Scheduler};
///
/// let supplier = Supplier::default();
/// let raise = Command::builder("raise").supplier(&supplier).build_async(|co| async move {
///     match co.park().await? {}
/// });
/// supplier.withdraw("a newer version was loaded");
/// let mut scheduler = Scheduler::new(Arc::new(Mechanisms::default()), Box::new(()));
/// let Admission::Refused(refusal) = scheduler.schedule(&raise) else { panic!() };
/// assert_eq!(refusal.to_string(), "`raise` may not start: a newer version was loaded");
/// ```
#[derive(Clone, Default)]
pub struct Supplier(Arc<State>);

/// What the runs of one supplier's commands may take of a scheduler. None: as the scheduler's
/// [`Limits`](crate::Limits) say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SupplierLimits {
    /// How deeply its runs may be nested, below whomever; a fork below that is refused.
    pub depth: Option<usize>,
    /// How many bindings, counted with the parts of their signals, and default commands may be
    /// scoped to its runs at the same time.
    pub scoped_bindings: Option<usize>,
    /// How many requests all its runs together are served per tick; then each is served one more
    /// and is put off until the next tick.
    pub requests: Option<u32>,
}

#[derive(Default)]
struct State {
    limits: SupplierLimits,
    /// Bindings and default commands that are scoped to its runs.
    scoped: AtomicUsize,
    /// The last tick in which its runs were served requests, and how many.
    tick: AtomicU64,
    requests: AtomicU32,
    /// So that what is not withdrawn takes no lock.
    withdrawn: AtomicBool,
    reason: Mutex<Option<Arc<str>>>,
    preempted: AtomicU64,
    cleanups: AtomicU64,
}

/// How often runs had to be ended that did not end by themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Overruns {
    /// Runs that were canceled because they were pre-empted in too many ticks in a row.
    pub preempted: u64,
    /// Canceled runs that were dropped because they did not end within their cleanup budget.
    pub cleanups: u64,
}

impl Supplier {
    /// One with limits of its own.
    pub fn with_limits(limits: SupplierLimits) -> Self {
        Self(Arc::new(State {
            limits,
            ..State::default()
        }))
    }

    /// Its limits.
    pub fn limits(&self) -> SupplierLimits {
        self.0.limits
    }

    /// Counts requests of one of its runs.
    pub(crate) fn charge(&self, tick: u64, requests: u32) {
        let before = match self.0.tick.swap(tick, Ordering::Relaxed) == tick {
            true => self.0.requests.load(Ordering::Relaxed),
            false => 0,
        };
        let total = before.saturating_add(requests);
        self.0.requests.store(total, Ordering::Relaxed);
    }

    /// Whether its runs have been served what they may be in the tick they were last served in.
    pub(crate) fn is_spent(&self) -> bool {
        let most = self.0.limits.requests;
        most.is_some_and(|most| self.0.requests.load(Ordering::Relaxed) > most)
    }

    /// Counts what is scoped to one of its runs. False, and not counted, if that is too much.
    pub(crate) fn count_scoped(&self, parts: usize) -> bool {
        let total = self.0.scoped.load(Ordering::Relaxed) + parts;
        let most = self.0.limits.scoped_bindings;
        let fits = most.is_none_or(|most| total <= most);
        if fits {
            self.0.scoped.store(total, Ordering::Relaxed);
        }
        fits
    }

    /// What was counted is over.
    pub(crate) fn forget_scoped(&self, parts: usize) {
        self.0.scoped.fetch_sub(parts, Ordering::Relaxed);
    }

    /// From now on none of its commands may start. What runs goes on; see
    /// [`Scheduler::cancel_from`](crate::Scheduler::cancel_from).
    pub fn withdraw(&self, reason: impl Into<Arc<str>>) {
        self.set(Some(reason.into()));
    }

    /// From now on its commands may start again.
    pub fn restore(&self) {
        self.set(None);
    }

    /// Why its commands may not start, if they may not.
    pub fn withdrawn(&self) -> Option<Arc<str>> {
        if !self.0.withdrawn.load(Ordering::Relaxed) {
            return None;
        }
        let reason = self.0.reason.lock().unwrap_or_else(PoisonError::into_inner);
        reason.clone()
    }

    /// How often runs of its commands had to be ended.
    pub fn overruns(&self) -> Overruns {
        Overruns {
            preempted: self.0.preempted.load(Ordering::Relaxed),
            cleanups: self.0.cleanups.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn count_preempted(&self) {
        self.0.preempted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_cleanup(&self) {
        self.0.cleanups.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether both are the same.
    pub fn same(&self, other: &Supplier) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn set(&self, reason: Option<Arc<str>>) {
        let mut held = self.0.reason.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.withdrawn.store(reason.is_some(), Ordering::Relaxed);
        *held = reason;
    }
}

impl fmt::Debug for Supplier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supplier")
            .field("withdrawn", &self.withdrawn())
            .finish()
    }
}
