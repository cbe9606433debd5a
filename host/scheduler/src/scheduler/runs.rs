//! The runs that exist, and who forked whom.
//!
//! Plain data: no rule is applied here and nothing is told to anybody.

use std::time::Duration;

use super::Limits;
use super::forked::Forked;
use super::waits::{AwaitState, Waiters};
use crate::{Answer, Claim, Command, Coroutine, Outcome, RunId, Signal, Supplier};

/// A run, for as long as it lives; stale from then on, even when its slot is used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Key {
    // First, so that keys are ordered by age.
    pub(super) id: RunId,
    pub(super) slot: usize,
}

/// One execution of a command.
pub(super) struct Run {
    pub(super) id: RunId,
    pub(super) command: Command,
    pub(super) parent: Option<Key>,
    pub(super) scope: Scope,
    pub(super) stage: Stage,
    /// None until it is resumed for the first time, and while it cleans up.
    pub(super) coroutine: Option<Box<dyn Coroutine>>,
    pub(super) wait: Wait,
    /// Whether it is in a list of runs that are due a turn.
    pub(super) listed: bool,
    /// Highest priority of its own and its ancestors'.
    pub(super) effective_priority: i32,
    /// How many ancestors it has.
    pub(super) depth: usize,
    pub(super) cancel_on_fork_failure: bool,
    /// A periodic function rather than a command.
    pub(super) periodic: bool,
    /// The tick in which it was last pre-empted, and the number of such ticks in a row.
    pub(super) preempted: (u64, u32),
    /// Requests served, and in which tick.
    pub(super) asks: (u64, u32),
    /// In which tick it was last told that something was refused.
    pub(super) refused: Option<u64>,
    /// Whether bindings or default commands are scoped to it.
    pub(super) has_scoped: bool,
    /// What those who wait for it are told when it is canceled.
    pub(super) canceled_as: Outcome,
    pub(super) waiters: Waiters,
    pub(super) forked: Forked,
    /// Whose share its requests, its waits and it itself are taken from: that of the supplier whose
    /// run started it, wherever above it that is; its own if it was none.
    pub(super) payer: Option<Supplier>,
    _claim: Option<Claim>,
    first_child: Option<Key>,
    last_child: Option<Key>,
    next_sibling: Option<Key>,
    previous_sibling: Option<Key>,
}

/// How far a run has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// Admitted; it becomes running with the next tick.
    Queued,
    /// Owns its mechanisms.
    Running,
    /// Is being taken apart.
    Ending,
}

/// Where something was made; it is undone when that ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Scope {
    Global,
    /// A stretch of an op mode, counted.
    OpMode(u64),
    /// A running command: the object rather than the run, so that a command which is running
    /// again before anybody looks keeps what it made.
    Command(Command),
}

/// What a run that is not being resumed waits for.
pub(super) enum Wait {
    /// Its first turn.
    Start,
    /// Its turn in the next tick.
    Turn,
    Timer(Duration),
    Condition {
        signal: Signal,
        deadline: Option<Duration>,
        _claim: Option<Claim>,
    },
    Forever,
    Await(AwaitState),
    /// Its turn in the next tick, in the middle of its body.
    Preempted(Answer),
}

#[derive(Default)]
pub(super) struct Runs {
    slots: Vec<Option<Run>>,
    free: Vec<usize>,
    len: usize,
    last_id: u64,
}

impl Run {
    /// In how many ticks in a row it may be pre-empted.
    pub(super) fn preemption_limit(&self, limits: &Limits) -> u32 {
        let limit = self.command.preemption_limit();
        limit.unwrap_or(limits.preemptions)
    }
}

impl Runs {
    /// Adds a queued run as the last child of its parent.
    pub(super) fn insert(
        &mut self,
        command: &Command,
        parent: Option<Key>,
        scope: Scope,
        claim: Option<Claim>,
    ) -> Key {
        self.last_id += 1;
        let id = RunId(self.last_id);
        let (mut priority, mut depth) = (command.priority(), 0);
        let payer = self.payer(command, parent).cloned();
        if let Some(parent) = parent.and_then(|parent| self.get(parent)) {
            priority = priority.max(parent.effective_priority);
            depth = parent.depth + 1;
        }
        let mut run = Run {
            id,
            command: command.clone(),
            parent,
            scope,
            stage: Stage::Queued,
            coroutine: None,
            wait: Wait::Start,
            listed: false,
            effective_priority: priority,
            depth,
            cancel_on_fork_failure: true,
            periodic: false,
            preempted: (0, 0),
            asks: (0, 0),
            refused: None,
            has_scoped: false,
            canceled_as: Outcome::Canceled,
            waiters: Waiters::default(),
            forked: Forked::default(),
            payer,
            _claim: claim,
            first_child: None,
            last_child: None,
            next_sibling: None,
            previous_sibling: None,
        };
        let slot = self.free.pop().unwrap_or(self.slots.len());
        let key = Key { id, slot };
        if let Some(parent) = parent {
            let last = self.get_mut(parent).and_then(|parent| {
                parent.first_child.get_or_insert(key);
                parent.last_child.replace(key)
            });
            run.previous_sibling = last;
            if let Some(last) = last.and_then(|last| self.get_mut(last)) {
                last.next_sibling = Some(key);
            }
        }
        if slot == self.slots.len() {
            self.slots.push(Some(run));
        } else {
            self.slots[slot] = Some(run);
        }
        self.len += 1;
        command.set_slot(Some(slot));
        key
    }

    /// Whose share a run of the command is taken from below this parent.
    pub(super) fn payer<'a>(
        &'a self,
        command: &'a Command,
        parent: Option<Key>,
    ) -> Option<&'a Supplier> {
        let parent = parent.and_then(|parent| self.get(parent));
        let above = parent.and_then(|parent| parent.payer.as_ref());
        above.or(command.supplier())
    }

    /// Takes a run out of its slot. Its children must be gone.
    pub(super) fn remove(&mut self, key: Key) -> Option<Run> {
        self.get(key)?;
        let run = self.slots[key.slot].take();
        self.free.push(key.slot);
        self.len -= 1;
        run
    }

    /// Takes a run out of its parent's list of children.
    pub(super) fn unlink(&mut self, key: Key) {
        let Some(run) = self.get_mut(key) else { return };
        let parent = run.parent;
        let (previous, next) = (run.previous_sibling.take(), run.next_sibling.take());
        if let Some(previous) = previous.and_then(|key| self.get_mut(key)) {
            previous.next_sibling = next;
        }
        if let Some(next) = next.and_then(|key| self.get_mut(key)) {
            next.previous_sibling = previous;
        }
        if let Some(parent) = parent.and_then(|key| self.get_mut(key)) {
            if parent.first_child == Some(key) {
                parent.first_child = next;
            }
            if parent.last_child == Some(key) {
                parent.last_child = previous;
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, key: Key) -> Option<&Run> {
        self.slots
            .get(key.slot)?
            .as_ref()
            .filter(|run| run.id == key.id)
    }

    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut Run> {
        self.slots
            .get_mut(key.slot)?
            .as_mut()
            .filter(|run| run.id == key.id)
    }

    /// The queued or running run of a command.
    pub(super) fn of(&self, command: &Command) -> Option<Key> {
        let slot = command.slot()?;
        let run = self.slots.get(slot)?.as_ref()?;
        run.command
            .same(command)
            .then_some(Key { id: run.id, slot })
    }

    pub(super) fn is_at(&self, key: Key, stage: Stage) -> bool {
        self.get(key).is_some_and(|run| run.stage == stage)
    }

    pub(super) fn first_child(&self, key: Key) -> Option<Key> {
        self.get(key)?.first_child
    }

    /// The nearest ancestors first.
    pub(super) fn ancestors(&self, key: Key) -> impl Iterator<Item = (Key, &Run)> {
        let mut next = self.get(key).and_then(|run| run.parent);
        std::iter::from_fn(move || {
            let key = next?;
            let run = self.get(key)?;
            next = run.parent;
            Some((key, run))
        })
    }

    /// The topmost of `key` and its ancestors that is not `parent` or an ancestor of it; none if
    /// `key` itself is one.
    pub(super) fn branch_below(&self, key: Key, parent: Option<Key>) -> Option<Key> {
        let mut branch = None;
        let (mut left, mut right) = (Some(key), parent);
        let depth = |key: Option<Key>| {
            key.and_then(|key| self.get(key))
                .map_or(0, |run| run.depth + 1)
        };
        // While everything is canceled, a parent may be gone before its child.
        let up = |key: Option<Key>| {
            let run = key.and_then(|key| self.get(key))?;
            run.parent.filter(|parent| self.get(*parent).is_some())
        };
        while depth(right) > depth(left) {
            right = up(right);
        }
        while left != right {
            branch = left;
            if depth(left) == depth(right) {
                right = up(right);
            }
            left = up(left);
        }
        branch
    }

    /// All runs, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, &Run)> {
        self.slots.iter().enumerate().filter_map(|(slot, run)| {
            let run = run.as_ref()?;
            Some((Key { id: run.id, slot }, run))
        })
    }

    /// The keys of all runs that fit, oldest first.
    pub(super) fn sorted(&self, fits: impl Fn(&Run) -> bool) -> Vec<Key> {
        let mut keys: Vec<Key> = self
            .iter()
            .filter(|(_, run)| fits(run))
            .map(|(key, _)| key)
            .collect();
        keys.sort_unstable();
        keys
    }
}
