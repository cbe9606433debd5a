//! A robot in time: when its ticks happen, what it does in which phase, and where its records go.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use gantry_plugin::{Runtime, spawn_thread};
use gantry_telemetry::{Consumer, Run, SafeReason};

use crate::config::{RobotConfig, TimelineStep};
use crate::console;
use crate::operator::{Desk, Guard};
use crate::pace::{RealTime, Suspensions};
use crate::recording::{Recording, RecordingClock, RecordingOptions};
use crate::reload::Reloader;
use crate::reports::Reports;
use crate::robot::{Drivers, Options, PluginFiles, Robot, RobotMode, find_opmode};

/// Records that may wait between the loop and whoever writes them.
const RECORDS: usize = 65_536;

/// What a session needs besides its robot.
pub struct SessionOptions<'a> {
    /// Where plugins' files come from.
    pub files: &'a dyn PluginFiles,
    /// Where random numbers start; none: where the robot's file says.
    pub seed: Option<u64>,
    /// Whether the plugins are those that `robot.lock` names.
    pub locked: bool,
    /// When ticks happen.
    pub clock: Clock,
    /// Where the event stream is recorded, if it is.
    pub events: Option<RecordingOptions<'a>>,
    /// Whether plugins whose files change are loaded anew while the robot [runs](Session::run).
    pub reload: bool,
    /// Drivers besides the simulator.
    pub drivers: Drivers<'a>,
}

/// When ticks happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// At absolute deadlines.
    Real,
    /// One after the other.
    Virtual,
}

/// A stretch of time in which the robot does one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    mode: RobotMode,
    duration: Duration,
}

impl Phase {
    /// What the simulation's timeline in the robot's file says.
    pub fn of_timeline(config: &RobotConfig) -> anyhow::Result<Vec<Phase>> {
        if config.simulation.timeline.is_empty() {
            bail!(
                "there is nothing to simulate: give --opmode and --for, or write a \
                 [[simulation.timeline]] into the robot's file"
            );
        }
        let phase = |step: &TimelineStep| {
            let mode = match &step.opmode {
                Some(name) => RobotMode::Enabled(find_opmode(config, name)?),
                None => RobotMode::Disabled,
            };
            Ok(Phase {
                mode,
                duration: step.duration,
            })
        };
        config.simulation.timeline.iter().map(phase).collect()
    }

    /// When each of these phases begins, and when the last one ends.
    pub fn times(phases: &[Phase]) -> (Vec<(Duration, RobotMode)>, Duration) {
        let mut end = Duration::ZERO;
        let begin = |phase: &Phase| {
            let from = end;
            end += phase.duration;
            (from, phase.mode)
        };
        let modes = phases.iter().map(begin).collect();
        (modes, end)
    }

    /// One op mode for a time.
    pub fn of_opmode(
        config: &RobotConfig,
        name: &str,
        duration: Duration,
    ) -> anyhow::Result<Phase> {
        Ok(Phase {
            mode: RobotMode::Enabled(find_opmode(config, name)?),
            duration,
        })
    }
}

/// A robot with its clock and its reports.
pub struct Session {
    robot: Robot,
    clock: Clock,
    seed: u64,
    reloader: Option<Reloader>,
    sink: Sink,
}

/// Where records are taken care of.
enum Sink {
    /// In the loop's thread, between two ticks: in the same way each time.
    Inline(Box<Reports>),
    /// In a thread of its own, so that a slow disk does not disturb the loop.
    Thread(JoinHandle<Reports>),
}

impl Sink {
    fn open(
        robot: &Robot,
        seed: u64,
        consumer: Consumer,
        events: Option<RecordingOptions<'_>>,
        real_time: bool,
    ) -> anyhow::Result<Self> {
        let run = Run {
            robot: &robot.config().name,
            seed: Some(seed),
            period: robot.config().period,
        };
        let clock = match real_time {
            true => RecordingClock::Real(robot.stop()),
            false => RecordingClock::Virtual,
        };
        let recording = events
            .map(|options| Recording::start(options, robot, run, clock))
            .transpose()?;
        let mut reports = Reports::new(consumer, recording);
        if !real_time {
            return Ok(Sink::Inline(Box::new(reports)));
        }
        let stop = robot.stop().clone();
        let handle = spawn_thread("telemetry", move || {
            let _guard = Guard::new(stop, "telemetry");
            reports.follow();
            reports
        });
        Ok(Sink::Thread(
            handle.context("cannot start the telemetry thread")?,
        ))
    }
}

impl Session {
    /// Puts the robot together and begins its recording, in this order: a start that fails leaves an
    /// earlier recording as it was. Nothing runs yet.
    pub fn start(
        config: RobotConfig,
        runtime: Runtime,
        options: SessionOptions<'_>,
    ) -> anyhow::Result<Self> {
        let seed = options.seed.unwrap_or(config.simulation.seed);
        let (telemetry, consumer) = gantry_telemetry::channel(RECORDS);
        let real_time = options.clock == Clock::Real;
        let mut robot = Robot::assemble(
            config,
            runtime,
            Options {
                files: options.files,
                seed,
                real_time,
                locked: options.locked,
                telemetry,
                drivers: options.drivers,
            },
        )?;
        let stop = robot.stop().clone();
        robot
            .runtime()
            .on_panic(move |thread| stop.end_for_panic(thread));
        if options.events.is_some_and(|events| events.outputs) {
            robot.record_outputs();
        }
        let reloader = match options.reload {
            true => Reloader::watch(&robot)?,
            false => None,
        };
        let sink = Sink::open(&robot, seed, consumer, options.events, real_time)?;
        Ok(Self {
            robot,
            clock: options.clock,
            seed,
            reloader,
            sink,
        })
    }

    /// The robot.
    pub fn robot(&self) -> &Robot {
        &self.robot
    }

    /// Plays phases one after the other in virtual time and prints the summary.
    pub fn play(mut self, phases: &[Phase]) -> anyhow::Result<()> {
        let period = self.robot.config().period;
        let mut end = Duration::ZERO;
        let mut now = Duration::ZERO;
        for phase in phases {
            self.robot.set_mode(phase.mode);
            end += phase.duration;
            while now < end {
                self.tick(now, None, None)?;
                now += period;
            }
        }
        self.robot.set_mode(RobotMode::Disabled);
        self.tick(now, None, None)?;
        self.finish()
    }

    /// Runs in real time until the operator ends it, or until the time is over; first in each of
    /// these modes, from its time on. Whatever happens meanwhile, a panic too, outputs are safe at the
    /// end and the recording is whole.
    pub fn run(
        mut self,
        modes: &[(Duration, RobotMode)],
        duration: Option<Duration>,
        desk: Desk,
    ) -> anyhow::Result<()> {
        let stop = self.robot.stop().clone();
        // What a panic leaves behind is dropped and nothing else.
        let ended = catch_unwind(AssertUnwindSafe(|| self.ticks(modes, duration, &desk)));
        desk.ending();
        let finished = match ended {
            Ok(Ok(())) => self.finish(),
            Ok(Err(error)) => self.finish().and(Err(error)),
            Err(panic) => {
                self.robot.stop().make_safe(SafeReason::Ending);
                let why = message_of(&*panic);
                self.robot.note(&format!("the loop has panicked: {why}"));
                let finished = self.close(Vec::new());
                finished.and(Err(anyhow!(
                    "the loop has panicked, which is a bug of gantry: {why}; outputs are safe, and \
                     the recording is kept"
                )))
            }
        };
        drop(desk);
        match stop.panicked() {
            Some(thread) => finished.and(Err(anyhow!(
                "the {thread} thread has panicked, which is a bug of gantry; outputs are safe"
            ))),
            None => finished,
        }
    }

    fn ticks(
        &mut self,
        modes: &[(Duration, RobotMode)],
        duration: Option<Duration>,
        desk: &Desk,
    ) -> anyhow::Result<()> {
        let mut pace = RealTime::start(self.robot.config().period);
        let mut suspensions = Suspensions::default();
        let mut modes = modes.iter().peekable();
        let (mut now, mut late) = (Duration::ZERO, None);
        while duration.is_none_or(|duration| now < duration) {
            while let Some((_, mode)) = modes.next_if(|(from, _)| *from <= now) {
                self.robot.set_mode(*mode);
            }
            if !desk.attend(&mut self.robot) {
                break;
            }
            if let Some(time) = suspensions.look() {
                self.robot.disable_for(SafeReason::Suspended, time);
            }
            if let Some(reloader) = &self.reloader {
                reloader.apply(&mut self.robot);
            }
            self.tick(now, late, Some(&pace))?;
            let due = pace.wait();
            (now, late) = (due.time, Some(due.late));
        }
        if let Some(thread) = self.robot.stop().panicked() {
            self.robot.note(&format!(
                "the {thread} thread has panicked: the program ends"
            ));
        }
        self.robot.set_mode(RobotMode::Disabled);
        self.tick(now, late, None)
    }

    fn tick(
        &mut self,
        now: Duration,
        late: Option<Duration>,
        pace: Option<&RealTime>,
    ) -> anyhow::Result<()> {
        self.robot.tick(now, late);
        self.robot.maintain(pace.map(RealTime::slack));
        match &mut self.sink {
            Sink::Inline(reports) => reports.take(),
            Sink::Thread(_) => {}
        }
        Ok(())
    }

    /// Makes everything safe, waits for the last records and prints the summary.
    fn finish(mut self) -> anyhow::Result<()> {
        self.robot.shut_down();
        let score = self.score();
        self.close(score)
    }

    /// Ends the robot, waits for the last records and prints the summary.
    fn close(self, score: Vec<(String, String)>) -> anyhow::Result<()> {
        let config = self.robot.config().clone();
        // The end of the robot is the end of its records, after a panic too.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(self.robot)));
        let mut reports = match self.sink {
            Sink::Inline(mut reports) => {
                reports.take();
                *reports
            }
            Sink::Thread(handle) => match handle.join() {
                Ok(reports) => reports,
                Err(_) => bail!("the telemetry thread has panicked; its records are lost"),
            },
        };
        reports.close();
        let run = Run {
            robot: &config.name,
            seed: Some(self.seed),
            period: config.period,
        };
        let summary = reports.summary(run, &score);
        match self.clock {
            Clock::Virtual => write!(std::io::stdout().lock(), "{summary}")?,
            // A terminal that takes nothing does not keep a robot's program from ending.
            Clock::Real => console::print(summary),
        }
        Ok(())
    }

    /// What the field counts, if the robot has one.
    fn score(&self) -> Vec<(String, String)> {
        let counts = [
            ("scored", "scored"),
            ("missed", "missed"),
            ("still held", "held"),
        ];
        let fields = self
            .robot
            .config()
            .devices
            .iter()
            .filter(|device| device.model == "field");
        let mut score = Vec::new();
        for device in fields {
            for (label, port) in counts {
                if let Some(channel) = device.ports.get(port)
                    && let Some(count) = self.robot.number(channel)
                {
                    score.push((label.to_owned(), format!("{count}")));
                }
            }
        }
        score
    }
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it does not say why")
}
