//! What a person reads when the robot's run is over.

mod chart;
mod paint;
mod table;

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::{CommandStatistics, Distribution, Run, Statistics, Timeline};
use paint::{Paint, Painter, fit, grouped, short_time, width};
use table::{Align, Table};

/// The summary of a run: plain text, at most 100 columns wide, the same for equal input.
///
/// Show it with [`Display`](fmt::Display).
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// What was run.
    pub run: Run<'a>,
    /// The numbers.
    pub statistics: &'a Statistics,
    /// What ran when.
    pub timeline: &'a Timeline,
    /// What was scored: labels and values, as they are to be read.
    pub score: &'a [(String, String)],
    /// What there is to say about the recording: sentences.
    pub recording: &'a [String],
    /// Whether to colour it, with ANSI escapes.
    pub colours: bool,
}

/// Columns of text, between margins of two.
const WIDTH: usize = 96;

/// Commands and pairs of commands that are listed.
const MAX_LISTED: usize = 24;

impl Summary<'_> {
    fn title(&self, page: &mut Page) {
        let mut facts = format!("{} of robot time", short_time(self.statistics.end()));
        if let Some(seed) = self.run.seed {
            let _ = write!(facts, " · seed {seed}");
        }
        let name = fit(self.run.robot, WIDTH - width(&facts) - 3);
        let rule = "─".repeat(WIDTH - width(&name) - width(&facts) - 2);
        let line = [
            page.painter.paint(Paint::Strong, &name),
            page.painter.paint(Paint::Faint, &rule),
            facts,
        ];
        page.blank();
        page.line(&line.join(" "));
    }

    fn score(&self, page: &mut Page) {
        if self.score.is_empty() {
            return;
        }
        let labels = self.score.iter().map(|(label, _)| width(label)).max();
        let labels = labels.unwrap_or(0).min(40);
        let values = self.score.iter().map(|(_, value)| width(value)).max();
        let values = values.unwrap_or(0).min(WIDTH - labels - 9);
        let edge = "═".repeat(labels + values + 7);
        page.blank();
        page.line(&page.painter.paint(Paint::Good, &format!("╔{edge}╗")));
        let side = page.painter.paint(Paint::Good, "║");
        for (label, value) in self.score {
            let label = pad(&fit(label, labels), labels);
            let value = fit(value, values);
            let gap = " ".repeat(values - width(&value));
            let value = page.painter.paint(Paint::Strong, &value);
            page.line(&format!("{side}  {label}   {gap}{value}  {side}"));
        }
        page.line(&page.painter.paint(Paint::Good, &format!("╚{edge}╝")));
    }

    fn chart(&self, page: &mut Page) {
        let end = self.statistics.end();
        let lines = chart::draw(self.timeline, end, WIDTH, page.painter);
        if !lines.is_empty() {
            page.heading("What ran when");
            for line in lines {
                page.line(&line);
            }
        }
    }

    fn commands(&self, page: &mut Page, commands: &[CommandStatistics]) {
        if commands.is_empty() {
            return;
        }
        page.heading("Commands");
        let mut sorted: Vec<_> = commands.iter().collect();
        sorted.sort_by(|a, b| b.run_time.cmp(&a.run_time).then(a.name.cmp(&b.name)));
        let mut table = Table::new(WIDTH);
        table.column("", Align::Left, Paint::Plain);
        table.column("runs", Align::Right, Paint::Plain);
        table.column("run time", Align::Right, Paint::Plain);
        let counts = outcome_columns(commands);
        for count in &counts {
            table.column(count.title, Align::Right, count.paint);
        }
        let timed = commands.iter().any(|command| !command.body_time.is_zero());
        if timed {
            table.column("body time", Align::Right, Paint::Plain);
        }
        for command in sorted.iter().take(MAX_LISTED) {
            let mut cells = vec![
                command.name.to_string(),
                grouped(command.runs),
                short_time(command.run_time),
            ];
            cells.extend(counts.iter().map(|count| match (count.of)(command) {
                0 => "·".to_owned(),
                n => grouped(n),
            }));
            if timed {
                cells.push(short_time(command.body_time));
            }
            table.row(cells);
        }
        page.table(&table);
        page.unlisted(sorted.len(), "commands that ran for less time");
    }

    fn preemptions(&self, page: &mut Page, commands: &[CommandStatistics]) {
        let mut guilty: Vec<_> = commands.iter().filter(|c| c.preemptions > 0).collect();
        if guilty.is_empty() {
            return;
        }
        page.heading("Pre-emptions: bodies that did not yield within their time slice");
        guilty.sort_by(|a, b| b.preemptions.cmp(&a.preemptions).then(a.name.cmp(&b.name)));
        let mut table = Table::new(WIDTH);
        table.column("", Align::Left, Paint::Warning);
        table.column("times", Align::Right, Paint::Plain);
        table.column("most in a row", Align::Right, Paint::Plain);
        for command in guilty.iter().take(MAX_LISTED) {
            table.row(vec![
                command.name.to_string(),
                grouped(command.preemptions),
                command.worst_preemption.to_string(),
            ]);
        }
        page.table(&table);
        page.unlisted(guilty.len(), "commands");
    }

    fn interruptions(&self, page: &mut Page) {
        let mut pairs: Vec<_> = self.statistics.interruptions().iter().collect();
        if pairs.is_empty() {
            return;
        }
        page.heading("Interruptions: who lost a mechanism to whom");
        pairs.sort_by(|a, b| {
            let by_name = (&a.command, &a.by).cmp(&(&b.command, &b.by));
            b.count.cmp(&a.count).then(by_name)
        });
        let mut table = Table::new(WIDTH);
        table.column("", Align::Left, Paint::Plain);
        table.column("", Align::Left, Paint::Plain);
        table.column("", Align::Right, Paint::Plain);
        for pair in pairs.iter().take(MAX_LISTED) {
            table.row(vec![
                pair.command.to_string(),
                format!("to {}", pair.by),
                format!("× {}", grouped(pair.count)),
            ]);
        }
        page.table(&table);
        page.unlisted(pairs.len(), "pairs");
    }

    fn refused_starts(&self, page: &mut Page) {
        let mut refused: Vec<_> = self.statistics.refused_starts().iter().collect();
        if refused.is_empty() {
            return;
        }
        page.heading("Refused starts: what was to start and did not");
        refused.sort_by(|a, b| b.times.cmp(&a.times).then(a.command.cmp(&b.command)));
        let mut table = Table::new(WIDTH);
        table.column("", Align::Left, Paint::Warning);
        table.column("as", Align::Left, Paint::Plain);
        table.column("because", Align::Left, Paint::Plain);
        table.column("times", Align::Right, Paint::Plain);
        table.column("ticks", Align::Right, Paint::Plain);
        for start in refused.iter().take(MAX_LISTED) {
            table.row(vec![
                start.command.to_string(),
                start.source.name().to_owned(),
                match &start.by {
                    Some(by) => format!("{}: {by}", start.reason),
                    None => start.reason.to_owned(),
                },
                grouped(start.times),
                grouped(start.ticks),
            ]);
        }
        page.table(&table);
        page.unlisted(refused.len(), "refused starts");
    }

    fn quarantines(&self, page: &mut Page) {
        let quarantines = self.statistics.quarantines();
        if quarantines.is_empty() {
            return;
        }
        page.heading("Quarantines: plugins that failed too often");
        let mut table = Table::new(WIDTH);
        table.column("", Align::Left, Paint::Bad);
        table.column("times", Align::Right, Paint::Plain);
        table.column("time", Align::Right, Paint::Plain);
        for quarantined in quarantines {
            table.row(vec![
                quarantined.plugin.to_string(),
                grouped(quarantined.times.into()),
                quarantined.time.map_or("for good".to_owned(), short_time),
            ]);
        }
        page.table(&table);
    }

    fn incidents(&self, page: &mut Page) {
        let incidents = self.timeline.incidents();
        if incidents.is_empty() {
            return;
        }
        page.heading("Faults");
        for incident in incidents {
            let time = format!("{:>9.3} s  ", incident.time.as_secs_f64());
            let mut lines = wrapped(&incident.text, WIDTH - width(&time));
            let first = page.painter.paint(Paint::Bad, &lines.remove(0));
            page.line(&format!("{time}{first}"));
            for line in lines {
                page.line(&format!("{}{line}", " ".repeat(width(&time))));
            }
        }
        let more = self.timeline.unlisted_incidents();
        if more > 0 {
            page.line(&format!("… and {} more", grouped(more)));
        }
    }

    fn loop_timing(&self, page: &mut Page) {
        let statistics = self.statistics;
        page.heading("Loop");
        let ticks = grouped(statistics.ticks());
        let period = short_time(self.run.period);
        if statistics.work().count() == 0 {
            page.line(&format!(
                "{ticks} ticks of {period} in virtual time: as fast as it goes, and the same for \
                 the same seed."
            ));
        } else {
            let late = match statistics.late_ticks() {
                0 => page.painter.paint(Paint::Good, "none of them late"),
                n => {
                    let text = format!("{} of them late", grouped(n));
                    page.painter.paint(Paint::Bad, &text)
                }
            };
            page.line(&format!("{ticks} ticks of {period} in real time, {late}."));
            if let Some(worst) = statistics.worst_late_tick() {
                for line in wrapped(&format!("The worst: {worst}."), WIDTH) {
                    page.line(&line);
                }
            }
            page.blank();
            let mut table = Table::new(WIDTH);
            table.column("", Align::Left, Paint::Plain);
            for title in ["mean", "median", "99 %", "99.9 %", "longest"] {
                table.column(title, Align::Right, Paint::Plain);
            }
            table.row(distribution("from tick to tick", statistics.period()));
            table.row(distribution("work in a tick", statistics.work()));
            if statistics.bodies().max() > Duration::ZERO {
                table.row(distribution("of it, bodies", statistics.bodies()));
            }
            page.table(&table);
        }
        if statistics.dropped() > 0 {
            let text = format!(
                "{} events were lost, because they were not read in time: the numbers above are \
                 too small.",
                grouped(statistics.dropped())
            );
            page.line(&page.painter.paint(Paint::Warning, &text));
        }
    }

    fn recording(&self, page: &mut Page) {
        if self.recording.is_empty() {
            return;
        }
        page.heading("Recording");
        for sentence in self.recording {
            for line in wrapped(sentence, WIDTH) {
                page.line(&page.painter.paint(Paint::Warning, &line));
            }
        }
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut page = Page {
            text: String::new(),
            painter: Painter::new(self.colours),
        };
        let commands = self.statistics.commands();
        self.title(&mut page);
        self.score(&mut page);
        self.chart(&mut page);
        self.commands(&mut page, &commands);
        self.preemptions(&mut page, &commands);
        self.interruptions(&mut page);
        self.refused_starts(&mut page);
        self.quarantines(&mut page);
        self.incidents(&mut page);
        self.loop_timing(&mut page);
        self.recording(&mut page);
        f.write_str(&page.text)
    }
}

/// The text so far.
struct Page {
    text: String,
    painter: Painter,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(format!("  {line}").trim_end());
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.blank();
        let heading = self.painter.paint(Paint::Heading, heading);
        self.line(&heading);
        self.blank();
    }

    fn table(&mut self, table: &Table) {
        for line in table.lines(self.painter) {
            self.line(&line);
        }
    }

    fn unlisted(&mut self, count: usize, what: &str) {
        if count > MAX_LISTED {
            self.line(&format!("… and {} more {what}", count - MAX_LISTED));
        }
    }
}

/// A column of counts under the mark of the chart, which is left out if all are zero.
struct CountColumn {
    title: &'static str,
    paint: Paint,
    of: fn(&CommandStatistics) -> u64,
}

fn outcome_columns(commands: &[CommandStatistics]) -> Vec<CountColumn> {
    let column = |title, paint, of| CountColumn { title, paint, of };
    let mut columns = vec![
        column("✓", Paint::Good, |c| c.outcomes.completed),
        column("○", Paint::Faint, |c| c.outcomes.canceled),
        column("◆", Paint::Warning, |c| c.outcomes.interrupted),
        column("✗", Paint::Bad, |c| c.outcomes.failed),
        column("→", Paint::Plain, |c| c.running),
        column("▒", Paint::Warning, |c| c.preemptions),
    ];
    columns.retain(|column| commands.iter().any(|command| (column.of)(command) > 0));
    columns
}

fn distribution(title: &str, distribution: &Distribution) -> Vec<String> {
    let times = [
        distribution.mean(),
        distribution.quantile(0.5),
        distribution.quantile(0.99),
        distribution.quantile(0.999),
        distribution.max(),
    ];
    let mut cells = vec![title.to_owned()];
    cells.extend(times.map(short_time));
    cells
}

fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// At most this many lines of an incident are shown.
const MAX_LINES: usize = 3;

/// Text in lines of at most this width, whatever lines it had. Never empty.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = fit(&words.join(" "), columns * MAX_LINES);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let word: Vec<char> = word.chars().collect();
        for piece in word.chunks(columns) {
            let line = lines.last_mut().expect("there is a first line");
            if !line.is_empty() && width(line) + 1 + piece.len() > columns {
                lines.push(piece.iter().collect());
            } else {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.extend(piece);
            }
        }
    }
    lines
}
