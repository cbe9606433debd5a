//! The scheduler: what one tick does, in order.

mod admission;
mod defaults;
mod forked;
mod lifecycle;
mod periodic;
mod refusals;
mod requests;
mod runs;
mod triggers;
mod waits;

use std::sync::Arc;
use std::time::Duration;

use self::defaults::Defaults;
use self::forked::Forked;
use self::lifecycle::Ends;
use self::refusals::RefusalRow;
use self::runs::{Key, Runs, Scope, Stage};
use self::triggers::Triggers;
use self::waits::Turns;
use crate::{
    Admission, Binding, Command, Event, EventKind, FirstLook, MechanismId, Mechanisms, Observer,
    RunId, Signal, StartSource, Supplier, Tick,
};

/// Bounds that keep one tick's work finite whatever the bodies do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deeply runs may be nested; a fork below that is refused.
    pub depth: usize,
    /// In how many ticks in a row a run may be pre-empted before it is canceled, unless its command
    /// says otherwise.
    pub preemptions: u32,
    /// How many requests one run is served per tick; then it is pre-empted. A fork or an await
    /// counts once for each of its commands, and may not have more of them than this.
    pub requests: u32,
    /// How many requests all runs together are served per tick; then each is served one more and
    /// is put off until the next tick.
    pub requests_together: u32,
    /// How many bindings, counted with the parts of their signals, and default commands may be
    /// scoped to runs at the same time.
    pub scoped_bindings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 64,
            preemptions: 25,
            requests: 10_000,
            requests_together: 1_000_000,
            scoped_bindings: 10_000,
        }
    }
}

/// A default command that ends by itself sooner than this after its start is a short one; see
/// [`Scheduler::declare_default`].
pub const SHORT_DEFAULT: Duration = Duration::from_millis(250);

/// How often in a row a default command may be short before it is started less often.
pub const SHORT_DEFAULTS: u32 = 5;

/// Runs commands by the rules, one [`tick`](Scheduler::tick) at a time.
///
/// It has no clock and does no I/O: time is handed in, what happens goes to the [`Observer`].
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use gantry_scheduler::{Command, Mechanisms, Scheduler};
///
/// let mechanisms = Arc::new(Mechanisms::new(["arm"]).unwrap());
/// let arm = mechanisms.find("arm").unwrap();
/// let mut scheduler = Scheduler::new(mechanisms, Box::new(()));
/// let raise = Command::builder("raise").requires([arm]).build_async(|co| async move {
///     co.yield_now().await?;
///     Ok(None)
/// });
/// scheduler.schedule(&raise);
/// scheduler.tick(Duration::from_millis(20));
/// assert!(raise.is_running());
/// scheduler.tick(Duration::from_millis(40));
/// assert!(!raise.is_running());
/// ```
pub struct Scheduler {
    mechanisms: Arc<Mechanisms>,
    observer: Box<dyn Observer>,
    limits: Limits,
    /// The present tick or, between two, the one that is about to run.
    tick: Tick,
    enabled: bool,
    /// The stretch of an op mode that is active; none outside of op modes.
    opmode: Option<u64>,
    opmode_stretches: u64,
    runs: Runs,
    /// Queued runs in order; those that have left it meanwhile are still in the list.
    queue: Vec<Key>,
    /// Per mechanism: the queued run that requires it.
    queued_for: Vec<Option<Key>>,
    /// Per mechanism: the running runs that require it, each an ancestor of the next.
    holders: Vec<Vec<Key>>,
    /// Per mechanism: the run that may write its outputs, which is the innermost holder or one
    /// that is cleaning up.
    owners: Vec<Option<Key>>,
    /// The runs that are being resumed, each started by the one before.
    executing: Vec<Key>,
    turns: Turns,
    triggers: Triggers,
    defaults: Defaults,
    periodics: Vec<Key>,
    /// Bindings and default commands that are scoped to runs.
    scoped_bindings: usize,
    /// Whether an op mode has ended since its contents were last undone.
    opmode_ended: bool,
    /// Whether any scope has ended that triggers may be bound in, since those were last undone.
    triggers_may_be_stale: bool,
    /// The same of default commands.
    defaults_may_be_stale: bool,
    requests_this_tick: u32,
    /// How many awaits there have been.
    awaits: u64,
    ends: Ends,
    /// What runs that have ended since the last tick had forked, with their commands.
    ended_forks: Vec<(Command, Forked)>,
    /// What was scheduled in the present op mode, and in those that have ended since the last tick.
    scheduled_in_opmode: Forked,
    scheduled_in_ended_opmodes: Forked,
}

/// A queued or running command, as [`Scheduler::runs`] shows it.
#[derive(Clone, Debug)]
pub struct RunInfo {
    /// The run's id.
    pub id: RunId,
    /// What it runs.
    pub command: Command,
    /// Who forked it.
    pub parent: Option<RunId>,
    /// False while it is queued.
    pub running: bool,
}

impl Scheduler {
    /// A scheduler for these mechanisms, with the default limits. The robot is enabled.
    pub fn new(mechanisms: Arc<Mechanisms>, observer: Box<dyn Observer>) -> Self {
        Self::with_limits(mechanisms, observer, Limits::default())
    }

    /// A scheduler with limits of its own.
    pub fn with_limits(
        mechanisms: Arc<Mechanisms>,
        observer: Box<dyn Observer>,
        limits: Limits,
    ) -> Self {
        let count = mechanisms.len();
        Self {
            mechanisms,
            observer,
            limits,
            tick: Tick::default(),
            enabled: true,
            opmode: None,
            opmode_stretches: 0,
            runs: Runs::default(),
            queue: Vec::new(),
            queued_for: vec![None; count],
            holders: vec![Vec::new(); count],
            owners: vec![None; count],
            executing: Vec::new(),
            turns: Turns::default(),
            triggers: Triggers::default(),
            defaults: Defaults::new(count),
            periodics: Vec::new(),
            scoped_bindings: 0,
            opmode_ended: false,
            triggers_may_be_stale: false,
            defaults_may_be_stale: false,
            requests_this_tick: 0,
            awaits: 0,
            ends: Ends::default(),
            ended_forks: Vec::new(),
            scheduled_in_opmode: Forked::default(),
            scheduled_in_ended_opmodes: Forked::default(),
        }
    }

    /// Runs one tick at a time that MUST NOT be earlier than that of the tick before.
    pub fn tick(&mut self, now: Duration) {
        self.tick.time = now;
        self.requests_this_tick = 0;

        self.end_scopes();
        self.run_periodics();
        self.poll_triggers();
        self.queue_defaults();
        self.promote_queue();
        self.resume_runs();

        self.tick.number += 1;
    }

    /// Queues a command for the next tick, in the scope of the present op mode if there is one. The
    /// [`Observer`] is told of a refusal too.
    ///
    /// # Panics
    ///
    /// If it requires a mechanism that is not one of this scheduler's.
    pub fn schedule(&mut self, command: &Command) -> Admission {
        let scope = self.outer_scope();
        self.start_from(
            StartSource::Schedule,
            command,
            scope,
            &mut RefusalRow::default(),
        )
    }

    /// Cancels a command and everything below it. Does nothing if it is not queued or running.
    pub fn cancel(&mut self, command: &Command) {
        if let Some(key) = self.runs.of(command) {
            self.cancel_run(key);
        }
    }

    /// Cancels every command of this supplier, oldest first, with everything below it.
    pub fn cancel_from(&mut self, supplier: &Supplier) {
        let supplied = |run: &runs::Run| run.command.supplier().is_some_and(|by| by.same(supplier));
        for key in self.runs.sorted(supplied) {
            self.cancel_run(key);
        }
    }

    /// Lets another command take the place of one in all bindings, and in the default commands that
    /// it fits, as soon as that one is not running. Bindings remember their signals' last samples:
    /// what was an edge before is none again.
    pub fn replace(&mut self, command: &Command, by: &Command) {
        self.replace_in_triggers(command, by);
        self.replace_in_defaults(command, by);
    }

    /// Cancels all commands, oldest first. Default commands start again with the next tick.
    pub fn cancel_all(&mut self) {
        self.cancel_queue();
        for key in self
            .runs
            .sorted(|run| run.stage == Stage::Running && !run.periodic)
        {
            self.cancel_alone(key);
        }
    }

    /// Binds a command to a signal, in the scope of the present op mode if there is one.
    pub fn bind(&mut self, signal: &Signal, binding: Binding, command: &Command) {
        let scope = self.outer_scope();
        let (signal, command) = (signal.clone(), command.clone());
        self.triggers
            .add(signal, binding, command, scope, None, None);
    }

    /// Binds a command to a signal, in the scope of the present op mode if there is one, as a robot's
    /// description does. Nothing that was built up before counts: the signal [begins
    /// anew](Signal::begin_anew) now, and whenever the op mode changes or the robot is enabled or disabled.
    /// What the first look is after that, the binding says.
    pub fn declare(
        &mut self,
        signal: &Signal,
        binding: Binding,
        command: &Command,
        first: FirstLook,
    ) {
        let scope = self.outer_scope();
        signal.begin_anew();
        let (signal, command) = (signal.clone(), command.clone());
        self.triggers
            .add(signal, binding, command, scope, None, Some(first));
    }

    /// Sets a mechanism's default command, in the scope of the present op mode if there is one.
    ///
    /// # Errors
    ///
    /// The command must require exactly that mechanism.
    pub fn set_default(
        &mut self,
        mechanism: MechanismId,
        command: &Command,
    ) -> Result<(), InvalidDefault> {
        self.add_default(mechanism, command, self.outer_scope(), false)
            .map(|_| ())
    }

    /// Sets a mechanism's default command as [`set_default`](Scheduler::set_default) does, for a robot's
    /// description. One that ends by itself within [`SHORT_DEFAULT`], [`SHORT_DEFAULTS`] times in a row, is
    /// started once per [`SHORT_DEFAULT`] from then on, until it has run for longer or something else has
    /// ended it; the [`Observer`] is told.
    ///
    /// # Errors
    ///
    /// The command must require exactly that mechanism.
    pub fn declare_default(
        &mut self,
        mechanism: MechanismId,
        command: &Command,
    ) -> Result<(), InvalidDefault> {
        self.add_default(mechanism, command, self.outer_scope(), true)
            .map(|_| ())
    }

    /// Goes to another op mode, or to none. What was made in the one before is undone at the
    /// start of the next tick; what is made from now on belongs to the new one.
    pub fn set_opmode(&mut self, active: bool) {
        self.opmode_ended |= self.opmode.is_some();
        let scheduled = std::mem::take(&mut self.scheduled_in_opmode);
        self.scheduled_in_ended_opmodes.append(scheduled);
        self.opmode = active.then(|| {
            self.opmode_stretches += 1;
            self.opmode_stretches
        });
        self.begin_declared_anew();
    }

    /// Ends at once what [`tick`](Scheduler::tick) would end first: the commands and bindings of op modes
    /// that are over. What is scheduled after this in another stretch of the same op mode is not taken for
    /// something of the one before.
    pub fn end_opmodes(&mut self) {
        self.end_scopes();
    }

    /// Enables or disables the robot. Disabling cancels, at once, every command that does not run
    /// while disabled.
    pub fn set_enabled(&mut self, enabled: bool) {
        if std::mem::replace(&mut self.enabled, enabled) != enabled {
            self.begin_declared_anew();
        }
        if !enabled {
            for key in self.runs.sorted(|run| !run.command.runs_while_disabled()) {
                self.cancel_run(key);
            }
        }
    }

    /// Whether the robot is enabled.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// The present tick or, between two, the one that is about to run at the time of the one
    /// before.
    pub fn now(&self) -> Tick {
        self.tick
    }

    /// The robot's mechanisms.
    pub fn mechanisms(&self) -> &Arc<Mechanisms> {
        &self.mechanisms
    }

    /// The run that may write a mechanism's outputs: of those that require it, the innermost.
    ///
    /// # Panics
    ///
    /// If the mechanism is not one of this scheduler's.
    pub fn owner(&self, mechanism: MechanismId) -> Option<RunId> {
        self.owners[mechanism.index()].map(|key| key.id)
    }

    /// The running and queued commands, oldest first.
    pub fn runs(&self) -> Vec<RunInfo> {
        let info = |key: &Key| {
            let run = self.runs.get(*key)?;
            Some(RunInfo {
                id: run.id,
                command: run.command.clone(),
                parent: run.parent.map(|parent| parent.id),
                running: run.stage == Stage::Running,
            })
        };
        self.runs
            .sorted(|run| !run.periodic)
            .iter()
            .filter_map(info)
            .collect()
    }

    /// How many commands are running or queued.
    pub fn run_count(&self) -> usize {
        self.runs.len() - self.periodics.len()
    }

    fn outer_scope(&self) -> Scope {
        self.opmode.map_or(Scope::Global, Scope::OpMode)
    }

    fn is_alive(&self, key: Key) -> bool {
        self.runs.is_at(key, Stage::Running)
    }

    fn is_active(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Global => true,
            Scope::OpMode(stretch) => self.opmode == Some(*stretch),
            Scope::Command(command) => self.running(command).is_some(),
        }
    }

    /// The running run of a command.
    fn running(&self, command: &Command) -> Option<Key> {
        self.runs.of(command).filter(|key| self.is_alive(*key))
    }

    /// Whether what belongs to a scope stays. If it stays because the scope's command is running
    /// again, the end of that run is remembered as the end of the scope.
    fn outlives(&mut self, scope: &Scope) -> bool {
        if let Scope::Command(command) = scope
            && let Some(key) = self.running(command)
            && let Some(run) = self.runs.get_mut(key)
        {
            run.has_scoped = true;
        }
        self.is_active(scope)
    }

    /// Cancels what was scheduled in scopes that have ended, and undoes what was bound in them.
    fn end_scopes(&mut self) {
        if std::mem::take(&mut self.opmode_ended) {
            self.scope_ended();
            for key in self
                .runs
                .sorted(|run| matches!(run.scope, Scope::OpMode(_)))
            {
                if self
                    .runs
                    .get(key)
                    .is_some_and(|run| !self.is_active(&run.scope))
                {
                    self.cancel_run(key);
                }
            }
        }
        // What was forked by the runs that have just been canceled too.
        self.end_scopes_of_forks();
        if std::mem::take(&mut self.triggers_may_be_stale) {
            self.remove_stale_triggers();
        }
    }

    /// Something may be bound in a scope that has ended.
    fn scope_ended(&mut self) {
        self.triggers_may_be_stale = true;
        self.defaults_may_be_stale = true;
    }

    /// Makes everything that is queued running.
    fn promote_queue(&mut self) {
        for index in 0..self.queue.len() {
            let key = self.queue[index];
            if self.runs.is_at(key, Stage::Queued) {
                self.evict_running(key);
            }
        }
        for index in 0..self.queue.len() {
            let key = self.queue[index];
            if self.runs.is_at(key, Stage::Queued) {
                self.become_running(key);
                self.turns.list_for_next(&mut self.runs, key);
            }
        }
        self.queue.clear();
    }

    /// Gives every run that has something to do its turn, newest first.
    fn resume_runs(&mut self) {
        self.turns.begin(&mut self.runs, self.tick.time);
        while let Some(key) = self.turns.next(&mut self.runs) {
            self.take_turn(key);
        }
        self.turns.end();
    }

    fn emit(&mut self, key: Key, kind: EventKind<'_>) {
        if let Some(run) = self.runs.get(key) {
            if run.periodic && !matches!(kind, EventKind::Failed(_)) {
                return;
            }
            let event = Event {
                tick: self.tick,
                run: run.id,
                parent: run.parent.map(|parent| parent.id),
                command: &run.command,
                payer: run.payer.as_ref(),
                kind,
            };
            self.observer.event(&event);
        }
    }
}

/// The commands outlive the scheduler and can be run by another.
impl Drop for Scheduler {
    fn drop(&mut self) {
        for (_, run) in self.runs.iter() {
            if run.stage != Stage::Ending {
                run.command.set_slot(None);
            }
        }
    }
}

/// A default command that does not fit its mechanism.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{command}` cannot be the default command of `{mechanism}`: it must require that mechanism \
     and no other, but requires {requires}"
)]
pub struct InvalidDefault {
    command: Arc<str>,
    mechanism: String,
    requires: String,
}
