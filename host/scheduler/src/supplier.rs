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

/// What the runs of one supplier's commands may take of a scheduler, with all that they start,
/// whosever commands that are. None: as the scheduler's [`Limits`](crate::Limits) say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SupplierLimits {
    /// How deeply runs of its own commands may be nested, below whomever; a fork below that is
    /// refused.
    pub depth: Option<usize>,
    /// How many of its runs there may be at the same time, queued ones and those of groups
    /// included; another is refused.
    pub runs: Option<usize>,
    /// How many conditions the bindings that are scoped to its runs and the waits of its runs may
    /// look at, default commands included; a signal counts with its parts.
    pub conditions: Option<usize>,
    /// How many bytes may be kept for it; see [`Supplier::claim`].
    pub bytes: Option<usize>,
    /// How many requests all its runs together are served per tick; then each is served one more
    /// and is put off until the next tick.
    pub requests: Option<u32>,
}

#[derive(Default)]
struct State {
    name: Option<Arc<str>>,
    limits: SupplierLimits,
    runs: AtomicUsize,
    conditions: AtomicUsize,
    bytes: AtomicUsize,
    /// Whether a claim was refused since it was last asked, of each resource.
    refused: [AtomicBool; 3],
    /// The last tick in which its runs were served requests, and how many.
    tick: AtomicU64,
    requests: AtomicU32,
    /// So that what is not withdrawn takes no lock.
    withdrawn: AtomicBool,
    reason: Mutex<Option<Arc<str>>>,
    preempted: AtomicU64,
    cleanups: AtomicU64,
}

/// What a supplier may have so much of at the same time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resource {
    /// Runs that are queued or running.
    Runs,
    /// Conditions that are looked at in every tick.
    Conditions,
    /// Bytes that are kept: for handles to commands with what they are made of, and for the values
    /// that awaited commands have returned.
    Bytes,
}

/// A part of what a supplier may have, until it is dropped.
#[derive(Debug)]
pub struct Claim {
    supplier: Supplier,
    resource: Resource,
    amount: usize,
}

impl Claim {
    /// Takes more of the same. The error is the most that there may be; nothing has changed then.
    pub fn grow(&mut self, amount: usize) -> Result<(), usize> {
        self.supplier.take(self.resource, amount)?;
        self.amount += amount;
        Ok(())
    }

    /// Gives some of it back before it is dropped.
    pub fn shrink(&mut self, amount: usize) {
        let amount = amount.min(self.amount);
        let (counter, _) = self.supplier.counter(self.resource);
        counter.fetch_sub(amount, Ordering::Relaxed);
        self.amount -= amount;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let (counter, _) = self.supplier.counter(self.resource);
        counter.fetch_sub(self.amount, Ordering::Relaxed);
    }
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

    /// A supplier with a name and limits of its own.
    pub fn named(name: &Arc<str>, limits: SupplierLimits) -> Self {
        Self(Arc::new(State {
            name: Some(name.clone()),
            limits,
            ..State::default()
        }))
    }

    /// Its name, if it has one.
    pub fn name(&self) -> Option<&Arc<str>> {
        self.0.name.as_ref()
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

    /// Takes a part of what it may have, for as long as the claim is there. The error is the most
    /// that there may be.
    pub fn claim(&self, resource: Resource, amount: usize) -> Result<Claim, usize> {
        self.take(resource, amount)?;
        Ok(Claim {
            supplier: self.clone(),
            resource,
            amount,
        })
    }

    /// How much of it is claimed now.
    pub fn claimed(&self, resource: Resource) -> usize {
        let (counter, _) = self.counter(resource);
        counter.load(Ordering::Relaxed)
    }

    /// Whether more of it was wanted than there may be since this was last asked.
    pub fn was_refused(&self, resource: Resource) -> bool {
        self.0.refused[resource as usize].swap(false, Ordering::Relaxed)
    }

    /// An error, the most that there may be, if there is no room for so much more.
    pub(crate) fn has_room(&self, resource: Resource, amount: usize) -> Result<(), usize> {
        let (counter, most) = self.counter(resource);
        let total = counter.load(Ordering::Relaxed).saturating_add(amount);
        let exceeded = most.filter(|most| total > *most);
        if exceeded.is_some() {
            self.0.refused[resource as usize].store(true, Ordering::Relaxed);
        }
        exceeded.map_or(Ok(()), Err)
    }

    fn take(&self, resource: Resource, amount: usize) -> Result<(), usize> {
        self.has_room(resource, amount)?;
        let (counter, _) = self.counter(resource);
        counter.fetch_add(amount, Ordering::Relaxed);
        Ok(())
    }

    fn counter(&self, resource: Resource) -> (&AtomicUsize, Option<usize>) {
        let limits = &self.0.limits;
        match resource {
            Resource::Runs => (&self.0.runs, limits.runs),
            Resource::Conditions => (&self.0.conditions, limits.conditions),
            Resource::Bytes => (&self.0.bytes, limits.bytes),
        }
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
