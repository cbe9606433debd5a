//! Command objects.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use crate::{Claim, Coroutine, MechanismId, MechanismSet, RunId, Supplier};

/// What is scheduled: a name, required mechanisms, a priority and a body.
///
/// A handle to one object: clones are the same command. An object runs at most once at a time, in
/// one scheduler. Making a command needs no scheduler.
///
/// ```
/// use gantry_scheduler::{Command, MechanismId};
/// let drive = MechanismId::new(0).unwrap();
/// let command = Command::builder("drive forward")
///     .requires([drive])
///     .priority(2)
///     .build_async(|co| async move {
///         for _ in 0..10 {
///             co.yield_now().await?;
///         }
///         Ok(None)
///     });
/// assert!(command.requirements().contains(drive));
/// assert!(!command.is_running());
/// ```
#[derive(Clone)]
pub struct Command(Arc<Inner>);

struct Inner {
    name: Arc<str>,
    requirements: MechanismSet,
    priority: i32,
    runs_while_disabled: bool,
    /// In how many ticks in a row a run may be pre-empted; none: as the scheduler's limits say.
    preemption_limit: Option<u32>,
    supplier: Option<Supplier>,
    /// The command that this one only bounds, with a timeout or a condition.
    bounds: Option<Command>,
    /// How deeply commands are grouped inside of it; 0 for one that is not a group.
    nesting: usize,
    /// For what it does, with all commands that do the same.
    claim: Option<Arc<Claim>>,
    /// For this object alone.
    own_claim: Option<Claim>,
    body: Arc<dyn Body>,
    /// Slot of the present run in the scheduler, plus one; 0 while there is none.
    slot: AtomicU64,
}

/// What a command does, as often as it is run.
pub trait Body: Send + Sync {
    /// Makes the coroutine of one run. MUST be quick and MUST NOT unwind; what can go wrong is the coroutine's to
    /// tell, as a failure of its first resume.
    fn start(&self, run: RunId, command: &Command) -> Box<dyn Coroutine>;

    /// The same, for a body that wants to know on whose account it runs: that of the outermost
    /// supplier among its ancestors and itself. A run that a plugin has started, however indirectly,
    /// is on the plugin's account.
    fn start_for(
        &self,
        run: RunId,
        command: &Command,
        account: Option<&Supplier>,
    ) -> Box<dyn Coroutine> {
        let _ = account;
        self.start(run, command)
    }
}

impl<F> Body for F
where
    F: Fn(RunId, &Command) -> Box<dyn Coroutine> + Send + Sync,
{
    fn start(&self, run: RunId, command: &Command) -> Box<dyn Coroutine> {
        self(run, command)
    }
}

impl Command {
    /// Starts a command of this name, without requirements, of priority 0, that does not run
    /// while the robot is disabled.
    pub fn builder(name: impl Into<Arc<str>>) -> CommandBuilder {
        CommandBuilder {
            name: name.into(),
            requirements: MechanismSet::EMPTY,
            priority: 0,
            runs_while_disabled: false,
            preemption_limit: None,
            supplier: None,
            bounds: None,
            nesting: 0,
        }
    }

    /// The name that telemetry shows.
    pub fn name(&self) -> &Arc<str> {
        &self.0.name
    }

    /// What a run of it owns.
    pub fn requirements(&self) -> &MechanismSet {
        &self.0.requirements
    }

    /// Its own priority; the highest wins.
    pub fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Whether it may run while the robot is disabled.
    pub fn runs_while_disabled(&self) -> bool {
        self.0.runs_while_disabled
    }

    /// In how many ticks in a row a run of it may be pre-empted before it is canceled; none: as the
    /// scheduler's [`Limits`](crate::Limits) say.
    pub fn preemption_limit(&self) -> Option<u32> {
        self.0.preemption_limit
    }

    /// Who supplies it, if anybody is named. A group has none, but its members may.
    pub fn supplier(&self) -> Option<&Supplier> {
        self.0.supplier.as_ref()
    }

    /// The command that this one only bounds, with a timeout or a condition: it starts that one and
    /// nothing else that could be refused.
    pub(crate) fn bounded(&self) -> Option<&Command> {
        self.0.bounds.as_ref()
    }

    /// Whether it is queued or running now.
    pub fn is_running(&self) -> bool {
        self.slot().is_some()
    }

    /// Whether both are the same object.
    pub fn same(&self, other: &Command) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether the two could not run side by side.
    pub fn conflicts_with(&self, other: &Command) -> bool {
        self.0.requirements.intersects(&other.0.requirements)
    }

    /// A new command that does the same under another name.
    #[must_use]
    pub fn named(&self, name: impl Into<Arc<str>>) -> Command {
        self.wrapped(name.into(), self.priority())
    }

    /// A new command that does the same with another priority.
    #[must_use]
    pub fn with_priority(&self, priority: i32) -> Command {
        self.wrapped(self.name().clone(), priority)
    }

    /// A new command that does the same and counts as this supplier's.
    #[must_use]
    pub fn supplied_by(&self, supplier: &Supplier) -> Command {
        let mut inner = self.copy();
        inner.supplier = Some(supplier.clone());
        Command(Arc::new(inner))
    }

    /// A new command that does the same and keeps a claim for that, until it and all commands that
    /// are made of it by another name or priority are gone.
    #[must_use]
    pub fn claiming(&self, claim: Claim) -> Command {
        let mut inner = self.copy();
        inner.claim = Some(Arc::new(claim));
        Command(Arc::new(inner))
    }

    /// A new command that does the same and keeps a claim for itself alone.
    #[must_use]
    pub fn claiming_for_itself(&self, claim: Claim) -> Command {
        let mut inner = self.copy();
        inner.own_claim = Some(claim);
        Command(Arc::new(inner))
    }

    /// How deeply commands are grouped inside of it.
    pub(crate) fn nesting(&self) -> usize {
        self.0.nesting
    }

    /// A command with the same body, as an object of its own.
    fn wrapped(&self, name: Arc<str>, priority: i32) -> Command {
        Command(Arc::new(Inner {
            name,
            priority,
            ..self.copy()
        }))
    }

    fn copy(&self) -> Inner {
        Inner {
            name: self.name().clone(),
            requirements: *self.requirements(),
            priority: self.priority(),
            runs_while_disabled: self.runs_while_disabled(),
            preemption_limit: self.preemption_limit(),
            supplier: self.0.supplier.clone(),
            bounds: self.0.bounds.clone(),
            nesting: self.nesting(),
            claim: self.0.claim.clone(),
            own_claim: None,
            body: self.0.body.clone(),
            slot: AtomicU64::new(0),
        }
    }

    pub(crate) fn downgrade(&self) -> WeakCommand {
        WeakCommand(Arc::downgrade(&self.0))
    }

    pub(crate) fn start(&self, run: RunId, account: Option<&Supplier>) -> Box<dyn Coroutine> {
        self.0.body.start_for(run, self, account)
    }

    pub(crate) fn slot(&self) -> Option<usize> {
        (self.0.slot.load(Ordering::Relaxed) as usize).checked_sub(1)
    }

    pub(crate) fn set_slot(&self, slot: Option<usize>) {
        self.0
            .slot
            .store(slot.map_or(0, |slot| slot as u64 + 1), Ordering::Relaxed);
    }
}

/// A command that is remembered without being kept.
#[derive(Clone)]
pub(crate) struct WeakCommand(Weak<Inner>);

impl WeakCommand {
    pub(crate) fn upgrade(&self) -> Option<Command> {
        self.0.upgrade().map(Command)
    }

    /// Something to sort by that is the same for the same object.
    pub(crate) fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("name", &self.0.name)
            .field("requirements", &self.0.requirements)
            .field("priority", &self.0.priority)
            .finish_non_exhaustive()
    }
}

/// Handles are equal when they are the same object.
impl PartialEq for Command {
    fn eq(&self, other: &Self) -> bool {
        self.same(other)
    }
}

impl Eq for Command {}

/// A command that is being made.
#[derive(Debug)]
#[must_use]
pub struct CommandBuilder {
    name: Arc<str>,
    requirements: MechanismSet,
    priority: i32,
    runs_while_disabled: bool,
    preemption_limit: Option<u32>,
    supplier: Option<Supplier>,
    bounds: Option<Command>,
    nesting: usize,
}

impl CommandBuilder {
    /// Adds required mechanisms.
    pub fn requires(mut self, mechanisms: impl IntoIterator<Item = MechanismId>) -> Self {
        for mechanism in mechanisms {
            self.requirements.insert(mechanism);
        }
        self
    }

    /// Sets the priority.
    pub fn priority(mut self, priority: i32) -> Self {
        self.priority = priority;
        self
    }

    /// Sets whether it may run while the robot is disabled.
    pub fn runs_while_disabled(mut self, runs: bool) -> Self {
        self.runs_while_disabled = runs;
        self
    }

    /// Sets in how many ticks in a row a run of it may be pre-empted before it is canceled, instead
    /// of what the scheduler's [`Limits`](crate::Limits) say.
    pub fn preemption_limit(mut self, ticks: u32) -> Self {
        self.preemption_limit = Some(ticks);
        self
    }

    /// Says who supplies it.
    pub fn supplier(mut self, supplier: &Supplier) -> Self {
        self.supplier = Some(supplier.clone());
        self
    }

    /// Says that it only bounds another one.
    pub(crate) fn bounds(mut self, command: &Command) -> Self {
        self.bounds = Some(command.clone());
        self
    }

    /// Sets how deeply commands are grouped inside of it.
    pub(crate) fn nesting(mut self, nesting: usize) -> Self {
        self.nesting = nesting;
        self
    }

    /// The command, with a body.
    pub fn build(self, body: impl Body + 'static) -> Command {
        Command(Arc::new(Inner {
            name: self.name,
            requirements: self.requirements,
            priority: self.priority,
            runs_while_disabled: self.runs_while_disabled,
            preemption_limit: self.preemption_limit,
            supplier: self.supplier,
            bounds: self.bounds,
            nesting: self.nesting,
            claim: None,
            own_claim: None,
            body: Arc::new(body),
            slot: AtomicU64::new(0),
        }))
    }
}
