//! The loop's side: makes records of what happens.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use gantry_scheduler::{Event, EventKind, RefusedStart, RunId, Supplier, Tick, Value};

use crate::spans::Spans;
use crate::{LogLevel, Mode, Producer, Record, RecordKind, SafeReason, TickTiming, bounded};

/// Turns what happens in the loop into records and hands them over.
///
/// Nothing here blocks. Names are remembered, so that a record of a run allocates nothing; what
/// people wrote (log lines, messages) is copied, as much of it as an event holds.
#[derive(Debug)]
pub struct Recorder {
    producer: Producer,
    tick: Tick,
    spans: Spans,
    names: Names,
}

impl Recorder {
    /// Records into this end of a [`channel`](crate::channel).
    pub fn new(producer: Producer) -> Self {
        Self {
            producer,
            tick: Tick::default(),
            spans: Spans::new(),
            names: Names::default(),
        }
    }

    /// A tick starts. What is recorded from now on happens in it.
    pub fn begin_tick(&mut self, tick: Tick) {
        self.tick = tick;
        self.spans.begin_tick();
    }

    /// The tick is over. In a real-time run, with what it took; a late one is recorded as such,
    /// with the body that took longest.
    pub fn end_tick(&mut self, timing: Option<TickTiming>) {
        if let Some(by) = timing.and_then(|timing| timing.late) {
            let slowest = self.spans.slowest().cloned();
            self.push(RecordKind::Late { by, slowest });
        }
        self.push(RecordKind::TickEnded(timing));
    }

    /// The tick is over, with all that there was to record of it: what is recorded from now on
    /// happens between two ticks, and belongs to the one that is about to run.
    pub fn await_tick(&mut self, next: Tick) {
        self.tick = next;
    }

    /// Records an event of the scheduler. Bodies are not timed.
    pub fn event(&mut self, event: &Event<'_>) {
        self.push_event(event, None);
    }

    /// Records an event of the scheduler that happened at this reading of a clock. The clock may
    /// start anywhere and must not go back; it serves to time bodies and goes nowhere else. Only
    /// events with [`is_timed`](Recorder::is_timed) need one.
    pub fn event_at(&mut self, event: &Event<'_>, clock: Duration) {
        let body = match event.kind {
            EventKind::Mounted => {
                self.spans.open(event.run, clock);
                None
            }
            _ if Self::is_timed(event) => self.spans.close(event.run, event.command.name(), clock),
            _ => None,
        };
        self.push_event(event, body);
    }

    /// Whether a body is resumed or stops with this event, so that the time matters.
    pub fn is_timed(event: &Event<'_>) -> bool {
        match event.kind {
            EventKind::Mounted
            | EventKind::Yielded
            | EventKind::Preempted(_)
            | EventKind::Completed(_)
            | EventKind::Failed(_)
            | EventKind::Canceled => true,
            EventKind::Scheduled
            | EventKind::Interrupted(_)
            | EventKind::CleanupOverrun
            | EventKind::Refused(_) => false,
        }
    }

    /// Records that a start was refused, or the end of a row of refusals.
    pub fn start_refused(&mut self, refused: &RefusedStart<'_>) {
        self.producer.push(Record {
            at: self.tick,
            run: None,
            parent: None,
            command: None,
            plugin: refused.command.supplier().and_then(Supplier::name).cloned(),
            body: None,
            kind: RecordKind::StartRefused {
                command: refused.command.name().clone(),
                source: refused.source,
                reason: refused.blocker.reason(),
                by: refused.blocker.by().cloned(),
                message: bounded::text(&refused.blocker.to_string()),
                again: refused.again,
            },
        });
    }

    /// The mode is another one from now on.
    pub fn mode(&mut self, mode: Mode) {
        self.push(RecordKind::Mode(mode));
    }

    /// A plugin wrote a line. The command is empty and the run is none while it is being loaded.
    pub fn log(
        &mut self,
        plugin: &str,
        command: &str,
        run: Option<RunId>,
        level: LogLevel,
        text: &str,
    ) {
        let plugin = self.names.get(plugin);
        let command = (!command.is_empty()).then(|| self.names.get(command));
        self.producer.push(Record {
            at: self.tick,
            run,
            parent: None,
            command,
            plugin: Some(plugin.clone()),
            body: None,
            kind: RecordKind::Log {
                plugin,
                level,
                text: bounded::text(text),
            },
        });
    }

    /// A driver could not reach its devices.
    pub fn driver_fault(&mut self, driver: &str, message: &str) {
        let driver = self.names.get(driver);
        self.push(RecordKind::DriverFault {
            driver,
            message: bounded::text(message),
        });
    }

    /// A driver reaches its devices again.
    pub fn driver_recovered(&mut self, driver: &str) {
        let driver = self.names.get(driver);
        self.push(RecordKind::DriverRecovered { driver });
    }

    /// A plugin was loaded anew.
    pub fn reloaded(&mut self, plugin: &str, from: &str, to: &str, digest: &str) {
        let plugin = self.names.get(plugin);
        self.push(RecordKind::Reloaded {
            plugin,
            from: from.into(),
            to: to.into(),
            digest: digest.into(),
        });
    }

    /// What is in a plugin's file now is not loaded.
    pub fn reload_refused(&mut self, plugin: &str, message: &str) {
        let plugin = self.names.get(plugin);
        self.push(RecordKind::ReloadRefused {
            plugin,
            message: bounded::text(message),
        });
    }

    /// A plugin has gone over one of its limits, so many times since that was last said.
    pub fn limit_exceeded(&mut self, plugin: &str, limit: &str, times: u64, message: &str) {
        let plugin = self.names.get(plugin);
        self.push(RecordKind::LimitExceeded {
            plugin,
            limit: limit.into(),
            times,
            message: bounded::text(message),
        });
    }

    /// A plugin's commands are refused from now on, for this time or for good.
    pub fn quarantined(&mut self, plugin: &str, times: u32, time: Option<Duration>, message: &str) {
        let plugin = self.names.get(plugin);
        self.push(RecordKind::Quarantined {
            plugin,
            times,
            time,
            message: bounded::text(message),
        });
    }

    /// A plugin's commands may start again.
    pub fn released(&mut self, plugin: &str) {
        let plugin = self.names.get(plugin);
        self.push(RecordKind::Released { plugin });
    }

    /// A topic has a new value, published by this plugin, if it is one. No value: it was withdrawn
    /// with the plugin that had published it.
    pub fn topic(&mut self, name: &str, value: Option<&Value>, plugin: Option<&Arc<str>>) {
        let name = self.names.get(name);
        let value = value.map(bounded::value);
        self.producer.push(Record {
            at: self.tick,
            run: None,
            parent: None,
            command: None,
            plugin: plugin.cloned(),
            body: None,
            kind: RecordKind::Topic { name, value },
        });
    }

    /// Outputs were made safe for this reason; `by`: how late the tick was or how long it took, if
    /// that is the reason.
    pub fn outputs_safe(&mut self, reason: SafeReason, by: Option<Duration>) {
        self.push(RecordKind::OutputsSafe { reason, by });
    }

    /// A device is given another value for an output than in the tick before.
    pub fn output(&mut self, channel: &Arc<str>, value: &Value) {
        self.push(RecordKind::Output {
            channel: channel.clone(),
            value: bounded::value(value),
        });
    }

    /// The host has something to say.
    pub fn note(&mut self, text: &str) {
        self.push(RecordKind::Note(bounded::text(text)));
    }

    fn push(&mut self, kind: RecordKind) {
        self.producer.push(Record {
            at: self.tick,
            run: None,
            parent: None,
            command: None,
            plugin: None,
            body: None,
            kind,
        });
    }

    fn push_event(&mut self, event: &Event<'_>, body: Option<Duration>) {
        let kind = match event.kind {
            EventKind::Scheduled => RecordKind::Scheduled,
            EventKind::Mounted => RecordKind::Mounted,
            EventKind::Yielded => RecordKind::Yielded,
            EventKind::Preempted(count) => RecordKind::Preempted(count),
            EventKind::Completed(value) => RecordKind::Completed(value.map(bounded::value)),
            EventKind::Failed(failure) => RecordKind::Failed(bounded::failure(failure)),
            EventKind::Canceled => RecordKind::Canceled,
            EventKind::Interrupted(by) => RecordKind::Interrupted(self.names.get(by)),
            EventKind::CleanupOverrun => RecordKind::CleanupOverrun,
            EventKind::Refused(reason) => RecordKind::Refused(bounded::text(reason)),
        };
        self.producer.push(Record {
            at: event.tick,
            run: Some(event.run),
            parent: event.parent,
            command: Some(event.command.name().clone()),
            plugin: event.payer.and_then(Supplier::name).cloned(),
            body,
            kind,
        });
    }
}

/// Names that came as text, kept so that the next record with the same one allocates nothing.
#[derive(Debug, Default)]
struct Names(HashSet<Arc<str>>);

/// Plugins choose names, so what is remembered of them is bounded.
const MAX_NAMES: usize = 4096;

impl Names {
    fn get(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        if self.0.len() >= MAX_NAMES {
            self.0.clear();
        }
        let name: Arc<str> = Arc::from(name);
        self.0.insert(name.clone());
        name
    }
}
