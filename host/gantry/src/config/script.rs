//! What people do on gamepads, as a script tells it, made into values in time.

use std::collections::BTreeMap;
use std::time::Duration;

use gantry_hardware::Value;

use super::{ScriptStep, Span};

/// An entry of a script.
pub(super) struct Action {
    pub(super) at: Duration,
    /// When it is let go. None: it lasts until the next action on the same channel.
    pub(super) end: Option<Duration>,
    pub(super) set: Vec<(String, Value)>,
    pub(super) span: Span,
}

/// The values that channels have from when on, in the order of time.
///
/// Of actions that last at the same time, the one that began last counts; when that is let go, the one
/// before still lasts. When the last of them is let go, the channel is at rest, which is told for a value
/// of its kind.
pub(super) fn play(actions: &[Action], at_rest: impl Fn(&str, &Value) -> Value) -> Vec<ScriptStep> {
    let mut channels: BTreeMap<&str, Vec<(usize, &Value)>> = BTreeMap::new();
    for (place, action) in actions.iter().enumerate() {
        for (channel, value) in &action.set {
            channels.entry(channel).or_default().push((place, value));
        }
    }
    // When, because of which action, and what; sorted in this order.
    let mut changes = Vec::new();
    for (channel, mut set) in channels {
        // Stable: of two that begin at the same moment, the later in the file counts.
        set.sort_by_key(|(place, _)| actions[*place].at);
        let rest = at_rest(channel, set[0].1);
        for (at, place, value) in changes_of(actions, &rest, &set) {
            changes.push((at, place, channel.to_owned(), value));
        }
    }
    changes.sort_by_key(|(at, place, ..)| (*at, *place));
    let mut steps: Vec<ScriptStep> = Vec::new();
    for (at, place, channel, value) in changes {
        let span = actions[place].span;
        match steps.last_mut() {
            Some(step) if step.at == at && step.span == span => step.set.push((channel, value)),
            _ => steps.push(ScriptStep {
                at,
                set: vec![(channel, value)],
                span,
            }),
        }
    }
    steps
}

/// What one channel shows from when on, and because of which action.
fn changes_of(
    actions: &[Action],
    rest: &Value,
    set: &[(usize, &Value)],
) -> Vec<(Duration, usize, Value)> {
    let starts = set.iter().map(|(place, _)| (actions[*place].at, *place));
    let ends = set
        .iter()
        .filter_map(|(place, _)| Some((actions[*place].end?, *place)));
    let mut moments: Vec<_> = starts.chain(ends).collect();
    moments.sort_unstable();
    let mut begin = set.iter().copied().peekable();
    let mut lasting: Vec<(usize, &Value)> = Vec::new();
    let mut changes: Vec<(Duration, usize, Value)> = Vec::new();
    for (now, place) in moments {
        while let Some((new, value)) = begin.next_if(|(new, _)| actions[*new].at <= now) {
            // One that has no end of its own ends with the next, and is the end of those before it.
            let endless = |(place, _): &(usize, &Value)| actions[*place].end.is_none();
            if actions[new].end.is_none() || lasting.last().is_some_and(endless) {
                lasting.clear();
            }
            lasting.push((new, value));
        }
        let over = |place: usize| actions[place].end.is_some_and(|end| end <= now);
        while lasting.pop_if(|(place, _)| over(*place)).is_some() {}
        let value = lasting.last().map_or(rest, |(_, value)| value).clone();
        match changes.last_mut() {
            Some((at, _, last)) if *at == now => *last = value,
            _ => changes.push((now, place, value)),
        }
    }
    changes
}
