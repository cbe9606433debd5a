//! What becomes of the records: the recording, the statistics, the summary.

use std::io::{IsTerminal, Write as _};
use std::time::Duration;

use gantry_telemetry::{
    Consumer, OverrunReports, Record, RecordKind, Run, Statistics, Summary, Timeline,
};

use crate::recording::Recording;
use crate::text::one_line;

/// How long the telemetry thread sleeps when there is nothing to do.
const IDLE: Duration = Duration::from_millis(5);

/// Takes records and makes of them what people want to see. Nothing that becomes of the recording
/// keeps it from that.
pub(crate) struct Reports {
    consumer: Consumer,
    recording: Option<Recording>,
    /// What there is to say about the recording, when it has ended.
    recorded: Vec<String>,
    statistics: Statistics,
    timeline: Timeline,
    overruns: OverrunReports,
}

impl Reports {
    /// Takes records from this end, and records them if that is wanted.
    pub(crate) fn new(consumer: Consumer, recording: Option<Recording>) -> Self {
        Self {
            consumer,
            recording,
            recorded: Vec::new(),
            statistics: Statistics::new(),
            timeline: Timeline::new(),
            overruns: OverrunReports::default(),
        }
    }

    /// Takes what is there.
    pub(crate) fn take(&mut self) {
        while let Some(record) = self.consumer.pop() {
            self.record(&record);
        }
        if let Some(recording) = &mut self.recording {
            recording.keep_up();
        }
    }

    /// Takes what comes until nothing can come any more.
    pub(crate) fn follow(&mut self) {
        while !self.consumer.is_finished() {
            self.take();
            std::thread::sleep(IDLE);
        }
        self.take();
    }

    /// Ends the recording.
    pub(crate) fn close(&mut self) {
        if let Some(recording) = self.recording.take() {
            self.recorded = recording.finish();
        }
    }

    pub(crate) fn print_summary(
        &self,
        run: Run<'_>,
        score: &[(String, String)],
    ) -> anyhow::Result<()> {
        let robot = one_line(run.robot);
        let summary = Summary {
            run: Run {
                robot: &robot,
                ..run
            },
            statistics: &self.statistics,
            timeline: &self.timeline,
            score,
            recording: &self.recorded,
            colours: std::io::stdout().is_terminal(),
        };
        write!(std::io::stdout().lock(), "{summary}")?;
        Ok(())
    }

    fn record(&mut self, record: &Record) {
        let recording = self.recording.as_mut();
        if let Some(told) = recording.and_then(|recording| recording.record(record)) {
            if let RecordKind::LimitExceeded {
                plugin,
                limit,
                message,
                ..
            } = &told.kind
            {
                tracing::warn!("plugin `{plugin}` went over `limits.{limit}`: {message}");
            }
            self.statistics.record(&told);
            self.timeline.record(&told);
        }
        self.statistics.record(record);
        self.timeline.record(record);
        if let Some(overrun) = self.overruns.record(record) {
            tracing::warn!("{overrun}");
        }
    }
}
