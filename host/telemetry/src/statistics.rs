//! Numbers about a run: loop timing, and what each command did.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use gantry_scheduler::{RunId, StartSource};
use hdrhistogram::Histogram;

use crate::live::LiveRuns;
use crate::{Overrun, Record, RecordKind, Slowest, TickTiming};

/// Counts and adds up records. Once a command is known, nothing allocates in a steady tick.
#[derive(Debug)]
pub struct Statistics {
    ticks: u64,
    late: u64,
    worst_late: Option<Overrun>,
    end: Duration,
    period: Distribution,
    work: Distribution,
    bodies: Distribution,
    bodies_in_tick: Duration,
    /// In order of first appearance.
    commands: Vec<CommandStatistics>,
    by_name: HashMap<Arc<str>, usize>,
    live: LiveRuns,
    interruptions: Vec<Interruptions>,
    quarantines: Vec<Quarantines>,
    refused_starts: Vec<RefusedStarts>,
    dropped: u64,
}

/// What one command did, over all its runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandStatistics {
    /// Its name.
    pub name: Arc<str>,
    /// How many runs were scheduled.
    pub runs: u64,
    /// How they ended.
    pub outcomes: Outcomes,
    /// How many runs have begun and have not ended.
    pub running: u64,
    /// Robot time between being scheduled and the end, or now, of all runs.
    pub run_time: Duration,
    /// Real time that its bodies used; zero unless bodies are timed.
    pub body_time: Duration,
    /// How often a body used up its time slice.
    pub preemptions: u64,
    /// The most pre-emptions in a row.
    pub worst_preemption: u32,
    /// How often a cleanup took too long.
    pub cleanup_overruns: u64,
    /// What its last failure said.
    pub last_failure: Option<Arc<str>>,
}

/// How runs ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Outcomes {
    /// Their body returned.
    pub completed: u64,
    /// Somebody canceled them.
    pub canceled: u64,
    /// They lost a mechanism to another command.
    pub interrupted: u64,
    /// Their body failed.
    pub failed: u64,
}

/// Who took a mechanism from whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interruptions {
    /// The command that was interrupted.
    pub command: Arc<str>,
    /// The command that did it, or the limit that was exceeded.
    pub by: Arc<str>,
    /// How often.
    pub count: u64,
}

/// Starts of a command that were refused for one reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedStarts {
    /// What was to start.
    pub command: Arc<str>,
    /// Who wanted to start it.
    pub source: StartSource,
    /// What kind of thing was in the way.
    pub reason: &'static str,
    /// The command that was in the way, if it was one.
    pub by: Option<Arc<str>>,
    /// How often it was refused; ticks in a row count once.
    pub times: u64,
    /// In how many ticks.
    pub ticks: u64,
}

/// How often a plugin was quarantined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quarantines {
    /// The plugin.
    pub plugin: Arc<str>,
    /// How often.
    pub times: u32,
    /// For how long, all together; none: the last one is for good.
    pub time: Option<Duration>,
}

/// Plugins choose names, so what is kept by name is bounded; the rest is counted under one name.
const MAX_NAMES: usize = 4096;

/// Where commands are counted once there are too many names.
const OTHERS: &str = "(others)";

/// Pairs of commands that are kept apart.
const MAX_PAIRS: usize = 256;

impl Default for Statistics {
    fn default() -> Self {
        Self::new()
    }
}

impl Statistics {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            ticks: 0,
            late: 0,
            worst_late: None,
            end: Duration::ZERO,
            period: Distribution::new(),
            work: Distribution::new(),
            bodies: Distribution::new(),
            bodies_in_tick: Duration::ZERO,
            commands: Vec::new(),
            by_name: HashMap::new(),
            live: LiveRuns::new(),
            interruptions: Vec::new(),
            quarantines: Vec::new(),
            refused_starts: Vec::new(),
            dropped: 0,
        }
    }

    /// Takes one record into account.
    pub fn record(&mut self, record: &Record) {
        self.end = self.end.max(record.at.time);
        match &record.kind {
            RecordKind::TickEnded(timing) => self.tick_ended(timing.as_ref()),
            RecordKind::Late { by, slowest } => self.late_tick(record, *by, slowest.as_ref()),
            RecordKind::Quarantined {
                plugin,
                times,
                time,
                ..
            } => self.quarantined(plugin, *times, *time),
            RecordKind::StartRefused {
                command,
                source,
                reason,
                by,
                again,
                ..
            } => self.start_refused(command, *source, reason, by.as_ref(), *again),
            RecordKind::Dropped { bodies, others } => self.dropped += bodies + others,
            _ => {
                if let (Some(run), Some(command)) = (record.run, &record.command) {
                    self.event(run, command, record);
                }
            }
        }
    }

    /// How many ticks have ended.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// How many of them were late.
    pub fn late_ticks(&self) -> u64 {
        self.late
    }

    /// The one that was late by most; it counts for itself only.
    pub fn worst_late_tick(&self) -> Option<&Overrun> {
        self.worst_late.as_ref()
    }

    /// The robot time of the newest record.
    pub fn end(&self) -> Duration {
        self.end
    }

    /// Real time from tick to tick. Empty if time is virtual.
    pub fn period(&self) -> &Distribution {
        &self.period
    }

    /// Real time from the start of a tick to its end. Empty if time is virtual.
    pub fn work(&self) -> &Distribution {
        &self.work
    }

    /// Real time that bodies used in a tick. Empty if time is virtual.
    pub fn bodies(&self) -> &Distribution {
        &self.bodies
    }

    /// What each command did until now, in order of first appearance.
    pub fn commands(&self) -> Vec<CommandStatistics> {
        let mut commands = self.commands.clone();
        for live in self.live.values().filter(|live| live.started) {
            let command = &mut commands[live.place];
            command.running += 1;
            command.run_time += self.end.saturating_sub(live.since);
        }
        commands
    }

    /// Who interrupted whom, in order of first appearance.
    pub fn interruptions(&self) -> &[Interruptions] {
        &self.interruptions
    }

    /// Which plugins were quarantined, in order of first appearance.
    pub fn quarantines(&self) -> &[Quarantines] {
        &self.quarantines
    }

    /// What was to start and did not, in order of first appearance.
    pub fn refused_starts(&self) -> &[RefusedStarts] {
        &self.refused_starts
    }

    /// How many records were lost on the way, so that the numbers are too small.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// There are as many as robot.toml has plugins, at most.
    fn quarantined(&mut self, plugin: &Arc<str>, times: u32, time: Option<Duration>) {
        let known = self.quarantines.iter_mut().find(|q| q.plugin == *plugin);
        match known {
            Some(known) => {
                known.times = times;
                known.time = known.time.zip(time).map(|(before, time)| before + time);
            }
            None => self.quarantines.push(Quarantines {
                plugin: plugin.clone(),
                times,
                time,
            }),
        }
    }

    fn start_refused(
        &mut self,
        command: &Arc<str>,
        source: StartSource,
        reason: &'static str,
        by: Option<&Arc<str>>,
        again: u64,
    ) {
        let (times, ticks) = match again {
            0 => (1, 1),
            again => (0, again),
        };
        let known = self.refused_starts.iter_mut().find(|known| {
            known.command == *command
                && known.source == source
                && known.reason == reason
                && known.by.as_ref() == by
        });
        if let Some(known) = known {
            known.times += times;
            known.ticks += ticks;
        } else if self.refused_starts.len() < MAX_PAIRS {
            self.refused_starts.push(RefusedStarts {
                command: command.clone(),
                source,
                reason,
                by: by.cloned(),
                times,
                ticks,
            });
        }
    }

    fn late_tick(&mut self, record: &Record, by: Duration, slowest: Option<&Slowest>) {
        self.late += 1;
        if self.worst_late.as_ref().is_none_or(|worst| by > worst.by) {
            self.worst_late = Some(Overrun {
                tick: record.at.number,
                by,
                slowest: slowest.cloned(),
                withheld: 0,
            });
        }
    }

    fn tick_ended(&mut self, timing: Option<&TickTiming>) {
        self.ticks += 1;
        let bodies = std::mem::take(&mut self.bodies_in_tick);
        if let Some(timing) = timing {
            if let Some(period) = timing.period {
                self.period.record(period);
            }
            self.work.record(timing.work);
            self.bodies.record(bodies);
        }
    }

    fn event(&mut self, run: RunId, name: &Arc<str>, record: &Record) {
        let index = match self.live.get(run) {
            Some(live) => live.place,
            None => self.command(name),
        };
        let command = &mut self.commands[index];
        if let Some(body) = record.body {
            command.body_time += body;
            self.bodies_in_tick += body;
        }
        match &record.kind {
            RecordKind::Scheduled => {
                command.runs += 1;
                self.live.begin(run, index, record);
            }
            RecordKind::Mounted => self.live.start(run),
            RecordKind::Preempted(in_a_row) => {
                command.preemptions += 1;
                command.worst_preemption = command.worst_preemption.max(*in_a_row);
            }
            RecordKind::Completed(_) => {
                command.outcomes.completed += 1;
                self.finish(run, index, record.at.time);
            }
            RecordKind::Failed(failure) => {
                command.outcomes.failed += 1;
                command.last_failure = Some(failure.message.clone());
                self.finish(run, index, record.at.time);
            }
            RecordKind::Canceled => {
                if self.live.get(run).is_some_and(|live| live.interrupted) {
                    command.outcomes.interrupted += 1;
                } else {
                    command.outcomes.canceled += 1;
                }
                self.finish(run, index, record.at.time);
            }
            RecordKind::Interrupted(by) => {
                self.live.interrupt(run);
                self.interrupted(index, by);
            }
            RecordKind::CleanupOverrun => command.cleanup_overruns += 1,
            _ => {}
        }
    }

    /// Where this command is counted.
    fn command(&mut self, name: &Arc<str>) -> usize {
        if let Some(&index) = self.by_name.get(name) {
            return index;
        }
        if self.commands.len() > MAX_NAMES {
            return MAX_NAMES;
        }
        let index = self.commands.len();
        let name = if index < MAX_NAMES {
            name.clone()
        } else {
            Arc::from(OTHERS)
        };
        self.by_name.insert(name.clone(), index);
        self.commands.push(CommandStatistics {
            name,
            runs: 0,
            outcomes: Outcomes::default(),
            running: 0,
            run_time: Duration::ZERO,
            body_time: Duration::ZERO,
            preemptions: 0,
            worst_preemption: 0,
            cleanup_overruns: 0,
            last_failure: None,
        });
        index
    }

    fn finish(&mut self, run: RunId, command: usize, now: Duration) {
        if let Some(live) = self.live.end(run) {
            self.commands[command].run_time += now.saturating_sub(live.since);
        }
    }

    fn interrupted(&mut self, command: usize, by: &Arc<str>) {
        let command = &self.commands[command].name;
        let known = self
            .interruptions
            .iter_mut()
            .find(|known| known.command == *command && known.by == *by);
        if let Some(known) = known {
            known.count += 1;
        } else if self.interruptions.len() < MAX_PAIRS {
            self.interruptions.push(Interruptions {
                command: command.clone(),
                by: by.clone(),
                count: 1,
            });
        }
    }
}

impl Outcomes {
    /// How many runs ended.
    pub fn total(&self) -> u64 {
        self.completed + self.canceled + self.interrupted + self.failed
    }
}

/// How a duration is distributed, to three digits, from 0.1 µs to 100 s.
#[derive(Debug)]
pub struct Distribution(Histogram<u64>);

/// In the histogram's unit, which is a nanosecond.
const SHORTEST: u64 = 100;
const LONGEST: u64 = 100_000_000_000;

impl Distribution {
    fn new() -> Self {
        let histogram = Histogram::new_with_bounds(SHORTEST, LONGEST, 3);
        Self(histogram.expect("the bounds are right"))
    }

    fn record(&mut self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(LONGEST);
        self.0.saturating_record(nanos);
    }

    /// How many durations there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Their mean.
    pub fn mean(&self) -> Duration {
        Duration::from_nanos(self.0.mean() as u64)
    }

    /// What this share of them does not exceed: 0.5 for the median.
    pub fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.0.value_at_quantile(share))
    }

    /// The longest.
    pub fn max(&self) -> Duration {
        Duration::from_nanos(self.0.max())
    }
}
