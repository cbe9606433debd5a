//! The recording of a robot's run: `--events`.

mod target;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context;
use gantry_telemetry::{
    EventStream, JsonlOptions, Record, RecordingBounds, RecordingBudgets, Run, Spool, SpoolWriter,
    Trouble,
};

use crate::config::RobotConfig;
use crate::robot::{self, Robot};

/// Time after which what was recorded is written, at the latest.
const FLUSH: Duration = Duration::from_millis(100);
/// How long the end of a run waits for a disk that does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where to record, and how much.
#[derive(Clone, Copy, Debug)]
pub struct RecordingOptions<'a> {
    /// The file.
    pub path: &'a Path,
    /// Bytes that it may have.
    pub limit: u64,
}

/// A recording that is being made.
pub(crate) struct Recording {
    path: PathBuf,
    stream: EventStream,
    writer: Writer,
}

/// Who writes.
enum Writer {
    /// Whoever records: in virtual time nobody is kept waiting.
    Inline {
        writer: SpoolWriter<File>,
        clock: Instant,
        flushed: Duration,
    },
    /// A thread of its own, which may wait for the disk.
    Thread(JoinHandle<SpoolWriter<File>>),
}

impl Recording {
    /// Makes the file and begins the recording. To be done when the robot is put together: a start
    /// that fails leaves everything as it was.
    pub(crate) fn start(
        options: RecordingOptions<'_>,
        robot: &Robot,
        run: Run<'_>,
        real_time: bool,
    ) -> anyhow::Result<Self> {
        let config = robot.config();
        let target = target::open(options.path, &config.own_files(), &robot.folders())?;
        let timings = JsonlOptions {
            timings: real_time,
            ..JsonlOptions::default()
        };
        let bounds = RecordingBounds {
            limit: options.limit,
            budgets: budgets(config),
        };
        let stream = EventStream::new(Spool::default(), run, timings, bounds);
        let spool = stream.spool().clone();
        let writer = SpoolWriter::new(spool, target.file, real_time && target.is_on_disk);
        let path = options.path.to_owned();
        let writer = match real_time {
            false => Writer::Inline {
                writer,
                clock: Instant::now(),
                flushed: Duration::ZERO,
            },
            true => {
                let thread = std::thread::Builder::new().name("recording".to_owned());
                let path = path.clone();
                let handle = thread.spawn(move || write(writer, &path));
                Writer::Thread(handle.context("cannot start the recording's thread")?)
            }
        };
        let mut recording = Self {
            path,
            stream,
            writer,
        };
        recording.keep_up();
        Ok(recording)
    }

    /// Records. Returns what there is to tell, if a plugin has gone over its limit with it.
    pub(crate) fn record(&mut self, record: &Record) -> Option<Record> {
        let told = self.stream.record(record);
        if self.stream.spool().is_due() {
            self.keep_up();
        }
        told
    }

    /// Writes what is due, unless a thread does.
    pub(crate) fn keep_up(&mut self) {
        if let Writer::Inline {
            writer,
            clock,
            flushed,
        } = &mut self.writer
        {
            let now = clock.elapsed();
            if writer.spool().is_due() || now >= *flushed + FLUSH {
                *flushed = now;
                tell(writer.pump(now), &self.path);
            }
        }
    }

    /// Ends the recording. Returns what there is to say about it, in sentences.
    pub(crate) fn finish(mut self) -> Vec<String> {
        self.stream.finish();
        let path = self.path.display();
        let mut said = Vec::new();
        if self.stream.is_full() {
            said.push(format!(
                "{path} has reached its limit (--events-limit) and ends there."
            ));
        }
        let missing = self.stream.missing();
        if missing > 0 {
            said.push(format!("{missing} events are missing in {path}."));
        }
        let writer = match self.writer {
            Writer::Inline {
                mut writer, clock, ..
            } => {
                tell(writer.finish(clock.elapsed()), &self.path);
                Some(writer)
            }
            Writer::Thread(handle) => wait_for(handle),
        };
        match writer {
            None => {
                let sentence = format!(
                    "{path} may be cut: its disk has not answered for {PATIENCE:?} at the end."
                );
                tracing::error!("{sentence}");
                said.push(sentence);
            }
            Some(writer) if writer.unwritten() > 0 => said.push(format!(
                "{path} is cut: its last {} bytes could not be written.",
                writer.unwritten()
            )),
            Some(_) => {}
        }
        said
    }
}

/// The thread that writes: until no more comes.
fn write(mut writer: SpoolWriter<File>, path: &Path) -> SpoolWriter<File> {
    let clock = Instant::now();
    loop {
        match writer.is_failing() {
            true => writer.spool().wait_closed(FLUSH),
            false => writer.spool().wait(FLUSH),
        }
        if writer.spool().is_closed() {
            tell(writer.finish(clock.elapsed()), path);
            return writer;
        }
        tell(writer.pump(clock.elapsed()), path);
    }
}

/// The end of the thread; none if it does not come in time, or never.
fn wait_for(handle: JoinHandle<SpoolWriter<File>>) -> Option<SpoolWriter<File>> {
    let since = Instant::now();
    while !handle.is_finished() {
        if since.elapsed() > PATIENCE {
            return None;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    handle.join().ok()
}

fn tell(trouble: Option<Trouble>, path: &Path) {
    match trouble {
        None => {}
        Some(Trouble::Failed(error)) => tracing::error!(
            "cannot record to {}: {error}; the robot goes on, and the recording is tried again every \
             second",
            path.display()
        ),
        Some(Trouble::Recovered) => {
            tracing::warn!("recording to {} goes on", path.display());
        }
    }
}

/// What each plugin may record per second.
fn budgets(config: &RobotConfig) -> RecordingBudgets {
    let plugins = config.plugins.iter();
    let per_second = plugins.map(|plugin| {
        let limits = robot::policy(plugin, &config.trust).limits;
        (
            plugin.name.as_str().into(),
            limits.recorded_bytes_per_second,
        )
    });
    RecordingBudgets {
        per_second: per_second.collect(),
    }
}
