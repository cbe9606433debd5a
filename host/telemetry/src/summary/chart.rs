//! The tree of commands over time, drawn with characters.

use std::time::Duration;

use crate::Timeline;
use crate::timeline::{Bar, Ending};

use super::paint::{Paint, Painter, fit, grouped, width};

/// Rows that are drawn; a tree that is larger is cut.
const MAX_ROWS: usize = 48;

/// Columns for a command's name with what leads to it.
const MIN_LABEL: usize = 12;
const MAX_LABEL: usize = 32;

/// Draws the chart, in lines of at most this width. Empty if nothing ran.
pub(super) fn draw(
    timeline: &Timeline,
    end: Duration,
    columns: usize,
    painter: Painter,
) -> Vec<String> {
    let mut rows = rows(timeline, end);
    if rows.is_empty() {
        return Vec::new();
    }
    let hidden = rows.len().saturating_sub(MAX_ROWS);
    rows.truncate(MAX_ROWS);

    let labels = rows.iter().map(|row| width(&row.tree) + width(&row.name));
    let labels = labels.max().unwrap_or(0).clamp(MIN_LABEL, MAX_LABEL);
    let counts = rows.iter().map(|row| width(&row.count())).max();
    let counts = counts.unwrap_or(0);
    let scale = Scale {
        end: end.max(Duration::from_nanos(1)),
        cells: columns - labels - counts - 4,
    };
    let indent = " ".repeat(labels + 2);

    let mut lines = Vec::new();
    let (numbers, ruler) = scale.axis();
    lines.push(format!("{indent}{}", painter.paint(Paint::Faint, &numbers)));
    if let Some(phases) = phases(timeline, &scale) {
        lines.push(format!("{indent}{}", painter.paint(Paint::Strong, &phases)));
    }
    lines.push(format!("{indent}{}", painter.paint(Paint::Faint, &ruler)));
    let mut used = Vec::new();
    for row in &rows {
        let tree = last_columns(&row.tree, labels - MIN_LABEL);
        let name = fit(&row.name, labels - width(&tree));
        let gap = labels + 2 - width(&tree) - width(&name);
        let cells = row.cells(&scale);
        let tree = painter.paint(Paint::Faint, &tree);
        let gap = " ".repeat(gap);
        let drawn = painted(&cells, painter);
        lines.push(format!("{tree}{name}{gap}{drawn}  {}", row.count()));
        used.extend(cells);
        // Marks that lie under others count too: the tables use them.
        used.extend(row.marks());
    }
    if hidden > 0 {
        lines.push(format!("… and {hidden} more rows"));
    }
    if timeline.rowless_runs() > 0 {
        let runs = grouped(timeline.rowless_runs());
        lines.push(format!(
            "… and {runs} more runs of too many different commands"
        ));
    }
    lines.push(String::new());
    lines.extend(legend(&used, columns, painter));
    lines
}

/// The end of a text, in at most this many columns.
fn last_columns(text: &str, columns: usize) -> String {
    match width(text).checked_sub(columns) {
        None | Some(0) => text.to_owned(),
        Some(cut) => text.chars().skip(cut).collect(),
    }
}

/// A row of the tree, ready to be drawn.
struct ChartRow {
    /// The lines that lead to it.
    tree: String,
    name: String,
    runs: u64,
    bars: Vec<Bar>,
    /// Bars of what it started.
    children: Vec<Bar>,
    preempted: Vec<Duration>,
}

/// The rows in the order in which they are drawn: each followed by what it started.
fn rows(timeline: &Timeline, end: Duration) -> Vec<ChartRow> {
    let mut bars = timeline.bars(end);
    let parents: Vec<_> = timeline.rows().iter().map(|row| row.parent).collect();
    let mut children = vec![Vec::new(); parents.len()];
    let mut roots = Vec::new();
    for (index, parent) in parents.iter().enumerate() {
        match parent {
            // A row of runs that never started says nothing.
            _ if bars[index].is_empty() => {}
            Some(parent) => children[*parent].push(index),
            None => roots.push(index),
        }
    }
    let mut drawn = Vec::new();
    // What is still to be drawn, with the lines that lead to it and those that lead below it.
    let mut left: Vec<_> = roots
        .into_iter()
        .rev()
        .map(|root| (root, String::new(), String::new()))
        .collect();
    while let Some((index, tree, below)) = left.pop() {
        let row = &timeline.rows()[index];
        let last = children[index].last().copied();
        for &child in children[index].iter().rev() {
            let (branch, trunk) = if Some(child) == last {
                ("└ ", "  ")
            } else {
                ("├ ", "│ ")
            };
            left.push((child, format!("{below}{branch}"), format!("{below}{trunk}")));
        }
        let own = std::mem::take(&mut bars[index]);
        let running = own.iter().filter(|bar| bar.ending == Ending::Running);
        drawn.push(ChartRow {
            tree,
            name: fit(&row.name, MAX_LABEL),
            runs: row.runs + running.count() as u64,
            // Children come later in the order, so that their bars are still there.
            children: children[index]
                .iter()
                .flat_map(|&child| bars[child].clone())
                .collect(),
            bars: own,
            preempted: row.preempted.clone(),
        });
    }
    drawn
}

/// What a cell of the chart shows, the weakest first: the strongest thing in it wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Cell {
    Empty,
    Waiting,
    Active,
    StillRunning,
    Completed,
    Canceled,
    Preempted,
    Interrupted,
    Failed,
}

impl Cell {
    fn glyph(self) -> (char, Paint) {
        match self {
            Cell::Empty => (' ', Paint::Plain),
            Cell::Waiting => ('─', Paint::Bar),
            Cell::Active => ('█', Paint::Bar),
            Cell::StillRunning => ('→', Paint::Bar),
            Cell::Completed => ('✓', Paint::Good),
            Cell::Canceled => ('○', Paint::Faint),
            Cell::Preempted => ('▒', Paint::Warning),
            Cell::Interrupted => ('◆', Paint::Warning),
            Cell::Failed => ('✗', Paint::Bad),
        }
    }

    fn mark(ending: Ending) -> Self {
        match ending {
            Ending::Running => Cell::StillRunning,
            Ending::Completed => Cell::Completed,
            Ending::Canceled => Cell::Canceled,
            Ending::Interrupted => Cell::Interrupted,
            Ending::Failed => Cell::Failed,
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Cell::Empty => "nothing",
            Cell::Waiting => "has children running",
            Cell::Active => "running",
            Cell::StillRunning => "still running",
            Cell::Completed => "completed",
            Cell::Canceled => "canceled",
            Cell::Preempted => "pre-empted",
            Cell::Interrupted => "interrupted",
            Cell::Failed => "failed",
        }
    }
}

impl ChartRow {
    fn count(&self) -> String {
        match self.runs {
            0 | 1 => String::new(),
            n => format!("× {}", grouped(n)),
        }
    }

    fn cells(&self, scale: &Scale) -> Vec<Cell> {
        let mut cells = vec![Cell::Empty; scale.cells];
        for bar in &self.bars {
            cells[scale.cell(bar.start)..=scale.cell(bar.end)].fill(Cell::Active);
        }
        for child in &self.children {
            for cell in &mut cells[scale.cell(child.start)..=scale.cell(child.end)] {
                *cell = (*cell).min(Cell::Waiting);
            }
        }
        for &time in &self.preempted {
            raise(&mut cells[scale.cell(time)], Cell::Preempted);
        }
        for bar in &self.bars {
            raise(&mut cells[scale.cell(bar.end)], Cell::mark(bar.ending));
        }
        cells
    }

    fn marks(&self) -> impl Iterator<Item = Cell> {
        let endings = self.bars.iter().map(|bar| Cell::mark(bar.ending));
        endings.chain(self.preempted.iter().map(|_| Cell::Preempted))
    }
}

fn raise(cell: &mut Cell, to: Cell) {
    *cell = (*cell).max(to);
}

fn painted(cells: &[Cell], painter: Painter) -> String {
    let mut line = String::new();
    for run in cells.chunk_by(|a, b| a.glyph().1 == b.glyph().1) {
        let text: String = run.iter().map(|cell| cell.glyph().0).collect();
        line.push_str(&painter.paint(run[0].glyph().1, &text));
    }
    line
}

/// What the marks mean, of those that are in use.
fn legend(used: &[Cell], columns: usize, painter: Painter) -> Vec<String> {
    let mut kinds = used.to_vec();
    kinds.sort();
    kinds.dedup();
    let mut lines = vec![(String::new(), 0)];
    for kind in kinds.into_iter().filter(|kind| *kind != Cell::Empty) {
        let (glyph, paint) = kind.glyph();
        let columns_of_entry = 2 + width(kind.meaning());
        let glyph = painter.paint(paint, &glyph.to_string());
        let entry = format!("{glyph} {}", kind.meaning());
        match lines.last_mut() {
            Some((line, taken)) if *taken + 3 + columns_of_entry <= columns => {
                if *taken > 0 {
                    line.push_str("   ");
                    *taken += 3;
                }
                line.push_str(&entry);
                *taken += columns_of_entry;
            }
            _ => lines.push((entry, columns_of_entry)),
        }
    }
    lines.into_iter().map(|(line, _)| line).collect()
}

/// The op modes, each named above its stretch of time.
fn phases(timeline: &Timeline, scale: &Scale) -> Option<String> {
    let phases = timeline.phases();
    if phases.is_empty() {
        return None;
    }
    let mut line: Vec<char> = vec![' '; scale.cells];
    for (index, phase) in phases.iter().enumerate() {
        let from = scale.cell(phase.start);
        let to = match phases.get(index + 1) {
            Some(next) => scale.cell(next.start),
            None => scale.cells,
        };
        let mode = phase.mode.name();
        let label = match phase.mode.opmode() {
            Some(opmode) => format!("{mode} · {opmode}"),
            None => mode.to_owned(),
        };
        line[from] = '▏';
        // A stretch that is too short for a few letters gets none.
        let room = to.saturating_sub(from + 2);
        if room >= 4 {
            for (offset, c) in fit(&label, room).chars().enumerate() {
                line[from + 1 + offset] = c;
            }
        }
    }
    Some(line.into_iter().collect())
}

/// Robot time to cells.
struct Scale {
    end: Duration,
    cells: usize,
}

/// Seconds between two numbers on the axis, and how many ticks are between them.
const STEPS: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0,
    120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0,
];

/// Cells between two numbers on the axis, at least.
const MIN_STEP: f64 = 8.0;

impl Scale {
    fn cell(&self, time: Duration) -> usize {
        let share = time.as_secs_f64() / self.end.as_secs_f64();
        ((share * self.cells as f64) as usize).min(self.cells - 1)
    }

    /// The numbers, and the ruler below them.
    fn axis(&self) -> (String, String) {
        let end = self.end.as_secs_f64();
        let fits = |step: &&f64| **step / end * self.cells as f64 >= MIN_STEP;
        let step = STEPS.iter().find(fits).copied().unwrap_or(end);
        let decimals = match step {
            _ if step < 0.01 => 3,
            _ if step < 0.1 => 2,
            _ if step < 1.0 => 1,
            _ => 0,
        };
        let mut numbers = vec![' '; self.cells];
        let mut ruler = vec!['─'; self.cells];
        let mut index = 0_u32;
        while f64::from(index) * step < end {
            let seconds = f64::from(index) * step;
            let text = format!("{seconds:.decimals$} s");
            let cell = self.cell(Duration::from_secs_f64(seconds));
            ruler[cell] = '┬';
            if cell + width(&text) <= self.cells {
                for (offset, c) in text.chars().enumerate() {
                    numbers[cell + offset] = c;
                }
            }
            index += 1;
        }
        let numbers: String = numbers.into_iter().collect();
        (numbers.trim_end().to_owned(), ruler.into_iter().collect())
    }
}
