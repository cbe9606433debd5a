//! Combinators that remember: edges, debounce, multi-press.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Edge, Node, Signal};
use crate::Tick;

/// A signal that is computed from another one once per tick, and keeps its value for the rest of it.
pub(super) struct Memory {
    of: Signal,
    state: Mutex<State>,
}

struct State {
    /// Number and value of the tick that was sampled last.
    seen: Option<(u64, Option<bool>)>,
    step: Step,
}

impl Memory {
    pub(super) fn new(of: Signal, step: Step) -> Self {
        Self {
            of,
            state: Mutex::new(State { seen: None, step }),
        }
    }

    /// No step leaves the state half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Node for Memory {
    fn look(&self, tick: Tick) -> Option<bool> {
        let mut state = self.lock();
        if let Some((number, value)) = state.seen
            && number == tick.number
        {
            return value;
        }
        let now = self.of.look(tick);
        let value = state.step.take(now, tick.time);
        state.seen = Some((tick.number, value));
        value
    }

    fn undelayed(&self, tick: Tick) -> Option<bool> {
        let now = self.of.node.undelayed(tick);
        match self.lock().step {
            Step::Edge { rising: false, .. } => now.map(|value| !value),
            _ => now,
        }
    }

    fn begin_anew(&self) {
        self.of.begin_anew();
        let mut state = self.lock();
        state.seen = None;
        state.step.begin_anew();
    }
}

/// What is made of one value after the other. An unknown value gives an unknown one.
pub(super) enum Step {
    Edge {
        /// Whether becoming true counts, rather than becoming false.
        rising: bool,
        /// None before the first look.
        before: Option<Option<bool>>,
    },
    Debounce {
        time: Duration,
        edge: Edge,
        /// None before the first look.
        output: Option<bool>,
        /// When the value began to differ from the output.
        changed_at: Option<Duration>,
        /// Whether the first value stands for what was before.
        anew: bool,
    },
    MultiPress {
        count: usize,
        window: Duration,
        presses: VecDeque<Duration>,
        /// None where the first value stands for what was before.
        before: Option<bool>,
        active: bool,
    },
}

impl Step {
    pub(super) fn edge(rising: bool) -> Self {
        Self::Edge {
            rising,
            before: None,
        }
    }

    pub(super) fn debounce(time: Duration, edge: Edge) -> Self {
        Self::Debounce {
            time,
            edge,
            output: None,
            changed_at: None,
            anew: false,
        }
    }

    pub(super) fn multi_press(count: u32, window: Duration) -> Self {
        let count = count.max(1) as usize;
        Self::MultiPress {
            count,
            window,
            presses: VecDeque::with_capacity(count.min(8)),
            before: Some(false),
            active: false,
        }
    }

    fn begin_anew(&mut self) {
        match self {
            Step::Edge { before, .. } => *before = None,
            Step::Debounce {
                output,
                changed_at,
                anew,
                ..
            } => (*output, *changed_at, *anew) = (None, None, true),
            Step::MultiPress {
                presses,
                before,
                active,
                ..
            } => {
                presses.clear();
                (*before, *active) = (None, false);
            }
        }
    }

    fn take(&mut self, now: Option<bool>, time: Duration) -> Option<bool> {
        match self {
            Step::Edge { rising, before } => {
                let before = before.replace(now);
                let edge = match rising {
                    true => before.is_some_and(|before| before != Some(true)),
                    false => before == Some(Some(true)),
                };
                now.map(|now| edge && now == *rising)
            }
            Step::Debounce {
                time: delay,
                edge,
                output,
                changed_at,
                anew,
            } => {
                let Some(now) = now else {
                    // What was known before says nothing about what comes after.
                    (*output, *changed_at, *anew) = (None, None, true);
                    return None;
                };
                let output = output.get_or_insert(*edge == Edge::Falling && (now || !*anew));
                if now == *output {
                    *changed_at = None;
                    return Some(now);
                }
                let delayed = match edge {
                    Edge::Both => true,
                    Edge::Rising => now,
                    Edge::Falling => !now,
                };
                let since = *changed_at.get_or_insert(time);
                if !delayed || time.saturating_sub(since) >= *delay {
                    *output = now;
                    *changed_at = None;
                }
                Some(*output)
            }
            Step::MultiPress {
                count,
                window,
                presses,
                before,
                active,
            } => {
                let Some(now) = now else {
                    (*before, *active) = (Some(false), false);
                    return None;
                };
                if now && *before == Some(false) {
                    while presses
                        .front()
                        .is_some_and(|first| time.saturating_sub(*first) > *window)
                    {
                        presses.pop_front();
                    }
                    presses.push_back(time);
                    *active = presses.len() >= *count;
                    if *active {
                        presses.clear();
                    }
                }
                *active &= now;
                *before = Some(now);
                Some(*active)
            }
        }
    }
}
