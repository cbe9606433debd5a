//! The recording of a robot's run: `--events`.

mod target;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context;
use gantry_plugin::spawn_thread;
use gantry_telemetry::{
    EventStream, JsonlOptions, Record, RecordingBounds, RecordingBudgets, RecordingFile, Run,
    Spool, SpoolWriter, Trouble,
};

use crate::config::RobotConfig;
use crate::operator::{Guard, Stop};
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
    /// Whether every change of an output is recorded.
    pub outputs: bool,
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
    Thread(Thread<File>),
}

impl Recording {
    /// Makes the file and begins the recording. To be done when the robot is put together: a start
    /// that fails leaves everything as it was.
    pub(crate) fn start(
        options: RecordingOptions<'_>,
        robot: &Robot,
        run: Run<'_>,
        clock: RecordingClock<'_>,
    ) -> anyhow::Result<Self> {
        let config = robot.config();
        let real_time = matches!(clock, RecordingClock::Real(_));
        let target = target::open(options.path, &config.own_files(), robot.folders())?;
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
        let writer = match clock {
            RecordingClock::Virtual => Writer::Inline {
                writer,
                clock: Instant::now(),
                flushed: Duration::ZERO,
            },
            RecordingClock::Real(stop) => {
                let thread = Thread::start(writer, &path, stop.clone());
                Writer::Thread(thread.context("cannot start the recording's thread")?)
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
        let cut = match self.writer {
            Writer::Inline {
                mut writer, clock, ..
            } => {
                tell(writer.finish(clock.elapsed()), &self.path);
                cut_by(writer.unwritten())
            }
            Writer::Thread(thread) => thread.finish(),
        };
        said.extend(cut.map(|cut| format!("{path} {cut}.")));
        said
    }
}

/// When ticks happen, and with that who writes.
pub(crate) enum RecordingClock<'a> {
    /// One after the other: whoever records writes.
    Virtual,
    /// In real time: a thread of its own writes, whose panic ends the robot in an orderly way.
    Real(&'a Stop),
}

/// The thread that writes a recording.
struct Thread<F>(JoinHandle<SpoolWriter<F>>);

impl<F: RecordingFile + Send + 'static> Thread<F> {
    fn start(writer: SpoolWriter<F>, path: &Path, stop: Stop) -> std::io::Result<Self> {
        let path = path.to_owned();
        let handle = spawn_thread("recording", move || {
            let _guard = Guard::new(stop, "recording");
            write(writer, &path)
        });
        handle.map(Self)
    }

    /// Waits for the end of the thread, to which its spool has to be closed. Returns what is the matter
    /// with the end of the file, as a predicate.
    fn finish(self) -> Option<String> {
        let since = Instant::now();
        while !self.0.is_finished() {
            if since.elapsed() > PATIENCE {
                let cut =
                    format!("may be cut: its disk has not answered for {PATIENCE:?} at the end");
                tracing::error!("the recording {cut}");
                return Some(cut);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        match self.0.join() {
            Ok(writer) => cut_by(writer.unwritten()),
            Err(_) => Some("is cut: the thread that writes it has panicked".to_owned()),
        }
    }
}

fn cut_by(unwritten: usize) -> Option<String> {
    (unwritten > 0).then(|| format!("is cut: its last {unwritten} bytes could not be written"))
}

/// What the thread does, until no more comes.
fn write<F: RecordingFile>(mut writer: SpoolWriter<F>, path: &Path) -> SpoolWriter<F> {
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

#[cfg(test)]
mod tests {
    use std::io;

    use gantry_hardware::{Hardware, ImageBuilder};

    use super::*;

    /// A file whose code has a bug.
    struct Faulty;

    impl io::Write for Faulty {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            panic!("as the test wants")
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl RecordingFile for Faulty {
        fn sync(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_of_the_thread_that_writes_makes_outputs_safe_and_ends_the_robot() {
        let image = std::sync::Arc::new(ImageBuilder::new().build());
        let hardware = Hardware::new(image, Vec::new()).unwrap();
        let stop = Stop::new(hardware.safety().clone());
        let run = Run {
            robot: "Test",
            seed: None,
            period: Duration::from_millis(20),
        };
        let bounds = RecordingBounds {
            limit: 1 << 20,
            budgets: RecordingBudgets::default(),
        };
        let mut stream = EventStream::new(Spool::default(), run, JsonlOptions::default(), bounds);
        let writer = SpoolWriter::new(stream.spool().clone(), Faulty, false);
        let thread = Thread::start(writer, Path::new("events.jsonl"), stop.clone()).unwrap();
        while !thread.0.is_finished() {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(stop.take_end() && hardware.safety().is_thrown());
        assert_eq!(stop.panicked(), Some("recording"));
        stream.finish();
        let cut = thread.finish().unwrap();
        assert!(cut.contains("has panicked"), "{cut}");
    }
}
