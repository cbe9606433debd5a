//! A scheduler with a virtual clock, a journal of what happens, and commands made of scripts.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::cell::RefCell;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gantry_scheduler::{
    BodyError, Co, Command, CommandBuilder, Event, EventKind, Limits, MechanismId, Mechanisms,
    Observer, RefusedStart, RunId, Scheduler, Signal, Tick, Value,
};

/// What native bodies return.
pub(crate) type Returned = Result<Option<Value>, BodyError>;

/// The time between two ticks; tick 0 runs at one period.
pub(crate) const PERIOD: Duration = Duration::from_millis(20);

/// A robot on a bench: mechanisms, a scheduler, and a clock that stands still between ticks.
pub(crate) struct Bench {
    pub(crate) scheduler: Scheduler,
    journal: Journal,
    mechanisms: Arc<Mechanisms>,
}

impl Bench {
    /// A robot with the mechanisms `arm`, `claw` and `drive`.
    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        let mechanisms = Arc::new(Mechanisms::new(["arm", "claw", "drive"]).expect("names"));
        let journal = Journal::default();
        let recorder = Box::new(Recorder(journal.clone(), mechanisms.clone()));
        let scheduler = Scheduler::with_limits(mechanisms.clone(), recorder, limits);
        Self {
            scheduler,
            journal,
            mechanisms,
        }
    }

    /// Journals `mounted` and `yielded` too.
    pub(crate) fn with_turns(self) -> Self {
        self.journal.0.turns.store(true, Ordering::Relaxed);
        self
    }

    /// Journals changes of ownership too.
    pub(crate) fn with_owners(self) -> Self {
        self.journal.0.owners.store(true, Ordering::Relaxed);
        self
    }

    /// Journals starts that are refused, and default commands that end at once.
    pub(crate) fn with_refusals(self) -> Self {
        self.journal.0.refusals.store(true, Ordering::Relaxed);
        self
    }

    /// Runs one tick.
    pub(crate) fn tick(&mut self) {
        let next = self.scheduler.now().number + 1;
        self.scheduler
            .tick(PERIOD * u32::try_from(next).expect("a short test"));
        self.journal.0.tick.store(next, Ordering::Relaxed);
    }

    pub(crate) fn ticks(&mut self, count: usize) {
        for _ in 0..count {
            self.tick();
        }
    }

    /// Schedules commands and runs one tick.
    pub(crate) fn start(&mut self, commands: &[&Command]) {
        for command in commands {
            assert!(
                self.scheduler.schedule(command).is_success(),
                "{:?} was refused",
                command
            );
        }
        self.tick();
    }

    /// Compares what was journaled since the last comparison.
    #[track_caller]
    pub(crate) fn expect(&self, lines: &[&str]) {
        let journaled = self.take();
        assert!(
            journaled == lines,
            "expected\n  {}\nbut there was\n  {}",
            lines.join("\n  "),
            journaled.join("\n  ")
        );
    }

    /// What was journaled since it was last asked for or compared.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.journal.0.lines.lock().expect("journal"))
    }

    /// Forgets what was journaled.
    pub(crate) fn forget(&self) {
        self.journal.0.lines.lock().expect("journal").clear();
    }

    pub(crate) fn journal(&self) -> Journal {
        self.journal.clone()
    }

    pub(crate) fn mechanism(&self, name: &str) -> MechanismId {
        self.mechanisms
            .find(name)
            .expect("a mechanism of the bench")
    }

    /// Starts a command that requires these mechanisms.
    pub(crate) fn command(&self, name: &str, requires: &[&str]) -> CommandBuilder {
        Command::builder(name).requires(requires.iter().map(|name| self.mechanism(name)))
    }

    /// A command of a script, without requirements.
    pub(crate) fn script<F, Fut>(&self, name: &str, body: F) -> Command
    where
        F: Fn(Co) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Returned> + 'static,
    {
        self.command(name, &[]).build_async(body)
    }

    /// Ends in its first turn.
    pub(crate) fn one_shot(&self, name: &str, requires: &[&str]) -> Command {
        self.command(name, requires)
            .build_async(|_| async { Ok(None) })
    }

    /// Goes on until canceled, and journals its cleanup.
    pub(crate) fn parked(&self, name: &str, requires: &[&str]) -> Command {
        parked(self.command(name, requires), &self.journal)
    }

    /// Like `parked`, with a priority.
    pub(crate) fn parked_with(&self, name: &str, requires: &[&str], priority: i32) -> Command {
        parked(
            self.command(name, requires).priority(priority),
            &self.journal,
        )
    }

    /// Ends after so many ticks more.
    pub(crate) fn yields(&self, name: &str, requires: &[&str], times: usize) -> Command {
        self.command(name, requires)
            .build_async(move |co| async move {
                for _ in 0..times {
                    co.yield_now().await?;
                }
                Ok(None)
            })
    }

    /// Fails with this message after so many ticks more.
    pub(crate) fn fails(&self, name: &str, times: usize, message: &'static str) -> Command {
        self.script(name, move |co| async move {
            for _ in 0..times {
                co.yield_now().await?;
            }
            Err(message.into())
        })
    }

    /// Forks the commands and goes on until canceled, journaling its cleanup.
    pub(crate) fn forks(&self, name: &str, requires: &[&str], children: &[&Command]) -> Command {
        let children: Vec<Command> = children.iter().map(|child| (*child).clone()).collect();
        let (journal, me) = (self.journal(), name.to_owned());
        self.command(name, requires).build_async(move |co| {
            let (children, journal, me) = (children.clone(), journal.clone(), me.clone());
            async move {
                co.fork(&children).await?;
                journal.park(&co, &me).await
            }
        })
    }

    /// Awaits the commands and journals their outcomes.
    pub(crate) fn awaits(&self, name: &str, requires: &[&str], children: &[&Command]) -> Command {
        let children: Vec<Command> = children.iter().map(|child| (*child).clone()).collect();
        let (journal, me) = (self.journal(), name.to_owned());
        self.command(name, requires).build_async(move |co| {
            let (children, journal, me) = (children.clone(), journal.clone(), me.clone());
            async move {
                let outcomes = co.await_all(&children).await?;
                journal.say(&me, format!("{outcomes:?}"));
                Ok(None)
            }
        })
    }

    /// Goes on until canceled, and cancels the commands in its cleanup.
    pub(crate) fn avenges(&self, name: &str, requires: &[&str], others: &Slot) -> Command {
        let (others, journal, me) = (others.clone(), self.journal(), name.to_owned());
        self.command(name, requires).build_async(move |co| {
            let (others, journal, me) = (others.clone(), journal.clone(), me.clone());
            async move {
                let end = journal.park(&co, &me).await;
                for other in others.get() {
                    co.cancel(&other).await?;
                }
                end
            }
        })
    }

    /// Names of the running commands, oldest first.
    pub(crate) fn running(&self) -> Vec<String> {
        let runs = self.scheduler.runs();
        runs.iter()
            .filter(|run| run.running)
            .map(|run| run.command.name().to_string())
            .collect()
    }

    /// Name of the command that owns a mechanism.
    pub(crate) fn owner(&self, mechanism: &str) -> Option<String> {
        let owner = self.scheduler.owner(self.mechanism(mechanism))?;
        let runs = self.scheduler.runs();
        runs.iter()
            .find(|run| run.id == owner)
            .map(|run| run.command.name().to_string())
    }
}

fn parked(builder: CommandBuilder, journal: &Journal) -> Command {
    let journal = journal.clone();
    let name: Arc<Mutex<String>> = Arc::default();
    let told = name.clone();
    let command = builder.build_async(move |co| {
        let (journal, name) = (journal.clone(), told.lock().expect("name").clone());
        async move { journal.park(&co, &name).await }
    });
    *name.lock().expect("name") = command.name().to_string();
    command
}

/// Commands that are filled in after those that name them have been made.
#[derive(Clone)]
pub(crate) struct Slot(Arc<Mutex<Vec<Command>>>);

thread_local! {
    /// The slots of this test: what is in them may hold them, so the bench empties them.
    static SLOTS: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

impl Default for Slot {
    fn default() -> Self {
        let slot = Self(Arc::default());
        SLOTS.with_borrow_mut(|slots| slots.push(slot.clone()));
        slot
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        for slot in SLOTS.take() {
            slot.fill(&[]);
        }
    }
}

impl Slot {
    pub(crate) fn fill(&self, commands: &[&Command]) {
        let commands = commands.iter().map(|command| (*command).clone()).collect();
        let before = std::mem::replace(&mut *self.0.lock().expect("slot"), commands);
        // Only now that the slot is not locked: they may hold it.
        drop(before);
    }

    pub(crate) fn get(&self) -> Vec<Command> {
        self.0.lock().expect("slot").clone()
    }
}

/// What happened, as lines such as `0 scheduled a`.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Pages>);

#[derive(Default)]
struct Pages {
    lines: Mutex<Vec<String>>,
    tick: AtomicU64,
    turns: AtomicBool,
    owners: AtomicBool,
    refusals: AtomicBool,
}

impl Journal {
    /// Journals something a body says.
    pub(crate) fn say(&self, who: &str, what: impl AsRef<str>) {
        self.write(format!("{who}: {}", what.as_ref()));
    }

    /// Parks, and journals the cleanup.
    pub(crate) async fn park(&self, co: &Co, who: &str) -> Returned {
        match co.park().await {
            Err(error) => {
                self.say(who, "cleanup");
                Err(error)
            }
            Ok(never) => match never {},
        }
    }

    fn write(&self, line: String) {
        let tick = self.0.tick.load(Ordering::Relaxed);
        self.0
            .lines
            .lock()
            .expect("journal")
            .push(format!("{tick} {line}"));
    }
}

struct Recorder(Journal, Arc<Mechanisms>);

impl Observer for Recorder {
    fn event(&mut self, event: &Event<'_>) {
        let turn = matches!(event.kind, EventKind::Mounted | EventKind::Yielded);
        if turn && !self.0.0.turns.load(Ordering::Relaxed) {
            return;
        }
        let detail = match event.kind {
            EventKind::Interrupted(by) => format!(" by {by}"),
            EventKind::Failed(failure) => format!(": {}", failure.message),
            EventKind::Preempted(count) => format!(" {count}"),
            EventKind::Completed(Some(value)) => format!(" with {value}"),
            _ => String::new(),
        };
        assert_eq!(
            self.0.0.tick.load(Ordering::Relaxed),
            event.tick.number,
            "the event's tick"
        );
        self.0.write(format!(
            "{} {}{detail}",
            event.kind.name(),
            event.command.name()
        ));
    }

    fn start_refused(&mut self, refused: &RefusedStart<'_>) {
        if self.0.0.refusals.load(Ordering::Relaxed) {
            let again = match refused.again {
                0 => String::new(),
                again => format!(", {again} times again"),
            };
            self.0.write(format!(
                "start-refused {} ({}): {}{again}",
                refused.command.name(),
                refused.source.name(),
                refused.blocker.reason(),
            ));
        }
    }

    fn default_ends_at_once(&mut self, _: Tick, mechanism: MechanismId, command: &Command) {
        if self.0.0.refusals.load(Ordering::Relaxed) {
            let mechanism = self.1.name(mechanism);
            self.0
                .write(format!("{} of {mechanism} ends at once", command.name()));
        }
    }

    fn owner_changed(&mut self, mechanism: MechanismId, owner: Option<RunId>, released: bool) {
        if self.0.0.owners.load(Ordering::Relaxed) {
            let owner = owner.map_or_else(|| "nobody".to_owned(), |run| format!("run {run}"));
            let released = if released { ", released" } else { "" };
            self.0
                .write(format!("{} to {owner}{released}", self.1.name(mechanism)));
        }
    }
}

/// A boolean that a test sets.
#[derive(Clone, Default)]
pub(crate) struct Flag(Arc<AtomicBool>, Arc<AtomicU64>);

impl Flag {
    pub(crate) fn set(&self, value: bool) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub(crate) fn signal(&self) -> Signal {
        let flag = self.clone();
        Signal::new(move || {
            flag.1.fetch_add(1, Ordering::Relaxed);
            flag.0.load(Ordering::Relaxed)
        })
    }

    /// How often it was looked at.
    pub(crate) fn looks(&self) -> u64 {
        self.1.load(Ordering::Relaxed)
    }
}
