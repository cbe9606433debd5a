//! A vector as a person would like to read it.

use std::fmt::{self, Write as _};

use gantry_scenario::{CommandSpec, Scenario, Step, Trace};
use gantry_script::Operation;

use crate::vector::Vector;

/// A vector's scenario and traces.
pub fn explain(vector: &Vector, actual: &[(&str, Trace)]) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write(&mut text, vector, actual);
    text
}

fn write(out: &mut String, vector: &Vector, actual: &[(&str, Trace)]) -> fmt::Result {
    let scenario = &vector.scenario;
    writeln!(out, "{}", vector.name)?;
    writeln!(out, "  a tick every {} ms", scenario.period_ms)?;
    writeln!(out, "  mechanisms {}", list(&scenario.mechanisms))?;
    for (name, command) in &scenario.commands {
        writeln!(out)?;
        command_spec(out, name, command)?;
    }
    if !scenario.defaults.is_empty() || !scenario.triggers.is_empty() {
        writeln!(out)?;
    }
    for (mechanism, command) in &scenario.defaults {
        writeln!(
            out,
            "  the default command of {mechanism} is {}",
            command.as_str().unwrap_or("?")
        )?;
    }
    for trigger in &scenario.triggers {
        writeln!(
            out,
            "  {} of {} starts {}",
            trigger.on, trigger.signal, trigger.command
        )?;
    }
    if let Some(expect) = &vector.expect {
        for (index, trace) in expect.traces().enumerate() {
            match index {
                0 => writeln!(out, "\nwhat the reference did")?,
                index => writeln!(out, "\nwhat it could as well have done ({index})")?,
            }
            timeline(out, scenario, trace)?;
        }
        if let Some(tick) = expect.before_tick {
            let bugs = expect.reference_bugs.join("; ");
            writeln!(
                out,
                "  from tick {tick} on the reference misbehaves: {bugs}"
            )?;
        }
    }
    for (body, trace) in actual {
        writeln!(out, "\nwhat we do, with {body} bodies")?;
        timeline(out, scenario, trace)?;
    }
    Ok(())
}

fn command_spec(out: &mut String, name: &str, command: &CommandSpec) -> fmt::Result {
    match command {
        CommandSpec::Body {
            requires,
            priority,
            runs_while_disabled,
            script,
        } => {
            write!(out, "  command {name}")?;
            if !requires.is_empty() {
                write!(out, ", requires {}", list(requires))?;
            }
            if *priority != 0 {
                write!(out, ", priority {priority}")?;
            }
            if *runs_while_disabled {
                write!(out, ", runs while disabled")?;
            }
            writeln!(out)?;
            operations(out, &script.body, 4)?;
            if !script.cleanup.is_empty() {
                writeln!(out, "    when canceled")?;
                operations(out, &script.cleanup, 6)?;
            }
            Ok(())
        }
        CommandSpec::Sequence(members) => {
            writeln!(
                out,
                "  command {name} is the sequence {}",
                members.join(" -> ")
            )
        }
        CommandSpec::Race(members) => {
            writeln!(
                out,
                "  command {name} is the race ({})",
                members.join(" | ")
            )
        }
        CommandSpec::Parallel { required, optional } => {
            write!(
                out,
                "  command {name} is the parallel ({})",
                required.join(" & ")
            )?;
            if !optional.is_empty() {
                write!(out, ", beside {}", optional.join(", "))?;
            }
            writeln!(out)
        }
        CommandSpec::Machine(machine) => {
            writeln!(
                out,
                "  command {name} is a state machine, from {}",
                machine.initial
            )?;
            for (state, command) in &machine.states {
                writeln!(out, "    {state} runs {}", command.as_str().unwrap_or("?"))?;
            }
            for transition in &machine.transitions {
                let from = match transition.from.is_empty() {
                    true => "any state".to_owned(),
                    false => list(&transition.from),
                };
                let to = transition.to.as_deref().unwrap_or("the end");
                match (&transition.when, &transition.when_complete_and) {
                    (Some(signal), _) => writeln!(out, "    {from} to {to} when {signal} rises")?,
                    (None, Some(signal)) => {
                        writeln!(out, "    {from} to {to} on completion if {signal}")?;
                    }
                    (None, None) => writeln!(out, "    {from} to {to} on completion")?,
                }
            }
            Ok(())
        }
    }
}

fn operations(out: &mut String, list: &[Operation], indent: usize) -> fmt::Result {
    use Operation as Op;
    let deeper = indent + 2;
    let pad = " ".repeat(indent);
    if list.is_empty() {
        writeln!(out, "{pad}nothing")?;
    }
    for operation in list {
        match operation {
            Op::If(signal, then, otherwise) => {
                writeln!(out, "{pad}if {signal}")?;
                operations(out, then, deeper)?;
                if !otherwise.is_empty() {
                    writeln!(out, "{pad}else")?;
                    operations(out, otherwise, deeper)?;
                }
            }
            Op::Repeat(times, body) => {
                writeln!(out, "{pad}{times} times")?;
                operations(out, body, deeper)?;
            }
            Op::While(signal, body) => {
                writeln!(out, "{pad}while {signal}")?;
                operations(out, body, deeper)?;
            }
            plain => {
                let parts: Vec<serde_json::Value> = plain.clone().into();
                let words = parts.iter().map(|part| match part.as_str() {
                    Some(text) => text.to_owned(),
                    None => part.to_string(),
                });
                writeln!(out, "{pad}{}", words.collect::<Vec<_>>().join(" "))?;
            }
        }
    }
    Ok(())
}

fn timeline(out: &mut String, scenario: &Scenario, trace: &Trace) -> fmt::Result {
    let mut events = trace.events.iter().peekable();
    for (tick, state) in trace.ticks.iter().enumerate() {
        writeln!(out, "  tick {tick}{}", step(scenario.ticks.get(tick)))?;
        while let Some(event) = events.next_if(|event| event.tick == tick) {
            writeln!(out, "      {event}")?;
        }
        let running = state
            .running
            .iter()
            .map(|name| match state.parents.get(name) {
                None => name.clone(),
                Some(parent) => format!("{name} (of {parent})"),
            });
        let running = running.collect::<Vec<_>>();
        writeln!(out, "    running {}", list(&running))?;
        if !state.queued.is_empty() {
            writeln!(out, "    queued {}", list(&state.queued))?;
        }
    }
    Ok(())
}

/// What is done before a tick, behind its number.
fn step(step: Option<&Step>) -> String {
    let Some(step) = step else {
        return String::new();
    };
    let mut done = Vec::new();
    if let Some(enabled) = step.enabled {
        done.push(if enabled { "enable" } else { "disable" }.to_owned());
    }
    done.extend(step.opmode.map(|opmode| match opmode {
        0 => "no op mode".to_owned(),
        opmode => format!("op mode {opmode}"),
    }));
    done.extend(
        step.set
            .iter()
            .map(|(signal, value)| format!("{signal} = {value}")),
    );
    done.extend(step.cancel.iter().map(|name| format!("cancel {name}")));
    if step.cancel_all {
        done.push("cancel all".to_owned());
    }
    done.extend(step.schedule.iter().map(|name| format!("schedule {name}")));
    match done.is_empty() {
        true => String::new(),
        false => format!(", after: {}", done.join(", ")),
    }
}

fn list(names: &[String]) -> String {
    match names.is_empty() {
        true => "nothing".to_owned(),
        false => names.join(", "),
    }
}
