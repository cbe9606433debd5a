//! Plays vectors and says what is wrong.

use std::fmt::Write as _;

use anyhow::Result;
use clap::ValueEnum;
use gantry_scenario::{Event, Native, Played, Scenario, Trace, play};

use crate::side_by_side::side_by_side;
use crate::vector::{Expect, Vector};
use crate::wasm::WasmRuntime;

/// What the bodies of scripted commands are made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum BodyKind {
    /// Native async functions.
    Native,
    /// A guest in WebAssembly.
    Wasm,
    /// Each of the two; they have to agree.
    Both,
}

/// Plays vectors with one kind of bodies, or with both.
pub struct Judge {
    kind: BodyKind,
    wasm: Option<WasmRuntime>,
}

impl Judge {
    /// Sets up what it needs.
    pub fn new(kind: BodyKind) -> Result<Self> {
        let wasm = match kind {
            BodyKind::Native => None,
            BodyKind::Wasm | BodyKind::Both => Some(WasmRuntime::new()?),
        };
        Ok(Self { kind, wasm })
    }

    /// Everything that is wrong with a vector, as a text for people; none if nothing is. The error
    /// is what is wrong with the scenario.
    pub fn wrong(&self, vector: &Vector) -> Result<Option<String>> {
        let plays = self.play(&vector.scenario)?;
        let mut wrong = String::new();
        for (body, played) in &plays {
            for violation in &played.violations {
                let _ = writeln!(wrong, "{body} bodies: invariant violated: {violation}");
            }
            if let Some(expect) = &vector.expect
                && let Some(difference) = difference(expect, &played.trace, &vector.scenario)
            {
                let _ = writeln!(wrong, "{body} bodies: {difference}");
            }
        }
        if let [(a, first), (b, second)] = plays.as_slice()
            && let Some(tick) = first_difference(&first.trace, &second.trace, |_| true)
        {
            let _ = writeln!(
                wrong,
                "{a} and {b} bodies do not agree in tick {tick}\n{}",
                side_by_side(
                    (a, &lines(&first.trace, tick, |_| true)),
                    (b, &lines(&second.trace, tick, |_| true))
                )
            );
        }
        Ok((!wrong.is_empty()).then_some(wrong))
    }

    /// Plays a scenario with each kind of bodies that this judge is for.
    pub fn play(&self, scenario: &Scenario) -> Result<Vec<(&'static str, Played)>> {
        let mut plays = Vec::new();
        if self.kind != BodyKind::Wasm {
            plays.push(("native", play(scenario, Native::new)?));
        }
        if let Some(wasm) = &self.wasm {
            plays.push(("wasm", play(scenario, |setting| wasm.bodies(setting))?));
        }
        Ok(plays)
    }
}

/// The first tick in which a trace is not what was expected, side by side.
fn difference(expect: &Expect, actual: &Trace, scenario: &Scenario) -> Option<String> {
    let ticks = expect.before_tick.unwrap_or(scenario.ticks.len());
    let differs = |expected: &Trace| {
        let tick = first_difference(expected, actual, Event::is_in_vectors)?;
        (tick < ticks).then_some(tick)
    };
    // Of several traces that are right, the one that agrees the longest says most.
    let mut longest: Option<(usize, &Trace)> = None;
    for expected in expect.traces() {
        let tick = differs(expected)?;
        if longest.is_none_or(|(longest, _)| tick > longest) {
            longest = Some((tick, expected));
        }
    }
    let (tick, expected) = longest?;
    let mut text = format!("differ from the reference in tick {tick}\n");
    text.push_str(&side_by_side(
        ("expected", &lines(expected, tick, Event::is_in_vectors)),
        ("actual", &lines(actual, tick, Event::is_in_vectors)),
    ));
    Some(text)
}

/// The first tick in which the two are not the same; events that do not count are passed over.
fn first_difference(a: &Trace, b: &Trace, counts: impl Fn(&Event) -> bool) -> Option<usize> {
    let mut events = (
        a.events.iter().filter(|event| counts(event)),
        b.events.iter().filter(|event| counts(event)),
    );
    let in_events = loop {
        match (events.0.next(), events.1.next()) {
            (None, None) => break None,
            (Some(a), Some(b)) if a == b => {}
            (a, b) => break a.into_iter().chain(b).map(|event| event.tick).min(),
        }
    };
    let longer = a.ticks.len().max(b.ticks.len());
    let in_ticks = (0..longer).find(|tick| a.ticks.get(*tick) != b.ticks.get(*tick));
    in_events.into_iter().chain(in_ticks).min()
}

/// A tick's events and who is there at its end, a line each.
fn lines(trace: &Trace, tick: usize, counts: impl Fn(&Event) -> bool) -> Vec<String> {
    let events = trace.events.iter();
    let mut lines: Vec<String> = events
        .filter(|event| event.tick == tick && counts(event))
        .map(|event| event.to_string())
        .collect();
    lines.push("-- at the end of the tick".to_owned());
    match trace.ticks.get(tick) {
        None => lines.push("(there is no such tick)".to_owned()),
        Some(state) => {
            for name in &state.running {
                lines.push(match state.parents.get(name) {
                    None => format!("running {name}"),
                    Some(parent) => format!("running {name}, child of {parent}"),
                });
            }
            lines.extend(state.queued.iter().map(|name| format!("queued {name}")));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(expected: &str) -> Vector {
        let scenario = r#"{"period_ms":20,"mechanisms":[],
            "commands":{"a":{"requires":[],"priority":0,"body":[["yield"],["log","hello"]]}},
            "ticks":[{"schedule":["a"]},{}]}"#;
        let text = format!(
            r#"{{"name":"v","scenario":{scenario},"expect":{{"before_tick":null,"events":[
                [0,"scheduled","a"],{expected}],"ticks":[{{"running":["a"],"queued":[],"parents":{{}}}},
                {{"running":[],"queued":[],"parents":{{}}}}]}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_vector_passes_if_every_event_is_the_same() {
        let judge = Judge::new(BodyKind::Native).unwrap();
        let right = vector(r#"[1,"log","a","hello"],[1,"completed","a"]"#);
        assert_eq!(judge.wrong(&right).unwrap(), None);
    }

    #[test]
    fn the_first_tick_that_differs_is_shown_side_by_side() {
        let judge = Judge::new(BodyKind::Native).unwrap();
        let wrong = vector(r#"[1,"log","a","goodbye"],[1,"completed","a"]"#);
        let text = judge.wrong(&wrong).unwrap().expect("it is wrong");
        assert!(
            text.contains("differ from the reference in tick 1"),
            "{text}"
        );
        assert!(
            text.contains("log a goodbye") && text.contains("log a hello"),
            "{text}"
        );
        // An event too few or too many differs as well.
        let few = vector(r#"[1,"log","a","hello"]"#);
        assert!(judge.wrong(&few).unwrap().is_some());
    }

    #[test]
    fn nothing_is_expected_from_the_tick_on_where_the_reference_misbehaves() {
        let judge = Judge::new(BodyKind::Native).unwrap();
        let mut cut = vector(r#"[1,"log","a","goodbye"]"#);
        cut.expect.as_mut().unwrap().before_tick = Some(1);
        assert_eq!(judge.wrong(&cut).unwrap(), None);
        cut.expect.as_mut().unwrap().trace.events.clear();
        assert!(judge.wrong(&cut).unwrap().is_some(), "tick 0 still counts");
    }

    #[test]
    fn any_of_the_alternatives_will_do() {
        let judge = Judge::new(BodyKind::Native).unwrap();
        let right = vector(r#"[1,"log","a","hello"],[1,"completed","a"]"#);
        let mut other = vector(r#"[1,"log","a","goodbye"],[1,"completed","a"]"#);
        let expect = other.expect.as_mut().unwrap();
        expect.alternatives.push(right.expect.unwrap().trace);
        assert_eq!(judge.wrong(&other).unwrap(), None);
    }
}
