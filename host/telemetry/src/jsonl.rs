//! The event stream as a file: one JSON object per line. `docs/events.md` describes it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gantry_scheduler::Value;
use thiserror::Error;

use crate::{Record, RecordKind, Run};

/// Version of the format, as the header states it.
const VERSION: u32 = 1;

/// What goes into the stream beyond the events of every run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct JsonlOptions {
    /// Every time a body is resumed and suspended.
    pub bodies: bool,
    /// Real time: how long bodies and ticks took, and by how much ticks were late. With it, no two
    /// runs give the same file.
    pub timings: bool,
}

/// Why the event stream could not be written.
#[derive(Debug, Error)]
pub enum JsonlError {
    /// The file could not be made.
    #[error(
        "cannot create the event file `{}`: {source}; name a file in a folder that exists and may \
         be written to", path.display()
    )]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line could not be written.
    #[error(
        "cannot write to the event file `{}`: {source}; the events up to here are kept, free some \
         space or name another file", path.display()
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Writes records as lines of JSON.
///
/// Equal runs give equal bytes: keys have one order, times are the robot's and have six decimals,
/// numbers are written in the shortest way that reads back the same.
#[derive(Debug)]
pub struct JsonlWriter<W: Write = BufWriter<File>> {
    out: W,
    path: PathBuf,
    options: JsonlOptions,
    line: Vec<u8>,
}

impl JsonlWriter {
    /// Makes a file, or empties the one that is there, and writes the header.
    ///
    /// # Errors
    /// If the file cannot be made or written.
    pub fn create(path: &Path, run: Run<'_>, options: JsonlOptions) -> Result<Self, JsonlError> {
        let file = File::create(path).map_err(|source| JsonlError::Create {
            path: path.to_owned(),
            source,
        })?;
        Self::new(BufWriter::new(file), path, run, options)
    }
}

impl<W: Write> JsonlWriter<W> {
    /// Writes the header, and from then on records, to `out`; the path is for errors.
    ///
    /// # Errors
    /// If the header cannot be written.
    pub fn new(
        out: W,
        path: &Path,
        run: Run<'_>,
        options: JsonlOptions,
    ) -> Result<Self, JsonlError> {
        let mut writer = Self {
            out,
            path: path.to_owned(),
            options,
            line: Vec::with_capacity(512),
        };
        let mut line = Line::begin(&mut writer.line);
        line.text("event", "header");
        line.unsigned("version", VERSION.into());
        line.text("robot", run.robot);
        match run.seed {
            Some(seed) => line.unsigned("seed", seed),
            None => line.null("seed"),
        }
        line.seconds("period", run.period);
        line.end();
        writer.write_line()?;
        Ok(writer)
    }

    /// Writes a record, if the options want it.
    ///
    /// # Errors
    /// If the line cannot be written.
    pub fn record(&mut self, record: &Record) -> Result<(), JsonlError> {
        let wanted = match record.kind {
            RecordKind::Mounted | RecordKind::Yielded => self.options.bodies,
            RecordKind::TickEnded(timing) => self.options.timings && timing.is_some(),
            _ => true,
        };
        if !wanted {
            return Ok(());
        }
        write_record(&mut self.line, record, self.options);
        self.write_line()
    }

    /// Writes what is still buffered, and gives back what was written to.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<W, JsonlError> {
        match self.out.flush() {
            Ok(()) => Ok(self.out),
            Err(source) => Err(JsonlError::Write {
                path: self.path,
                source,
            }),
        }
    }

    fn write_line(&mut self) -> Result<(), JsonlError> {
        self.out
            .write_all(&self.line)
            .map_err(|source| JsonlError::Write {
                path: self.path.clone(),
                source,
            })
    }
}

fn write_record(buffer: &mut Vec<u8>, record: &Record, options: JsonlOptions) {
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
        RecordKind::Topic { name, value } => {
            line.text("topic", name);
            line.value("value", value);
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
    }
    if let (true, Some(body)) = (options.timings, record.body) {
        line.seconds("body", body);
    }
    line.end();
}

/// One object that is being written into a buffer.
struct Line<'a> {
    buffer: &'a mut Vec<u8>,
}

impl<'a> Line<'a> {
    fn begin(buffer: &'a mut Vec<u8>) -> Self {
        buffer.clear();
        buffer.push(b'{');
        Self { buffer }
    }

    fn end(self) {
        self.buffer.extend_from_slice(b"}\n");
    }

    fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        push_text(self.buffer, text);
    }

    fn unsigned(&mut self, key: &str, number: u64) {
        self.key(key);
        push_formatted(self.buffer, format_args!("{number}"));
    }

    fn seconds(&mut self, key: &str, time: Duration) {
        self.key(key);
        let (seconds, micros) = (time.as_secs(), time.subsec_micros());
        push_formatted(self.buffer, format_args!("{seconds}.{micros:06}"));
    }

    fn null(&mut self, key: &str) {
        self.key(key);
        self.buffer.extend_from_slice(b"null");
    }

    fn value(&mut self, key: &str, value: &Value) {
        self.key(key);
        match value {
            Value::Boolean(value) => push_formatted(self.buffer, format_args!("{value}")),
            Value::Integer(value) => push_formatted(self.buffer, format_args!("{value}")),
            Value::Number(value) => push_number(self.buffer, *value),
            Value::Text(value) => push_text(self.buffer, value),
            Value::Numbers(values) => {
                self.buffer.push(b'[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        self.buffer.push(b',');
                    }
                    push_number(self.buffer, *value);
                }
                self.buffer.push(b']');
            }
        }
    }

    fn key(&mut self, key: &str) {
        if self.buffer.len() > 1 {
            self.buffer.push(b',');
        }
        push_formatted(self.buffer, format_args!("\"{key}\":"));
    }
}

fn push_text(buffer: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(buffer, text).expect("a vector takes every text");
}

/// The shortest text that reads back the same. JSON knows finite numbers only; the others are text.
fn push_number(buffer: &mut Vec<u8>, number: f64) {
    if number.is_finite() {
        serde_json::to_writer(buffer, &number).expect("a vector takes every number");
    } else {
        push_formatted(buffer, format_args!("\"{number}\""));
    }
}

fn push_formatted(buffer: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    buffer.write_fmt(text).expect("a vector takes everything");
}
