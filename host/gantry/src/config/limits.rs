//! `[limits]` and `[plugins.<name>.limits]`: how much a plugin may take.

use std::time::Duration;

use super::reader::Table;

/// How much a plugin may take. None: the host's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Linear memory of one run, in bytes.
    pub memory: Option<u64>,
    /// Linear memory of all its runs together, in bytes.
    pub memory_together: Option<u64>,
    /// Elements of one run's tables (its function pointers).
    pub table_elements: Option<u32>,
    /// How long one resume may take before it is pre-empted.
    pub slice: Option<Duration>,
    /// How long all its runs together may compute per tick before the others are put off.
    pub time_per_tick: Option<Duration>,
    /// How long a canceled run may clean up before it is dropped.
    pub cleanup: Option<Duration>,
    /// How many ticks in a row a run may be pre-empted before it is canceled.
    pub preemption_limit: Option<u32>,
    /// How many of its runs there may be at a time.
    pub live_runs: Option<u32>,
    /// How many of its runs there may be at a time, queued ones and those of groups included.
    pub runs: Option<u32>,
    /// How many commands its runs together may fork and await per tick.
    pub forks_per_tick: Option<u32>,
    /// How deeply its runs may be nested.
    pub depth: Option<u32>,
    /// How many conditions the bindings and waits of its commands may look at.
    pub bindings: Option<u32>,
    /// How many bytes the host may keep for its runs.
    pub host_memory: Option<u64>,
    /// How many topics it may bring into the world.
    pub topics: Option<u32>,
    /// How many requests one run may make per tick.
    pub requests_per_tick: Option<u32>,
    /// How many requests all its runs together may make per tick.
    pub requests_together: Option<u32>,
    /// How many handles one run may hold.
    pub handles: Option<u32>,
    /// How many bytes one call may hand to the host.
    pub call_bytes: Option<u64>,
    /// How many lines one run may log per tick.
    pub log_lines_per_tick: Option<u32>,
    /// How many bytes its runs together may hand to the host per tick.
    pub bytes_per_tick: Option<u64>,
    /// How many lines its runs together may log per second.
    pub log_lines_per_second: Option<u32>,
    /// How many files its runs together may have open at once.
    pub open_files: Option<u32>,
    /// How many bytes it may write to its folder.
    pub folder_bytes: Option<u64>,
    /// How many files it may make in its folder.
    pub folder_files: Option<u32>,
    /// How many bytes of the recording it may take per second.
    pub recorded_bytes_per_second: Option<u64>,
    /// When it has failed too often, and what becomes of it then.
    pub quarantine: QuarantineConfig,
}

/// When a plugin has failed too often, and what becomes of it then. None: the host's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuarantineConfig {
    /// So many failures are too many.
    pub failures: Option<u32>,
    /// If they happen within this time.
    pub within: Option<Duration>,
    /// How long the first quarantine lasts.
    pub first: Option<Duration>,
    /// How long the longest lasts.
    pub longest: Option<Duration>,
    /// Whether it has another chance in a robot that is locked.
    pub retry_when_locked: Option<bool>,
    /// Whether it has no other chance: each quarantine lasts until the program is started again.
    pub for_good: bool,
}

impl QuarantineConfig {
    fn read(mut table: Table<'_>, otherwise: Self) -> Self {
        const SHORTEST: Duration = Duration::from_millis(1);
        const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
        const REASON: &str = "a plugin is quarantined for a tick at least and a day at most";
        let mut time = |key| {
            let node = table.optional(key)?;
            node.duration_within(SHORTEST, LONGEST, REASON)
        };
        let (within, first, longest) = (time("within"), time("first"), time("longest"));
        let failures = table.optional("failures");
        let failures = failures.and_then(|node| node.count(1, 10_000));
        let retry = table.optional("retry-when-locked");
        let retry = retry.and_then(|node| node.boolean());
        table.finish();
        Self {
            failures: failures.or(otherwise.failures),
            within: within.or(otherwise.within),
            first: first.or(otherwise.first),
            longest: longest.or(otherwise.longest),
            retry_when_locked: retry.or(otherwise.retry_when_locked),
            for_good: otherwise.for_good,
        }
    }
}

impl LimitsConfig {
    /// Reads a table of limits; what it leaves out is as in `otherwise`.
    pub(super) fn read(mut table: Table<'_>, otherwise: Self, period: Duration) -> Self {
        const SHORTEST: Duration = Duration::from_micros(10);
        /// What the scheduler lets anything be nested.
        const MAX_DEPTH: u32 = 64;
        const REASON: &str = "it has to end within the loop's period";
        let mut time = |key| {
            let node = table.optional(key)?;
            node.duration_within(SHORTEST, period, REASON)
        };
        let slice = time("slice");
        let cleanup = time("cleanup");
        let time_per_tick = table.optional("time-per-tick").and_then(|node| {
            const MOST: Duration = Duration::from_secs(1);
            const REASON: &str = "all runs of a plugin may make a tick late, but not for ever";
            node.duration_within(SHORTEST, MOST, REASON)
        });
        let mut bytes = |key, least, most| table.optional(key)?.bytes(least, most);
        // A component's memory is counted in pages of 64 KiB and addressed with 32 bits.
        let memory = bytes("memory", 64 << 10, 4 << 30);
        let memory_together = bytes("memory-together", 64 << 10, 1 << 40);
        let bytes_per_tick = bytes("bytes-per-tick", 1 << 10, 4 << 30);
        let call_bytes = bytes("call-bytes", 1 << 10, 1 << 30);
        let host_memory = bytes("host-memory", 64 << 10, 4 << 30);
        let recorded = bytes("recorded-bytes-per-second", 1 << 10, 1 << 40);
        let folder_bytes = bytes("folder-bytes", 0, 1 << 50);
        let depth = table.optional("depth");
        let depth = depth.and_then(|node| node.count(1, MAX_DEPTH));
        let mut count = |key, least| table.optional(key)?.count(least, u32::MAX);
        let preemption_limit = count("preemption-limit", 1);
        let table_elements = count("table-elements", 1);
        let live_runs = count("live-runs", 1);
        let runs = count("runs", 1);
        let forks_per_tick = count("forks-per-tick", 1);
        let bindings = count("bindings", 0);
        let topics = count("topics", 0);
        let requests_per_tick = count("requests-per-tick", 1);
        let requests_together = count("requests-together", 1);
        let handles = count("handles", 1);
        let log_lines_per_tick = count("log-lines-per-tick", 0);
        let log_lines_per_second = count("log-lines-per-second", 1);
        let open_files = count("open-files", 1);
        let folder_files = count("folder-files", 0);
        let quarantine = table.optional("quarantine");
        let quarantine = quarantine.and_then(|node| node.table("{ failures = 5 }"));
        let quarantine = match quarantine {
            Some(table) => QuarantineConfig::read(table, otherwise.quarantine),
            None => otherwise.quarantine,
        };
        let limits = Self {
            memory: memory.or(otherwise.memory),
            memory_together: memory_together.or(otherwise.memory_together),
            table_elements: table_elements.or(otherwise.table_elements),
            slice: slice.or(otherwise.slice),
            time_per_tick: time_per_tick.or(otherwise.time_per_tick),
            cleanup: cleanup.or(otherwise.cleanup),
            preemption_limit: preemption_limit.or(otherwise.preemption_limit),
            live_runs: live_runs.or(otherwise.live_runs),
            runs: runs.or(otherwise.runs),
            forks_per_tick: forks_per_tick.or(otherwise.forks_per_tick),
            depth: depth.or(otherwise.depth),
            bindings: bindings.or(otherwise.bindings),
            host_memory: host_memory.or(otherwise.host_memory),
            topics: topics.or(otherwise.topics),
            requests_per_tick: requests_per_tick.or(otherwise.requests_per_tick),
            requests_together: requests_together.or(otherwise.requests_together),
            handles: handles.or(otherwise.handles),
            call_bytes: call_bytes.or(otherwise.call_bytes),
            log_lines_per_tick: log_lines_per_tick.or(otherwise.log_lines_per_tick),
            bytes_per_tick: bytes_per_tick.or(otherwise.bytes_per_tick),
            log_lines_per_second: log_lines_per_second.or(otherwise.log_lines_per_second),
            open_files: open_files.or(otherwise.open_files),
            folder_bytes: folder_bytes.or(otherwise.folder_bytes),
            folder_files: folder_files.or(otherwise.folder_files),
            recorded_bytes_per_second: recorded.or(otherwise.recorded_bytes_per_second),
            quarantine,
        };
        table.finish();
        limits
    }
}
