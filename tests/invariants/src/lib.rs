//! What the scheduler must keep at all times, checked from outside.
//!
//! [`Invariants`] watches a scheduler's events and looks at its runs between ticks. It knows no rule
//! of scheduling, only what holds whatever the bodies do ("What a scheduler must keep at all
//! times" in `tests/conformance/README.md`), and who may write which mechanism's outputs.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gantry_scheduler::{
    Command, Event, EventKind, MechanismId, Observer, RunId, RunInfo, Scheduler,
};

/// Watches one scheduler. Clones share what they have seen.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use gantry_invariants::Invariants;
/// use gantry_scheduler::{Mechanisms, Scheduler, delay};
///
/// let invariants = Invariants::new(100);
/// let mechanisms = Arc::new(Mechanisms::new(["arm"])?);
/// let mut scheduler = Scheduler::new(mechanisms, Box::new(invariants.clone()));
/// scheduler.schedule(&delay(Duration::from_secs(1)));
/// scheduler.tick(Duration::from_millis(20));
/// invariants.check(&scheduler);
/// assert!(invariants.violations().is_empty());
/// # Ok::<(), gantry_scheduler::MechanismError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Invariants {
    seen: Arc<Mutex<Seen>>,
    most_events: usize,
}

/// The most violations that are kept; the first ones say what is wrong.
const MOST_VIOLATIONS: usize = 20;

#[derive(Debug, Default)]
struct Seen {
    /// Runs that have been scheduled and have not ended, and whether they have been resumed.
    live: HashMap<RunId, (Command, bool)>,
    ended: HashSet<RunId>,
    owners: HashMap<MechanismId, RunId>,
    last: u64,
    /// Events since the last check.
    events: usize,
    violations: Vec<String>,
}

impl Invariants {
    /// Nothing seen yet. More than this many events between two checks are a tick whose work is
    /// not bounded.
    pub fn new(most_events: usize) -> Self {
        Self {
            seen: Arc::default(),
            most_events,
        }
    }

    /// What did not hold, in the order in which it was seen.
    pub fn violations(&self) -> Vec<String> {
        self.lock().violations.clone()
    }

    /// Looks at a scheduler between two ticks.
    pub fn check(&self, scheduler: &Scheduler) {
        let family = Family::new(scheduler.runs());
        let mut seen = self.lock();
        let events = std::mem::take(&mut seen.events);
        if events > self.most_events {
            seen.violated(format!("{events} events in one tick"));
        }
        family.check(&mut seen);
        family.check_owners(scheduler, &mut seen);
        // A queued run leaves without an event.
        seen.live.retain(|run, _| family.depths.contains_key(run));
        for run in family.running() {
            if !seen.live.contains_key(&run.id) {
                seen.violated(format!("{} runs after its end", named(run)));
            }
        }
    }

    /// A panic of another test leaves nothing half done here.
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Invariants {
    fn event(&mut self, event: &Event<'_>) {
        self.lock().event(event);
    }

    fn owner_changed(&mut self, mechanism: MechanismId, owner: Option<RunId>, _: bool) {
        let mut seen = self.lock();
        match owner {
            Some(owner) => seen.owners.insert(mechanism, owner),
            None => seen.owners.remove(&mechanism),
        };
    }
}

impl Seen {
    fn event(&mut self, event: &Event<'_>) {
        self.events += 1;
        let run = event.run;
        let told = || {
            let (kind, name) = (event.kind.name(), event.command.name());
            format!("tick {}: {kind} {name} (run {run})", event.tick.number)
        };
        if self.ended.contains(&run) {
            self.violated(format!("{} after its end", told()));
        }
        match event.kind {
            EventKind::Scheduled => self.scheduled(event),
            EventKind::Mounted => match self.live.get_mut(&run) {
                Some((_, started)) => *started = true,
                None => self.violated(format!("{} without being scheduled", told())),
            },
            EventKind::Completed(_) | EventKind::Failed(_) | EventKind::Canceled => {
                if self.live.remove(&run).is_none() {
                    self.violated(format!("{} without being scheduled", told()));
                }
                self.ended.insert(run);
            }
            _ if self.live.contains_key(&run) => {}
            _ => self.violated(format!("{} without being scheduled", told())),
        }
    }

    fn scheduled(&mut self, event: &Event<'_>) {
        let (run, name) = (event.run, event.command.name());
        if run.0 <= self.last {
            self.violated(format!("run {run} of {name} has an id that was used"));
        }
        self.last = run.0;
        // One that never started may have left the queue, which nobody is told.
        let is_same = |live: &Command| live.same(event.command);
        self.live
            .retain(|_, (live, started)| *started || !is_same(live));
        if self.live.values().any(|(live, _)| is_same(live)) {
            self.violated(format!("{name} is scheduled while it runs"));
        }
        self.live.insert(run, (event.command.clone(), false));
    }

    fn violated(&mut self, what: String) {
        if self.violations.len() < MOST_VIOLATIONS {
            self.violations.push(what);
        }
    }
}

/// The runs at one moment, with their ancestors.
struct Family {
    runs: Vec<RunInfo>,
    parents: HashMap<RunId, Option<RunId>>,
    /// How many ancestors a run has.
    depths: HashMap<RunId, usize>,
}

impl Family {
    fn new(runs: Vec<RunInfo>) -> Self {
        let parents: HashMap<_, _> = runs.iter().map(|run| (run.id, run.parent)).collect();
        let mut family = Self {
            runs,
            parents,
            depths: HashMap::new(),
        };
        let depth = |run: &RunInfo| (run.id, family.ancestors(run.id).count());
        family.depths = family.runs.iter().map(depth).collect();
        family
    }

    fn ancestors(&self, run: RunId) -> impl Iterator<Item = RunId> {
        let parent = |run: &RunId| self.parents.get(run).copied().flatten();
        std::iter::successors(parent(&run), parent)
    }

    fn running(&self) -> impl Iterator<Item = &RunInfo> {
        self.runs.iter().filter(|run| run.running)
    }

    fn check(&self, seen: &mut Seen) {
        for run in &self.runs {
            if !run.command.is_running() {
                seen.violated(format!("{} does not know that it runs", named(run)));
            }
            if let Some(parent) = run.parent
                && !self.parents.contains_key(&parent)
            {
                seen.violated(format!("{} outlives its parent, run {parent}", named(run)));
            }
        }
        let running: Vec<&RunInfo> = self.running().collect();
        for (index, a) in running.iter().enumerate() {
            for b in &running[index + 1..] {
                if a.command.same(&b.command) {
                    seen.violated(format!("{} runs twice", named(a)));
                }
                let related = || {
                    self.ancestors(b.id).any(|run| run == a.id)
                        || self.ancestors(a.id).any(|run| run == b.id)
                };
                if a.command.conflicts_with(&b.command) && !related() {
                    seen.violated(format!("{} and {} share a mechanism", named(a), named(b)));
                }
            }
        }
    }

    /// The innermost run that requires a mechanism owns it, and that is what was told.
    fn check_owners(&self, scheduler: &Scheduler, seen: &mut Seen) {
        for name in scheduler.mechanisms().names() {
            let Some(mechanism) = scheduler.mechanisms().find(name) else {
                continue;
            };
            let requires = |run: &&RunInfo| run.command.requirements().contains(mechanism);
            let holders = self.running().filter(requires);
            let innermost = holders.max_by_key(|run| self.depths[&run.id]);
            let innermost = innermost.map(|run| run.id);
            let (owner, told) = (scheduler.owner(mechanism), seen.owners.get(&mechanism));
            if owner != innermost || told.copied() != innermost {
                seen.violated(format!(
                    "`{name}` should be owned by {innermost:?}, is by {owner:?}, was told {told:?}"
                ));
            }
        }
    }
}

fn named(run: &RunInfo) -> String {
    format!("{} (run {})", run.command.name(), run.id)
}
