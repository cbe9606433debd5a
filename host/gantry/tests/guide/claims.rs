//! What the text says about a trace.
//!
//! `A scheduled < B completed = A completed`: these happen in this order, `<` in a later tick, `=` in the same
//! one. `never A scheduled`: this does not happen at all. A text in quotation marks is one that is logged; within
//! a tick, it has an order only among others.

use super::trace::{Moment, Trace};

/// Says why a claim is wrong.
pub(crate) fn check(claim: &str, trace: &Trace) -> Result<(), String> {
    if let Some(what) = claim.strip_prefix("never ") {
        return match trace.moments.iter().find(|moment| is(moment, what)) {
            Some(moment) => Err(format!("`{what}` happens in tick {}", moment.tick)),
            None => Ok(()),
        };
    }
    let mut before: Option<(usize, &Moment)> = None;
    for (step, what) in steps(claim) {
        let found = trace.moments.iter().enumerate().find(|(index, moment)| {
            let fits = match before {
                None => true,
                Some((_, last)) if step == '<' => moment.tick > last.tick,
                Some((at, last)) => {
                    let is_ordered = (moment.what == "says") == (last.what == "says");
                    moment.tick == last.tick && (*index > at || !is_ordered)
                }
            };
            fits && is(moment, what)
        });
        before = Some(found.ok_or_else(|| format!("`{what}` does not happen then"))?);
    }
    Ok(())
}

/// The steps of a claim, each with how it follows the one before.
fn steps(claim: &str) -> Vec<(char, &str)> {
    let mut steps = Vec::new();
    let (mut rest, mut step) = (claim, '<');
    loop {
        let next = [" < ", " = "]
            .iter()
            .filter_map(|sign| rest.find(sign))
            .min();
        let Some(at) = next else { break };
        steps.push((step, &rest[..at]));
        step = if rest[at..].starts_with(" < ") {
            '<'
        } else {
            '='
        };
        rest = &rest[at + 3..];
    }
    steps.push((step, rest));
    steps
}

fn is(moment: &Moment, what: &str) -> bool {
    match what
        .strip_prefix('"')
        .and_then(|what| what.strip_suffix('"'))
    {
        Some(text) => moment.what == "says" && moment.said == text,
        None => what.rsplit_once(' ') == Some((&moment.command, &moment.what)),
    }
}
