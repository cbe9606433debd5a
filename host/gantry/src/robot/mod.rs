//! A robot: everything that robot.toml describes, put together and run tick by tick.

mod assembly;
mod commands;
mod folders;
mod log;
mod modes;
mod observer;
mod outputs;
mod replacement;
mod signals;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use gantry_hardware::{Driver, DriverReport, Hardware, Health, Image};
use gantry_plugin::{Level, Runtime, Verdict};
use gantry_scheduler::{Scheduler, Supplier, Tick};
use gantry_telemetry::{LogLevel, Producer, Recorder, SafeReason, TickTiming};

use self::assembly::{Behaviour, Parts};
use self::folders::Granted;
use self::modes::ModeChannels;
use self::observer::Watch;
use self::outputs::OutputWatch;
use crate::config::{ConfigErrors, Mode, RobotConfig};
use crate::operator::{Limits, Stop};

pub use self::assembly::{Disk, PluginFiles};
pub(crate) use self::assembly::{policy, sized, source};
pub use self::modes::RobotMode;
pub use self::replacement::{Remains, Replacement};

/// How a robot is put together.
pub struct Options<'a> {
    /// Where plugins' files come from.
    pub files: &'a dyn PluginFiles,
    /// Where random numbers start: those of the simulator and those that guests see.
    pub seed: u64,
    /// Whether ticks follow real time, so that it matters how long they take.
    pub real_time: bool,
    /// Whether the plugins are those that `robot.lock` names, so that none may be exchanged.
    pub locked: bool,
    /// Where records go.
    pub telemetry: Producer,
    /// Drivers besides the simulator, for channels that no simulated device has.
    pub drivers: Drivers<'a>,
}

/// Makes drivers for the channels of an image.
pub type Drivers<'a> = &'a dyn Fn(&std::sync::Arc<Image>) -> Vec<Box<dyn Driver>>;

/// No drivers besides the simulator.
pub fn no_drivers(_: &std::sync::Arc<Image>) -> Vec<Box<dyn Driver>> {
    Vec::new()
}

/// A robot that is ready to run.
pub struct Robot {
    config: RobotConfig,
    runtime: Runtime,
    scheduler: Scheduler,
    hardware: Hardware,
    plugins: gantry_plugin::Robot,
    log: std::sync::Arc<log::LogQueue>,
    folders: Granted,
    recorder: Rc<RefCell<Recorder>>,
    mode_channels: ModeChannels,
    mode: RobotMode,
    stop: Stop,
    limits: Limits,
    /// How often the switch of the hardware had been thrown when the last tick took note of it.
    thrown: u64,
    always: Behaviour,
    /// One per op mode, in the order of the file.
    opmodes: Vec<Behaviour>,
    last_tick: Option<Duration>,
    last_start: Option<Instant>,
    topics_seen: u64,
    /// None unless outputs are recorded.
    outputs: Option<OutputWatch>,
    /// Plugins that were replaced while some of their runs went on.
    retired: Vec<Supplier>,
    real_time: bool,
    locked: bool,
}

impl Robot {
    /// Loads the plugins and puts everything together. The robot is disabled.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, at the lines of the file.
    pub fn assemble(
        config: RobotConfig,
        runtime: Runtime,
        options: Options<'_>,
    ) -> Result<Self, ConfigErrors> {
        let parts = assembly::assemble(
            &config,
            options.files,
            &runtime,
            options.seed,
            options.drivers,
        )?;
        let Parts {
            image,
            hardware,
            mechanisms,
            surroundings,
            log,
            folders,
            always,
            opmodes,
        } = parts;
        let recorder = Rc::new(RefCell::new(Recorder::new(options.telemetry)));
        let watch = Watch {
            image: image.clone(),
            recorder: recorder.clone(),
            mechanisms: mechanisms.clone(),
            clock: options.real_time.then(Instant::now),
        };
        let mut scheduler = Scheduler::new(mechanisms, Box::new(watch));
        scheduler.set_enabled(false);
        apply(&mut scheduler, &always);
        let mode_channels = ModeChannels::new(image, &config);
        let mut robot = Self {
            stop: Stop::new(hardware.safety().clone()),
            limits: Limits::of(config.period),
            thrown: 0,
            config,
            runtime,
            scheduler,
            hardware,
            plugins: surroundings,
            log,
            folders,
            recorder,
            mode_channels,
            mode: RobotMode::Disabled,
            always,
            opmodes,
            last_tick: None,
            last_start: None,
            topics_seen: 0,
            outputs: None,
            retired: Vec::new(),
            real_time: options.real_time,
            locked: options.locked,
        };
        robot
            .recorder
            .borrow_mut()
            .mode(gantry_telemetry::Mode::Disabled);
        robot.maintain(None);
        Ok(robot)
    }

    /// What robot.toml says.
    pub fn config(&self) -> &RobotConfig {
        &self.config
    }

    /// Whether the plugins are those that `robot.lock` names. A locked robot MUST NOT exchange any.
    pub fn is_locked(&self) -> bool {
        self.locked
    }

    /// The folders that were granted, open, by the plugins' names.
    pub(crate) fn folders(&self) -> &Granted {
        &self.folders
    }

    /// What the robot is doing.
    pub fn mode(&self) -> RobotMode {
        self.mode
    }

    /// What ends whatever the robot is doing, from any thread.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// The op mode of this name, or the nearest name.
    pub fn find_opmode(&self, name: &str) -> Result<RobotMode, UnknownOpMode> {
        find_opmode(&self.config, name).map(RobotMode::Enabled)
    }

    /// Does something else from the next tick on. An emergency stop is for good, and comes first: once
    /// [`stop`](Robot::stop) has one, every other mode is it.
    pub fn set_mode(&mut self, mode: RobotMode) {
        let mode = match self.stop.is_emergency() {
            true => RobotMode::EmergencyStopped,
            false => mode,
        };
        if mode == self.mode || self.mode == RobotMode::EmergencyStopped {
            return;
        }
        self.mode = mode;
        // Before what it ends and what it starts, for it is the reason.
        self.recorder.borrow_mut().mode(self.shown_mode());
        let enabled = matches!(mode, RobotMode::Enabled(_));
        // What the op mode before left behind ends first, and its outputs are safe.
        self.scheduler.set_enabled(false);
        self.scheduler.set_opmode(false);
        self.scheduler.end_opmodes();
        self.hardware.image().set_enabled(enabled);
        if mode == RobotMode::EmergencyStopped {
            self.scheduler.cancel_all();
            self.hardware.make_safe();
        }
        self.scheduler.set_enabled(enabled);
        let mut kind = None;
        if let RobotMode::Enabled(index) = mode {
            self.scheduler.set_opmode(true);
            apply(&mut self.scheduler, &self.opmodes[index]);
            kind = Some(self.config.opmodes[index].mode);
        }
        self.mode_channels.set(mode, kind);
    }

    /// The mode as it is recorded.
    fn shown_mode(&self) -> gantry_telemetry::Mode {
        let index = match self.mode {
            RobotMode::Disabled => return gantry_telemetry::Mode::Disabled,
            RobotMode::EmergencyStopped => return gantry_telemetry::Mode::EmergencyStopped,
            RobotMode::Enabled(index) => index,
        };
        let opmode = &self.config.opmodes[index];
        let name = opmode.name.as_str().into();
        match opmode.mode {
            Mode::Autonomous => gantry_telemetry::Mode::Autonomous(name),
            Mode::Teleoperated => gantry_telemetry::Mode::Teleoperated(name),
            Mode::Test => gantry_telemetry::Mode::Test(name),
        }
    }

    /// Runs one tick at this time since the start, which must not go back.
    pub fn tick(&mut self, now: Duration, lateness: Option<Duration>) {
        let started = self.real_time.then(Instant::now);
        let tick = Tick {
            number: self.scheduler.now().number,
            time: now,
        };
        let since_last = self
            .last_tick
            .replace(now)
            .map_or(Duration::ZERO, |last| now - last);
        // Still between two ticks: so it is for the scheduler, too.
        self.take_stops();
        self.judge_lateness(lateness.unwrap_or_default());
        self.judge_plugins(now);
        self.bury_retired();
        self.recorder.borrow_mut().begin_tick(tick);
        self.plugins.clock.set(tick);

        self.mode_channels.sample();
        self.hardware.begin_tick(now, since_last);
        if lateness.is_some_and(|late| late > self.config.period) {
            self.hardware.withhold();
        }
        self.scheduler.tick(now);
        let work = started.map(|started| started.elapsed());
        if let Some(work) = work.filter(|work| *work > self.config.period) {
            // What was computed is for a moment that is over.
            self.hardware.withhold();
            let mut recorder = self.recorder.borrow_mut();
            recorder.outputs_safe(SafeReason::Overrun, Some(work));
        }
        self.hardware.end_tick();
        self.record_changed_outputs();

        let timing = work.map(|work| {
            let before = std::mem::replace(&mut self.last_start, started);
            let period = started.zip(before).map(|(now, before)| now - before);
            // The next tick should have begun.
            let late = (work + lateness.unwrap_or_default()).checked_sub(self.config.period);
            TickTiming {
                period,
                work,
                late: late.filter(|by| !by.is_zero()),
            }
        });
        self.recorder.borrow_mut().end_tick(timing);
    }

    /// Records every change of an output from now on.
    pub(crate) fn record_outputs(&mut self) {
        self.outputs = Some(OutputWatch::new(self.hardware.image().clone()));
    }

    fn record_changed_outputs(&mut self) {
        if let Some(outputs) = &mut self.outputs {
            outputs.record(&mut self.recorder.borrow_mut());
        }
    }

    /// Takes note of what other threads have done to the outputs. They are safe in this tick, and
    /// follow the commands again from the next one on, if the mode is one that lets them.
    fn take_stops(&mut self) {
        let times = self.hardware.safety().times();
        for reason in self.stop.take_reasons() {
            self.recorder.borrow_mut().outputs_safe(reason, None);
        }
        if self.stop.is_emergency() {
            self.set_mode(RobotMode::EmergencyStopped);
        }
        if times == self.thrown && self.hardware.safety().is_thrown() {
            self.hardware.rearm(times);
        }
        self.thrown = times;
    }

    /// Tells that a tick starts more than a period late. After a stall the robot is disabled.
    fn judge_lateness(&mut self, late: Duration) {
        if late > self.limits.stall {
            self.disable_for(SafeReason::Stalled, late);
        } else if late > self.config.period {
            let mut recorder = self.recorder.borrow_mut();
            recorder.outputs_safe(SafeReason::Late, Some(late));
        }
    }

    /// Disables the robot, because it has not been watched over for a time.
    pub(crate) fn disable_for(&mut self, reason: SafeReason, time: Duration) {
        self.recorder.borrow_mut().outputs_safe(reason, Some(time));
        if matches!(self.mode, RobotMode::Enabled(_)) {
            tracing::error!("{} for {time:.1?}: the robot is disabled", reason.name());
            self.set_mode(RobotMode::Disabled);
        }
    }

    /// Puts a sentence for people into the recording.
    pub(crate) fn note(&self, text: &str) {
        self.recorder.borrow_mut().note(text);
    }

    /// Sets aside plugins that have failed too often, gives them another chance later, and tells
    /// which limits they went over.
    fn judge_plugins(&mut self, now: Duration) {
        for plugin in self.plugins.registry.plugins().values() {
            let name = plugin.name();
            match plugin.review(now) {
                None => {}
                Some(Verdict::Quarantined {
                    times,
                    time,
                    reason,
                }) => {
                    tracing::error!("plugin `{name}`: {reason}");
                    let mut recorder = self.recorder.borrow_mut();
                    recorder.quarantined(name, times, time, &reason);
                    drop(recorder);
                    self.scheduler.cancel_from(plugin.supplier());
                    // After their cleanup, which may publish.
                    self.plugins.topics.withdraw(plugin.supplier());
                }
                Some(Verdict::Released) => {
                    tracing::info!("plugin `{name}` has another chance");
                    self.recorder.borrow_mut().released(name);
                }
            }
            while let Some(exceeded) = plugin.take_exceeded(now) {
                let (limit, message) = (exceeded.limit.to_string(), &exceeded.message);
                tracing::warn!("plugin `{name}` went over `limits.{limit}`: {message}");
                let mut recorder = self.recorder.borrow_mut();
                recorder.limit_exceeded(name, &limit, exceeded.times, message);
            }
        }
    }

    /// The rest of a tick, in the time before the next: log lines, faults, topics; and, as long as it is
    /// not later than `until`, clearing away runs that are over and making instances ready.
    pub fn maintain(&mut self, until: Option<Instant>) {
        let mut recorder = self.recorder.borrow_mut();
        let dropped = self.log.drain(|line| {
            tell(&line);
            recorder.log(
                &line.plugin,
                &line.command,
                line.run,
                level(line.level),
                &line.text,
            );
        });
        if dropped > 0 {
            recorder.note(&format!(
                "{dropped} log lines came too fast and were dropped"
            ));
        }
        for DriverReport { driver, change, .. } in self.hardware.reports() {
            match change {
                Health::Failed { error, .. } => {
                    tracing::error!(driver = &*driver, "{error}; its outputs are safe");
                    recorder.driver_fault(&driver, &error.to_string());
                }
                Health::Recovered { after } => {
                    tracing::info!(driver = &*driver, "recovered after {after:?}");
                    recorder.driver_recovered(&driver);
                }
            }
        }
        self.topics_seen = self
            .plugins
            .topics
            .changes(self.topics_seen, |name, value, plugin| {
                recorder.topic(name, value, plugin);
            });
        recorder.await_tick(self.scheduler.now());
        drop(recorder);
        match until {
            Some(until) => {
                self.runtime.maintain_until(until);
            }
            None => self.runtime.maintain(),
        }
    }

    /// Puts all outputs at their safe values and ends every command; the robot is over.
    pub fn shut_down(&mut self) {
        self.scheduler.cancel_all();
        self.hardware.make_safe();
        self.record_changed_outputs();
        self.maintain(None);
    }

    /// The value of a number input as of the last tick, for summaries.
    pub fn number(&self, channel: &str) -> Option<f64> {
        let image = self.hardware.image();
        image.find(channel).map(|id| image.number(id))
    }

    /// The runtime of its plugins.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The plugins and what they share.
    pub fn plugins(&self) -> &gantry_plugin::Robot {
        &self.plugins
    }
}

/// There is no op mode of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no op mode `{name}`; this robot has {}", list(known))]
pub struct UnknownOpMode {
    name: String,
    known: Vec<String>,
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The position of an op mode in a robot's file.
pub(crate) fn find_opmode(config: &RobotConfig, name: &str) -> Result<usize, UnknownOpMode> {
    let position = config.opmodes.iter().position(|opmode| opmode.name == name);
    position.ok_or_else(|| UnknownOpMode {
        name: name.to_owned(),
        known: config
            .opmodes
            .iter()
            .map(|opmode| opmode.name.clone())
            .collect(),
    })
}

/// Makes what a scope of the file says, in the scheduler's present scope.
fn apply(scheduler: &mut Scheduler, behaviour: &Behaviour) {
    for (mechanism, command) in &behaviour.defaults {
        // Assembly has checked that it fits.
        if let Err(error) = scheduler.declare_default(*mechanism, command) {
            tracing::error!("{error}");
        }
    }
    for bound in &behaviour.bindings {
        scheduler.declare(&bound.signal, bound.binding, &bound.command, bound.first);
    }
    for command in &behaviour.schedule {
        // A refusal is told by the scheduler's observer.
        scheduler.schedule(command);
    }
}

fn tell(line: &log::Line) {
    let (who, text) = if line.command.is_empty() {
        (&line.plugin, &line.text)
    } else {
        (&line.command, &line.text)
    };
    match line.level {
        Level::Trace => tracing::trace!("{who}: {text}"),
        Level::Debug => tracing::debug!("{who}: {text}"),
        Level::Info => tracing::info!("{who}: {text}"),
        Level::Warn => tracing::warn!("{who}: {text}"),
        Level::Error => tracing::error!("{who}: {text}"),
    }
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::Trace => LogLevel::Trace,
        Level::Debug => LogLevel::Debug,
        Level::Info => LogLevel::Info,
        Level::Warn => LogLevel::Warn,
        Level::Error => LogLevel::Error,
    }
}
