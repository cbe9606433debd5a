//! A match that is written down, and what comes of it.

use std::sync::Arc;
use std::time::Duration;

use gantry_scheduler::{Failure, RunId, Tick, Value};
use gantry_telemetry::{
    Jsonl, JsonlOptions, Mode, Record, RecordKind, Run, Statistics, Summary, TickTiming, Timeline,
};

pub(crate) const PERIOD: Duration = Duration::from_millis(20);

pub(crate) fn run() -> Run<'static> {
    Run {
        robot: "Kickoff",
        seed: Some(7),
        period: PERIOD,
    }
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn us(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

/// A record about no run, in a tick.
pub(crate) fn record(tick: u64, kind: RecordKind) -> Record {
    Record {
        at: Tick {
            number: tick,
            time: PERIOD * tick as u32,
        },
        run: None,
        parent: None,
        command: None,
        plugin: None,
        body: None,
        kind,
    }
}

/// Records in the order in which they are written down.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) records: Vec<Record>,
    now: u64,
    runs: Vec<(Arc<str>, Option<RunId>)>,
}

impl Script {
    /// What follows happens in the tick at this time.
    pub(crate) fn at(&mut self, millis: u64) -> &mut Self {
        assert_eq!(millis % 20, 0, "ticks come every 20 ms");
        self.now = millis / 20;
        self
    }

    pub(crate) fn host(&mut self, kind: RecordKind) -> &mut Self {
        self.records.push(record(self.now, kind));
        self
    }

    pub(crate) fn mode(&mut self, mode: Mode) -> &mut Self {
        self.host(RecordKind::Mode(mode))
    }

    /// Starts a run: scheduled, mounted and yielded.
    pub(crate) fn start(&mut self, parent: Option<RunId>, command: &str) -> RunId {
        let run = self.schedule(parent, command);
        self.event(run, RecordKind::Mounted);
        self.event(run, RecordKind::Yielded);
        run
    }

    pub(crate) fn schedule(&mut self, parent: Option<RunId>, command: &str) -> RunId {
        self.runs.push((command.into(), parent));
        let run = RunId(self.runs.len() as u64);
        self.event(run, RecordKind::Scheduled);
        run
    }

    pub(crate) fn event(&mut self, run: RunId, kind: RecordKind) -> &mut Self {
        let (command, parent) = self.runs[run.0 as usize - 1].clone();
        self.records.push(Record {
            run: Some(run),
            parent,
            command: Some(command),
            ..record(self.now, kind)
        });
        self
    }

    /// The body that stops with this event has used this much real time.
    pub(crate) fn after(&mut self, body: Duration) -> &mut Self {
        self.records.last_mut().expect("an event").body = Some(body);
        self
    }

    pub(crate) fn complete(&mut self, run: RunId) -> &mut Self {
        self.event(run, RecordKind::Completed(None))
    }

    pub(crate) fn complete_with(&mut self, run: RunId, value: Value) -> &mut Self {
        self.event(run, RecordKind::Completed(Some(value)))
    }

    pub(crate) fn cancel(&mut self, run: RunId) -> &mut Self {
        self.event(run, RecordKind::Canceled)
    }

    pub(crate) fn interrupt(&mut self, run: RunId, by: &str) -> &mut Self {
        self.event(run, RecordKind::Interrupted(by.into()))
            .cancel(run)
    }

    pub(crate) fn fail(&mut self, run: RunId, message: &str) -> &mut Self {
        let command = self.runs[run.0 as usize - 1].0.clone();
        let message = message.into();
        self.event(run, RecordKind::Failed(Failure { command, message }))
    }

    /// The ends of this many ticks, with what each took.
    pub(crate) fn ticks(&mut self, count: u64, timing: impl Fn(u64) -> Option<TickTiming>) {
        for tick in 0..count {
            self.records
                .push(record(tick, RecordKind::TickEnded(timing(tick))));
        }
    }

    pub(crate) fn statistics(&self) -> Statistics {
        let mut statistics = Statistics::new();
        self.records.iter().for_each(|r| statistics.record(r));
        statistics
    }

    pub(crate) fn jsonl(&self, options: JsonlOptions) -> String {
        let mut jsonl = Jsonl::new(options);
        let mut text = jsonl.header(run()).to_vec();
        for record in &self.records {
            if jsonl.wants(record) {
                text.extend_from_slice(jsonl.line(record));
            }
        }
        String::from_utf8(text).unwrap()
    }

    pub(crate) fn summary(&self, score: &[(&str, &str)], colours: bool) -> String {
        let mut timeline = Timeline::new();
        self.records.iter().for_each(|r| timeline.record(r));
        let score: Vec<_> = score
            .iter()
            .map(|&(label, value)| (label.to_owned(), value.to_owned()))
            .collect();
        let summary = Summary {
            run: run(),
            statistics: &self.statistics(),
            timeline: &timeline,
            score: &score,
            recording: &[],
            colours,
        };
        summary.to_string()
    }
}
