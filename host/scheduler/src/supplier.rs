//! Who supplies commands.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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

#[derive(Default)]
struct State {
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
