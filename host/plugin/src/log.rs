//! Lines that guests write for people.

use std::sync::Arc;

use gantry_scheduler::RunId;

use crate::escape::escape_line;

/// Bytes of one line; longer ones are cut.
pub const MAX_LINE_BYTES: usize = 4096;

/// Of lines that are dropped together, the bytes that are looked at to count them.
const MAX_COUNTED_BYTES: usize = 16 << 10;

/// Where log lines go.
pub trait LogSink: Send + Sync {
    /// Takes one line. It is called in the middle of a tick, so it MUST be quick and MUST NOT
    /// block.
    fn line(&self, line: &LogLine<'_>);
}

/// One line of a guest. It contains no control characters: they are written as `\u{1b}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// Who wrote it.
    pub plugin: &'a str,
    /// The command's name in telemetry; empty while the plugin is loaded.
    pub command: &'a str,
    /// The run; none while the plugin is loaded.
    pub run: Option<RunId>,
    /// How important it is.
    pub level: Level,
    /// What it says.
    pub text: &'a str,
}

/// How important a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Of use while something is being written.
    Trace,
    /// Of use while something is being searched.
    Debug,
    /// What usually happens.
    Info,
    /// What should not happen.
    Warn,
    /// What must not happen.
    Error,
}

/// Which of a guest's two output streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
}

/// The lines of one run: bounded in length and in number, and free of control characters.
pub(crate) struct RunLog {
    sink: Arc<dyn LogSink>,
    plugin: Arc<str>,
    command: Arc<str>,
    run: Option<RunId>,
    lines_per_tick: u32,
    tick: u64,
    lines: u32,
    dropped: u64,
    /// Whether there were more than that, which nobody has counted.
    uncounted: bool,
    /// Beginnings of lines that are not complete yet, of standard output and standard error.
    partial: [Vec<u8>; 2],
    /// The last line of level error that told of a panic.
    panic: Option<String>,
}

impl RunLog {
    pub(crate) fn new(sink: Arc<dyn LogSink>, plugin: Arc<str>, lines_per_tick: u32) -> Self {
        Self {
            sink,
            plugin,
            command: Arc::from(""),
            run: None,
            lines_per_tick,
            tick: 0,
            lines: 0,
            dropped: 0,
            uncounted: false,
            partial: [Vec::new(), Vec::new()],
            panic: None,
        }
    }

    /// From now on lines belong to this run.
    pub(crate) fn belongs_to(&mut self, command: Arc<str>, run: RunId) {
        self.command = command;
        self.run = Some(run);
    }

    /// Writes an entry of one or more lines.
    pub(crate) fn entry(&mut self, tick: u64, level: Level, message: &str) {
        if level == Level::Error && message.starts_with("panicked at ") {
            let lines: Vec<String> = message
                .lines()
                .take(8)
                .map(|line| visible(line.as_bytes()))
                .collect();
            self.panic = Some(lines.join("\n"));
        }
        self.begin(tick);
        let mut rest = message.as_bytes();
        for line in message.split_inclusive('\n') {
            if self.is_full() {
                self.drop_lines(rest);
                break;
            }
            rest = &rest[line.len()..];
            self.line(level, without_break(line.as_bytes()));
        }
    }

    /// Takes a piece of output; whole lines are written.
    pub(crate) fn output(&mut self, tick: u64, stream: Stream, bytes: &[u8]) {
        self.begin(tick);
        let whole = bytes.iter().rposition(|&byte| byte == b'\n');
        let (mut lines, beginning) = bytes.split_at(whole.map_or(0, |last| last + 1));
        while let Some(end) = lines.iter().position(|&byte| byte == b'\n') {
            let mut line = std::mem::take(&mut self.partial[stream as usize]);
            if self.is_full() {
                self.drop_lines(lines);
                break;
            }
            append(&mut line, &lines[..end]);
            self.line(stream.level(), line.strip_suffix(b"\r").unwrap_or(&line));
            lines = &lines[end + 1..];
        }
        append(&mut self.partial[stream as usize], beginning);
    }

    /// Writes lines that were never ended. The run is over.
    pub(crate) fn finish(&mut self, tick: u64) {
        self.begin(tick);
        for stream in [Stream::Out, Stream::Err] {
            let line = std::mem::take(&mut self.partial[stream as usize]);
            if line.is_empty() {
                continue;
            }
            match self.is_full() {
                true => self.drop_lines(&line),
                false => self.line(stream.level(), &line),
            }
        }
        self.tell_dropped();
    }

    /// What the guest said last about a panic.
    pub(crate) fn take_panic(&mut self) -> Option<String> {
        self.panic.take()
    }

    /// What is written from now on belongs to this tick.
    fn begin(&mut self, tick: u64) {
        if tick != self.tick {
            self.tick = tick;
            self.lines = 0;
            self.tell_dropped();
        }
    }

    fn is_full(&self) -> bool {
        self.lines >= self.lines_per_tick
    }

    fn line(&mut self, level: Level, line: &[u8]) {
        self.lines += 1;
        self.send(level, &visible(line));
    }

    /// Counts lines that nobody will see. How many there are is up to the guest, and this is in the
    /// middle of a tick, so that only the first of them are looked at.
    fn drop_lines(&mut self, lines: &[u8]) {
        let counted = &lines[..lines.len().min(MAX_COUNTED_BYTES)];
        let breaks = counted.iter().filter(|&&byte| byte == b'\n').count();
        let unended = !counted.ends_with(b"\n");
        self.dropped += breaks as u64 + u64::from(unended);
        self.uncounted |= counted.len() < lines.len();
    }

    fn tell_dropped(&mut self) {
        if self.dropped > 0 {
            let least = if self.uncounted { "at least " } else { "" };
            let text = format!(
                "{least}{} more lines were dropped: too many in one tick",
                self.dropped
            );
            self.dropped = 0;
            self.uncounted = false;
            self.send(Level::Warn, &text);
        }
    }

    fn send(&self, level: Level, text: &str) {
        self.sink.line(&LogLine {
            plugin: &self.plugin,
            command: &self.command,
            run: self.run,
            level,
            text,
        });
    }
}

impl Stream {
    fn level(self) -> Level {
        match self {
            Stream::Out => Level::Info,
            Stream::Err => Level::Warn,
        }
    }
}

/// A line without the break that ends it.
fn without_break(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}

/// Adds to a line what it has room for, plus a byte, which tells that something is missing.
fn append(line: &mut Vec<u8>, bytes: &[u8]) {
    let room = (MAX_LINE_BYTES + 1).saturating_sub(line.len());
    line.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// The bytes as one line in which nothing is invisible, cut to [`MAX_LINE_BYTES`] of its own.
pub(crate) fn visible(bytes: &[u8]) -> String {
    let cut = bytes.len() > MAX_LINE_BYTES;
    let mut visible = escape_line(&bytes[..bytes.len().min(MAX_LINE_BYTES)]);
    if cut {
        visible.push('…');
    }
    visible
}

/// A text of several lines, each as [`visible`] makes it.
pub(crate) fn visible_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| visible(line.as_bytes())).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Lines(Mutex<Vec<(Level, String)>>);

    impl LogSink for Lines {
        fn line(&self, line: &LogLine<'_>) {
            self.0
                .lock()
                .unwrap()
                .push((line.level, line.text.to_owned()));
        }
    }

    fn run_log(lines_per_tick: u32) -> (Arc<Lines>, RunLog) {
        let lines = Arc::new(Lines::default());
        let log = RunLog::new(lines.clone(), Arc::from("arm"), lines_per_tick);
        (lines, log)
    }

    fn texts(lines: &Lines) -> Vec<String> {
        lines
            .0
            .lock()
            .unwrap()
            .iter()
            .map(|(_, text)| text.clone())
            .collect()
    }

    #[test]
    fn output_is_written_line_by_line() {
        let (lines, mut log) = run_log(10);
        log.output(0, Stream::Out, b"one\ntw");
        log.output(0, Stream::Err, b"oops\r\n");
        log.output(0, Stream::Out, b"o\nthree");
        log.finish(0);
        let expected = [
            (Level::Info, "one".to_owned()),
            (Level::Warn, "oops".to_owned()),
            (Level::Info, "two".to_owned()),
            (Level::Info, "three".to_owned()),
        ];
        assert_eq!(*lines.0.lock().unwrap(), expected);
    }

    #[test]
    fn terminal_escapes_are_made_visible() {
        let (lines, mut log) = run_log(10);
        log.entry(0, Level::Info, "\u{1b}[31mred\u{7} \u{202e}evil");
        assert_eq!(texts(&lines), ["\\u{1b}[31mred\\u{7} \\u{202e}evil"]);
    }

    #[test]
    fn a_flood_is_cut_per_tick_and_told_once() {
        let (lines, mut log) = run_log(2);
        for _ in 0..5 {
            log.entry(0, Level::Info, "flood");
        }
        log.entry(1, Level::Info, "calm");
        let told = "3 more lines were dropped: too many in one tick";
        assert_eq!(texts(&lines), ["flood", "flood", told, "calm"]);
    }

    #[test]
    fn of_a_flood_in_one_entry_only_the_beginning_is_counted() {
        let told = |message: &str| {
            let (lines, mut log) = run_log(2);
            log.entry(0, Level::Info, message);
            log.output(0, Stream::Out, b"more\nand\nmore");
            log.finish(0);
            texts(&lines).pop().unwrap()
        };
        let because = "more lines were dropped: too many in one tick";
        assert_eq!(told("1\n2\r\n3\n\n5"), format!("6 {because}"));
        let flood = "\n".repeat(4 << 20);
        let least = MAX_COUNTED_BYTES + 3;
        assert_eq!(told(&flood), format!("at least {least} {because}"));
    }

    #[test]
    fn long_lines_are_cut() {
        let (lines, mut log) = run_log(10);
        log.output(0, Stream::Out, &vec![b'x'; 3 * MAX_LINE_BYTES]);
        log.output(0, Stream::Out, b"\nnext\n");
        let texts = texts(&lines);
        assert_eq!(texts[0].len(), MAX_LINE_BYTES + '…'.len_utf8());
        assert_eq!(texts[1], "next");
    }

    #[test]
    fn the_last_panic_is_kept() {
        let (_, mut log) = run_log(10);
        log.entry(0, Level::Info, "panicked at nothing");
        assert_eq!(log.take_panic(), None);
        log.entry(0, Level::Error, "panicked at src/lib.rs:3:5: no");
        assert_eq!(
            log.take_panic().as_deref(),
            Some("panicked at src/lib.rs:3:5: no")
        );
    }
}
