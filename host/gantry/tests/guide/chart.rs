//! A trace as a picture and a list, both of characters.

use std::fmt::Write as _;

use super::trace::{Ending, Run, Trace};

/// Characters in a line of the list.
const WIDTH: usize = 100;

/// Rows are runs, columns ticks; each run stands below the one that started it. Then, what happens, in order.
pub(crate) fn draw(trace: &Trace) -> String {
    let mut rows = Vec::new();
    for root in children(&trace.runs, None) {
        add_rows(&trace.runs, root, "", "", &mut rows);
    }
    let widths = rows.iter().map(|(label, _)| label.chars().count());
    let width = widths.max().unwrap_or(0).max(8) + 2;
    let mut text = format!("{:<width$}{}\n", "tick", ruler(trace.end));
    for (label, run) in rows {
        let bar = bar(run, trace.end);
        let how = run.ending.as_ref().map_or("goes on", |ending| &ending.text);
        let columns = trace.end as usize + 3;
        writeln!(text, "{label:<width$}{bar:<columns$}{how}").unwrap();
    }
    text.push('\n');
    text.push_str(&list(trace));
    text
}

fn children(runs: &[Run], parent: Option<u64>) -> Vec<&Run> {
    runs.iter().filter(|run| run.parent == parent).collect()
}

/// A run and all below it, each with the lines that lead to it.
fn add_rows<'a>(
    runs: &'a [Run],
    run: &'a Run,
    lead: &str,
    below: &str,
    rows: &mut Vec<(String, &'a Run)>,
) {
    rows.push((format!("{lead}{}", run.name), run));
    let children = children(runs, Some(run.id));
    for (index, child) in children.iter().enumerate() {
        let (branch, trunk) = if index + 1 < children.len() {
            ("├ ", "│ ")
        } else {
            ("└ ", "  ")
        };
        let (lead, below) = (format!("{below}{branch}"), format!("{below}{trunk}"));
        add_rows(runs, child, &lead, &below, rows);
    }
}

/// Every tenth tick has its number.
fn ruler(end: u64) -> String {
    let mut ruler = String::new();
    for tick in (0..=end).step_by(10) {
        write!(ruler, "{tick:<10}").unwrap();
    }
    ruler.trim_end().to_owned()
}

fn bar(run: &Run, end: u64) -> String {
    let (until, mark) = match &run.ending {
        Some(Ending { tick, kind, .. }) => (
            *tick,
            match kind.as_str() {
                "completed" => '●',
                "failed" => '!',
                _ => '✕',
            },
        ),
        None => (end, '…'),
    };
    let before = " ".repeat(run.start as usize);
    let line = "─".repeat((until - run.start) as usize);
    format!("{before}{line}{mark}")
}

/// What happens, a line for each tick in which something does.
fn list(trace: &Trace) -> String {
    let mut text = String::new();
    for moments in trace.moments.chunk_by(|a, b| a.tick == b.tick) {
        let mut line = format!("{:<6}", moments[0].tick);
        let mut lines = Vec::new();
        for (index, moment) in moments.iter().enumerate() {
            let comma = if index + 1 < moments.len() { ", " } else { "" };
            let what = match moment.what.as_str() {
                "says" => format!("{} says \"{}\"{comma}", moment.command, moment.said),
                "refused" => format!("{} is refused a fork{comma}", moment.command),
                what => format!("{} {what}{comma}", moment.command),
            };
            if line.chars().count() + what.chars().count() > WIDTH {
                lines.push(std::mem::replace(&mut line, " ".repeat(6)));
            }
            line.push_str(&what);
        }
        lines.push(line);
        for line in lines {
            writeln!(text, "{}", line.trim_end()).unwrap();
        }
    }
    text
}
