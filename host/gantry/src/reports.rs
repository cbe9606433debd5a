//! What becomes of the records: the event stream, the statistics, the summary.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Duration;

use gantry_telemetry::{
    Consumer, JsonlOptions, JsonlWriter, OverrunReports, Record, Run, Statistics, Summary, Timeline,
};

use crate::text::one_line;

/// How long the telemetry thread sleeps when there is nothing to do.
const IDLE: Duration = Duration::from_millis(5);

/// Takes records and makes of them what people want to see.
pub(crate) struct Reports {
    consumer: Consumer,
    events: Option<JsonlWriter>,
    statistics: Statistics,
    timeline: Timeline,
    overruns: OverrunReports,
}

impl Reports {
    /// Takes records from this end; writes them to a file if there is one.
    pub(crate) fn new(
        consumer: Consumer,
        events: Option<&Path>,
        run: Run<'_>,
        real_time: bool,
    ) -> anyhow::Result<Self> {
        let options = JsonlOptions {
            timings: real_time,
            ..JsonlOptions::default()
        };
        let events = events
            .map(|path| JsonlWriter::create(path, run, options))
            .transpose()?;
        Ok(Self {
            consumer,
            events,
            statistics: Statistics::new(),
            timeline: Timeline::new(),
            overruns: OverrunReports::default(),
        })
    }

    /// Takes what is there.
    pub(crate) fn take(&mut self) -> anyhow::Result<()> {
        while let Some(record) = self.consumer.pop() {
            self.record(&record)?;
        }
        Ok(())
    }

    /// Takes what comes until nothing can come any more.
    pub(crate) fn follow(&mut self) -> anyhow::Result<()> {
        while !self.consumer.is_finished() {
            self.take()?;
            std::thread::sleep(IDLE);
        }
        self.take()
    }

    /// Ends the event stream.
    pub(crate) fn close(&mut self) -> anyhow::Result<()> {
        if let Some(events) = self.events.take() {
            events.finish()?;
        }
        Ok(())
    }

    /// What people read at the end.
    pub(crate) fn summary(&self, run: Run<'_>, score: &[(String, String)]) -> String {
        let robot = one_line(run.robot);
        let summary = Summary {
            run: Run {
                robot: &robot,
                ..run
            },
            statistics: &self.statistics,
            timeline: &self.timeline,
            score,
            colours: std::io::stdout().is_terminal(),
        };
        summary.to_string()
    }

    fn record(&mut self, record: &Record) -> anyhow::Result<()> {
        if let Some(events) = &mut self.events {
            events.record(record)?;
        }
        self.statistics.record(record);
        self.timeline.record(record);
        if let Some(overrun) = self.overruns.record(record) {
            tracing::warn!("{overrun}");
        }
        Ok(())
    }
}
