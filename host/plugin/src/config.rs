//! How the runtime is sized, how runs are pre-empted, and what one run may use.

use std::path::PathBuf;
use std::time::Duration;

use gantry_scheduler::SupplierLimits;
use serde::{Serialize, Serializer};

use crate::compiler::Compiler;

/// What a [`Runtime`](crate::Runtime) is made from.
#[derive(Clone, Debug)]
pub struct RuntimeConfig {
    /// What pre-empts a guest that does not ask for anything.
    pub preemption: Preemption,
    /// How much is set aside for live runs.
    pub pool: Pool,
    /// Bytes of stack that each run may use.
    pub stack: usize,
    /// Where compiled code is kept; none compiles at every load.
    pub cache: Option<CacheConfig>,
    /// Where the code of every plugin that is loaded is kept besides, for a robot that is being locked.
    pub locked_code: Option<CacheConfig>,
    /// Files and folders of the host's own besides those of [`cache`](Self::cache) and
    /// [`locked_code`](Self::locked_code), which no plugin is to see.
    pub private: Vec<PathBuf>,
    /// Where components are compiled that are not in the cache.
    pub compiler: Compiler,
    /// How long a plugin may take to start and to describe itself when it is loaded. With
    /// [`Preemption::Fuel`] the same as an amount of fuel.
    pub describe_budget: Budget,
}

impl Default for RuntimeConfig {
    fn default() -> Self {
        Self {
            preemption: Preemption::real_time(),
            pool: Pool::default(),
            // QuickJS and recursive Rust need half of it and more.
            stack: 1 << 20,
            cache: None,
            locked_code: None,
            private: Vec::new(),
            compiler: Compiler::Inside,
            describe_budget: Budget {
                time: Duration::from_secs(2),
                fuel: 2_000_000_000,
            },
        }
    }
}

impl RuntimeConfig {
    /// A runtime whose runs do the same every time: fuel instead of real time.
    pub fn deterministic() -> Self {
        Self {
            preemption: Preemption::Fuel { quantum: 100_000 },
            ..Self::default()
        }
    }
}

/// Where compiled code is kept.
#[derive(Clone, Debug)]
pub struct CacheConfig {
    /// The folder. It is made if it is missing; one that is somebody else's, or that others can
    /// change, is refused.
    pub folder: PathBuf,
    /// The file with the secret that entries are authenticated with. It is made if it is missing;
    /// one that is somebody else's, or that others can read, is refused. It belongs outside of the
    /// folder, so that a folder that was brought from elsewhere does not bring its secret along.
    pub key: PathBuf,
    /// Compile nothing, and make neither folder nor file: a plugin whose code is not in the folder is
    /// not loaded.
    pub only: bool,
}

/// What pre-empts a guest that does not ask for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preemption {
    /// Real time, in steps of this length: a guest is stopped within one step of the end of its
    /// slice. Costs about a tenth in tight loops.
    Epoch {
        /// The step, at least 50 µs.
        period: Duration,
    },
    /// Executed instructions, the same in every execution. Costs more than [`Preemption::Epoch`].
    Fuel {
        /// Instructions between two looks at the budget; slices are rounded up to it.
        quantum: u64,
    },
}

impl Preemption {
    /// Real time in steps of half a millisecond.
    pub fn real_time() -> Self {
        Preemption::Epoch {
            period: Duration::from_micros(500),
        }
    }
}

/// An amount of computing: real time under [`Preemption::Epoch`], instructions under
/// [`Preemption::Fuel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Under [`Preemption::Epoch`].
    pub time: Duration,
    /// Under [`Preemption::Fuel`].
    pub fuel: u64,
}

/// About as many instructions as a small computer executes in a microsecond.
const FUEL_PER_MICROSECOND: u64 = 500;

impl Budget {
    /// A time, and the instructions that stand for it: 500 per microsecond.
    pub fn of(time: Duration) -> Self {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            time,
            fuel: micros.saturating_mul(FUEL_PER_MICROSECOND).max(1),
        }
    }

    /// The time that instructions stand for.
    pub(crate) fn time_of(fuel: u64) -> Duration {
        Duration::from_nanos(fuel.saturating_mul(1000) / FUEL_PER_MICROSECOND)
    }
}

/// How much is set aside for live runs, all plugins together.
///
/// Only address space is set aside: memory is used by the runs that are alive.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// Runs that can be alive at once, warm instances and runs that have ended but are not cleared
    /// away yet included. Also the number of stacks.
    pub live_runs: u32,
    /// Linear memories of all live runs together. Rust and C have one per run, Python has three.
    pub memories: u32,
    /// The most that one memory can grow to, in bytes, whatever a plugin's limits are.
    pub memory_bytes: usize,
    /// Address space that is set aside per memory. With 4 GiB the processor checks the bounds for
    /// free; less needs a check per access, and suits processors with a small address space.
    pub memory_address_space: u64,
    /// Elements per table.
    pub table_elements: usize,
    /// How many instances of each plugin are kept ready,
    pub warm: u32,
    /// and of all plugins together. They give way to runs.
    pub warm_together: u32,
}

/// Address space behind each memory that nothing may touch, as wasmtime sets it.
const MEMORY_GUARD: u64 = 32 << 20;
/// The most memories of one component.
pub(crate) const MEMORIES_PER_COMPONENT: u32 = 8;

impl Pool {
    /// Room for this many live runs.
    pub fn for_runs(live_runs: u32) -> Self {
        Self {
            live_runs,
            memories: live_runs.saturating_add(live_runs / 4).saturating_add(8),
            memory_bytes: 256 << 20,
            memory_address_space: 4 << 30,
            table_elements: 20_000,
            warm: 4.min(live_runs / 8),
            warm_together: live_runs / 4,
        }
    }

    /// Room for one run, in as little address space as one can do with: code for it checks the bounds of
    /// memories itself.
    pub fn smallest() -> Self {
        let one = Self::for_runs(1);
        Self {
            // As many as a component may have.
            memories: MEMORIES_PER_COMPONENT,
            memory_address_space: one.memory_bytes as u64,
            ..one
        }
    }

    /// About how many bytes of address space are set aside for memories, which is nearly all.
    pub fn address_space(&self) -> u64 {
        u64::from(self.memories).saturating_mul(self.memory_address_space + MEMORY_GUARD)
    }

    /// The most live runs whose pool needs no more address space than this many bytes, if any does.
    pub fn fitting(bytes: u64) -> Option<u32> {
        let fits = |live_runs: &u32| Self::for_runs(*live_runs).address_space() <= bytes;
        // More live runs never need less.
        let (mut most, mut too_many) = (0, u32::MAX);
        while too_many - most > 1 {
            let middle = most + (too_many - most) / 2;
            match fits(&middle) {
                true => most = middle,
                false => too_many = middle,
            }
        }
        (most > 0).then_some(most)
    }

    /// How many runs of a plugin there may be at a time that has no limit of its own: three quarters,
    /// so that none takes all of them.
    pub fn runs_per_plugin(&self) -> u32 {
        self.live_runs - self.live_runs / 4
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self::for_runs(512)
    }
}

impl Serialize for Budget {
    /// The time: the fuel follows from it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        in_words(&self.time, serializer)
    }
}

/// A time as `1.5s`.
fn in_words<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:?}"))
}

/// The same, if there is one.
fn in_words_if_any<S: Serializer>(
    time: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => in_words(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// What one run of a plugin may use. It is serialized for a robot's lock, by the names that a robot's
/// file has for it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Limits {
    /// Linear memory of one run, all its memories together, in bytes.
    pub memory: usize,
    /// Linear memory of all its runs together, those that are kept ready included, in bytes.
    pub memory_together: usize,
    /// Table elements of one run, all its tables together.
    pub table_elements: usize,
    /// How long a run may compute per tick before it is pre-empted.
    pub slice: Budget,
    /// How long all its runs together may compute per tick before the others are put off to the
    /// next; none: half of the period. What is canceled in a tick may take a quarter of the period
    /// more to clean up; what is canceled after that is dropped.
    #[serde(serialize_with = "in_words_if_any")]
    pub time_per_tick: Option<Duration>,
    /// How long a canceled run may take to clean up before it is dropped.
    pub cleanup: Budget,
    /// In how many ticks in a row a run may be pre-empted before it is canceled; none: as the
    /// scheduler's limits say.
    #[serde(rename = "preemption-limit")]
    pub preemptions: Option<u32>,
    /// Requests of one run per tick before it is pre-empted.
    pub requests_per_tick: u32,
    /// Requests of all its runs and of the groups they made per tick; then each is served one more
    /// and is put off.
    pub requests_together: u32,
    /// Resources (commands, signals, channels, topics, files) that one run may hold at once.
    pub handles: usize,
    /// Bytes that one call may hand to the host.
    pub call_bytes: usize,
    /// Log lines of one run per tick; more are counted and dropped.
    pub log_lines_per_tick: u32,
    /// Log lines of all its runs per second; more are dropped and told in one line.
    pub log_lines_per_second: u32,
    /// Runs of it that may be alive at once; more fail at once. None: three quarters of the pool.
    pub live_runs: Option<u32>,
    /// Commands that all its runs together may fork and await per tick; more are refused.
    pub forks_per_tick: u32,
    /// How deeply its runs may be nested, below whomever; a fork below that is refused. The
    /// scheduler's own limit counts as well.
    pub depth: usize,
    /// Runs of its commands that there may be at once, queued ones and those of groups, waits and
    /// state machines included; more are refused. Not less than `live_runs`.
    pub runs: usize,
    /// Conditions that the bindings and waits of its commands may look at, and default commands
    /// that these may set, at the same time; more are refused.
    pub bindings: usize,
    /// Bytes that the host may keep for its runs, all together: arguments and groups, signals, and
    /// results that are waited for with others; more are refused.
    pub host_memory: usize,
    /// Topics that it may bring into the world; more are refused.
    pub topics: usize,
    /// Bytes of log lines, topics, arguments, results and files of all its runs together per tick; the
    /// run that hands over more fails.
    pub bytes_per_tick: usize,
    /// Files and folders that all its runs together may have open at once; more are not opened.
    pub open_files: usize,
    /// Bytes that it may write to its folder since it was loaded; more are not written.
    pub folder_bytes: u64,
    /// Files, folders and links that it may make in its folder since it was loaded, without those
    /// that it has removed; more are not made.
    pub folder_files: u32,
    /// Bytes of the recording that its log lines, topics, results and messages, and the events of what
    /// it runs, may take in a second; more are left out and counted. The host that records holds it
    /// to that.
    pub recorded_bytes_per_second: u64,
    /// When the plugin has failed too often, and what becomes of it then.
    pub quarantine: QuarantineLimits,
}

/// How often a plugin may fail before its commands are refused, and for how long they are.
///
/// Traps, exceeded limits and runs that had to be ended are failures; errors that commands return
/// are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct QuarantineLimits {
    /// So many failures are too many, if they happen
    pub failures: u32,
    /// within this time.
    #[serde(serialize_with = "in_words")]
    pub within: Duration,
    /// How long the first quarantine lasts. Each further one lasts twice as long,
    #[serde(serialize_with = "in_words")]
    pub first: Duration,
    /// but not longer than this. After as long a time without one they start anew.
    #[serde(serialize_with = "in_words")]
    pub longest: Duration,
    /// Whether there is another chance at all.
    #[serde(rename = "retry-when-locked")]
    pub retry: bool,
}

impl Default for QuarantineLimits {
    fn default() -> Self {
        Self {
            failures: 5,
            within: Duration::from_secs(10),
            first: Duration::from_secs(2),
            longest: Duration::from_secs(60),
            retry: true,
        }
    }
}

impl Limits {
    /// What the scheduler holds its commands to.
    pub(crate) fn of_supplier(&self) -> SupplierLimits {
        let live = self.live_runs.map_or(0, |live| live as usize);
        SupplierLimits {
            depth: Some(self.depth),
            runs: Some(self.runs.max(live)),
            conditions: Some(self.bindings),
            bytes: Some(self.host_memory),
            requests: Some(self.requests_together),
        }
    }

    /// How long all its runs together may compute per tick of this period.
    pub fn time_per_tick(&self, period: Duration) -> Duration {
        self.time_per_tick.unwrap_or(period / 2)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            memory_together: 1 << 30,
            table_elements: 50_000,
            slice: Budget::of(Duration::from_millis(2)),
            time_per_tick: None,
            cleanup: Budget::of(Duration::from_millis(5)),
            preemptions: None,
            requests_per_tick: 10_000,
            requests_together: 20_000,
            handles: 10_000,
            call_bytes: 4 << 20,
            log_lines_per_tick: 200,
            log_lines_per_second: 1_000,
            live_runs: None,
            forks_per_tick: 1_000,
            depth: 64,
            runs: 2_000,
            bindings: 2_000,
            host_memory: 64 << 20,
            topics: 512,
            bytes_per_tick: 16 << 20,
            open_files: 32,
            folder_bytes: 256 << 20,
            folder_files: 1_000,
            recorded_bytes_per_second: 1 << 20,
            quarantine: QuarantineLimits::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_live_runs_fit_as_their_pool_needs_address_space() {
        for live_runs in [1, 2, 11, 512, 100_000] {
            let bytes = Pool::for_runs(live_runs).address_space();
            assert_eq!(Pool::fitting(bytes), Some(live_runs));
            let fewer = (live_runs > 1).then_some(live_runs - 1);
            assert_eq!(Pool::fitting(bytes - 1), fewer);
        }
        assert_eq!(Pool::fitting(1 << 30), None);
    }
}
