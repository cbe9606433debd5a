//! The event stream as text: one JSON object per line. `docs/events.md` describes it.

mod line;

use crate::{Record, RecordKind, Run};
use line::Line;

/// Version of the format, as the header states it.
const VERSION: u32 = 1;

/// The beginning of every event stream, by which one is known.
pub const HEADER: &str = "{\"event\":\"header\",\"version\":";

/// What goes into the stream beyond the events of every run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct JsonlOptions {
    /// Every time a body is resumed and suspended.
    pub bodies: bool,
    /// Real time: how long bodies and ticks took, and by how much ticks were late. With it, no two
    /// runs give the same file.
    pub timings: bool,
}

/// Makes lines of JSON of records.
///
/// Equal runs give equal bytes: keys have one order, times are the robot's and have six decimals,
/// numbers are written in the shortest way that reads back the same.
#[derive(Debug)]
pub struct Jsonl {
    options: JsonlOptions,
    line: Vec<u8>,
}

impl Jsonl {
    /// An encoder that writes what these options want.
    pub fn new(options: JsonlOptions) -> Self {
        Self {
            options,
            line: Vec::with_capacity(512),
        }
    }

    /// The first line.
    pub fn header(&mut self, run: Run<'_>) -> &[u8] {
        let mut line = Line::begin(&mut self.line);
        line.text("event", "header");
        line.unsigned("version", VERSION.into());
        line.text("robot", run.robot);
        match run.seed {
            Some(seed) => line.unsigned("seed", seed),
            None => line.null("seed"),
        }
        line.seconds("period", run.period);
        line.end();
        &self.line
    }

    /// Whether the options want a line of this record.
    pub fn wants(&self, record: &Record) -> bool {
        match record.kind {
            RecordKind::Mounted | RecordKind::Yielded => self.options.bodies,
            RecordKind::TickEnded(timing) => self.options.timings && timing.is_some(),
            _ => true,
        }
    }

    /// The line of a record.
    pub fn line(&mut self, record: &Record) -> &[u8] {
        write_record(&mut self.line, record, self.options, Content::Whole);
        &self.line
    }

    /// The line that was made last.
    pub(crate) fn last(&self) -> &[u8] {
        &self.line
    }

    /// The line of a record without its text or value, of which only the size is told.
    pub(crate) fn line_without_content(&mut self, record: &Record) -> &[u8] {
        write_record(&mut self.line, record, self.options, Content::Size);
        &self.line
    }
}

/// How much of a text or value a line has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Whole,
    /// How many bytes it had.
    Size,
}

fn write_record(buffer: &mut Vec<u8>, record: &Record, options: JsonlOptions, content: Content) {
    let mut line = Line::begin(buffer);
    line.unsigned("tick", record.at.number);
    line.seconds("t", record.at.time);
    line.text("event", record.kind.name());
    if let Some(run) = record.run {
        line.unsigned("run", run.0);
    }
    if let Some(parent) = record.parent {
        line.unsigned("parent", parent.0);
    }
    if let Some(command) = &record.command {
        line.text("command", command);
    }
    if content == Content::Size {
        if let RecordKind::Failed(failure) = &record.kind {
            line.text("cause", &failure.command);
        }
        line.unsigned("left-out", record.bytes() as u64);
        line.end();
        return;
    }
    match &record.kind {
        RecordKind::Scheduled
        | RecordKind::Mounted
        | RecordKind::Yielded
        | RecordKind::Canceled
        | RecordKind::CleanupOverrun
        | RecordKind::Completed(None)
        | RecordKind::TickEnded(None) => {}
        RecordKind::Preempted(count) => line.unsigned("in-a-row", u64::from(*count)),
        RecordKind::Completed(Some(value)) => line.value("value", value),
        RecordKind::Failed(failure) => {
            line.text("cause", &failure.command);
            line.text("message", &failure.message);
        }
        RecordKind::Interrupted(by) => line.text("by", by),
        RecordKind::Refused(reason) => line.text("message", reason),
        RecordKind::StartRefused {
            command,
            source,
            reason,
            by,
            message,
            again,
        } => {
            line.text("command", command);
            line.text("source", source.name());
            line.text("reason", reason);
            if let Some(by) = by {
                line.text("by", by);
            }
            line.text("message", message);
            if *again > 0 {
                line.unsigned("again", *again);
            }
        }
        RecordKind::Mode(mode) => {
            line.text("mode", mode.name());
            if let Some(opmode) = mode.opmode() {
                line.text("opmode", opmode);
            }
        }
        RecordKind::Log {
            plugin,
            level,
            text,
        } => {
            line.text("plugin", plugin);
            line.text("level", level.name());
            line.text("text", text);
        }
        RecordKind::DriverFault { driver, message } => {
            line.text("driver", driver);
            line.text("message", message);
        }
        RecordKind::DriverRecovered { driver } => line.text("driver", driver),
        RecordKind::Reloaded {
            plugin,
            from,
            to,
            digest,
        } => {
            line.text("plugin", plugin);
            line.text("from", from);
            line.text("to", to);
            line.text("digest", digest);
        }
        RecordKind::ReloadRefused { plugin, message } => {
            line.text("plugin", plugin);
            line.text("message", message);
        }
        RecordKind::LimitExceeded {
            plugin,
            limit,
            times,
            message,
        } => {
            line.text("plugin", plugin);
            line.text("limit", limit);
            line.unsigned("times", *times);
            line.text("message", message);
        }
        RecordKind::Quarantined {
            plugin,
            times,
            time,
            message,
        } => {
            line.text("plugin", plugin);
            line.unsigned("times", u64::from(*times));
            match time {
                Some(time) => line.seconds("time", *time),
                None => line.null("time"),
            }
            line.text("message", message);
        }
        RecordKind::Released { plugin } => line.text("plugin", plugin),
        RecordKind::Late { by, slowest } => {
            if options.timings {
                line.seconds("by", *by);
                if let Some(slowest) = slowest {
                    line.text("slowest", &slowest.command);
                    line.seconds("took", slowest.took);
                }
            }
        }
        RecordKind::OutputsSafe { reason, by } => {
            line.text("reason", reason.name());
            if let (true, Some(by)) = (options.timings, by) {
                line.seconds("by", *by);
            }
        }
        RecordKind::Output { channel, value } => {
            line.text("channel", channel);
            line.value("value", value);
        }
        RecordKind::Topic { name, value } => {
            line.text("topic", name);
            match value {
                Some(value) => line.value("value", value),
                None => line.null("value"),
            }
        }
        RecordKind::Note(text) => line.text("text", text),
        RecordKind::TickEnded(Some(timing)) => {
            if let Some(period) = timing.period {
                line.seconds("period", period);
            }
            line.seconds("work", timing.work);
        }
        RecordKind::Dropped { bodies, others } => {
            line.unsigned("bodies", *bodies);
            line.unsigned("others", *others);
        }
        RecordKind::LeftOut {
            plugin,
            events,
            bytes,
        } => {
            line.unsigned("bodies", 0);
            line.unsigned("others", *events);
            line.text("plugin", plugin);
            line.unsigned("bytes", *bytes);
        }
        RecordKind::RecordingFull { limit } => line.unsigned("limit", *limit),
    }
    if let (true, Some(body)) = (options.timings, record.body) {
        line.seconds("body", body);
    }
    line.end();
}
