//! What leaves the host: the event stream, statistics, and the summary at the end of a run.
//!
//! The loop's side is a [`Recorder`]: it turns scheduler events and what else happens in a tick
//! into [`Record`]s and pushes them into a bounded [`channel`] that never blocks. The other side
//! pops them, in the same thread or another, and feeds whoever wants them: an [`EventStream`],
//! whose lines a [`SpoolWriter`] writes to a file, [`Statistics`], a [`Timeline`]. No clock is read here: times are handed in.
//!
//! ```
//! use std::time::Duration;
//! use gantry_scheduler::Tick;
//! use gantry_telemetry::{Mode, Record, Recorder, Run, Statistics, Summary, Timeline, channel};
//!
//! let (producer, mut consumer) = channel(4096);
//! let mut recorder = Recorder::new(producer);
//! let mut statistics = Statistics::new();
//! let mut timeline = Timeline::new();
//!
//! for number in 0..3 {
//!     let tick = Tick { number, time: Duration::from_millis(20 * number) };
//!     recorder.begin_tick(tick);
//!     if number == 0 {
//!         recorder.mode(Mode::Autonomous("two-ball".into()));
//!     }
//!     // … the scheduler ticks, and its observer calls `recorder.event(event)` …
//!     recorder.end_tick(None);
//!     while let Some(record) = consumer.pop() {
//!         statistics.record(&record);
//!         timeline.record(&record);
//!     }
//! }
//!
//! let run = Run { robot: "Kickoff", seed: Some(7), period: Duration::from_millis(20) };
//! let summary = Summary { run, statistics: &statistics, timeline: &timeline, score: &[], recording: &[], colours: false };
//! assert!(summary.to_string().contains("Kickoff"));
//! ```
mod accounts;
mod bounded;
mod event_stream;
mod hand_over;
mod jsonl;
mod live;
mod overrun;
mod record;
mod recorder;
mod spans;
mod spool;
mod statistics;
mod summary;
mod timeline;

pub use accounts::RecordingBudgets;
pub use event_stream::{EventStream, RecordingBounds};
pub use hand_over::{Consumer, Producer, channel};
pub use jsonl::{HEADER, Jsonl, JsonlOptions};
pub use overrun::{Overrun, OverrunReports};
pub use record::{LogLevel, Mode, Record, RecordKind, Run, Slowest, TickTiming};
pub use recorder::Recorder;
pub use spool::{RecordingFile, Spool, SpoolWriter, Trouble};
pub use statistics::{
    CommandStatistics, Distribution, Interruptions, Outcomes, Quarantines, RefusedStarts,
    Statistics,
};
pub use summary::Summary;
pub use timeline::Timeline;
