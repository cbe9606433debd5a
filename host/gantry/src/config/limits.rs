//! `[limits]` and `[plugins.<name>.limits]`: how much a plugin may take.

use std::time::Duration;

use super::reader::Table;

/// How much a plugin may take. None: the host's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Linear memory of one run, in bytes.
    pub memory: Option<u64>,
    /// Elements of one run's tables (its function pointers).
    pub table_elements: Option<u32>,
    /// How long one resume may take before it is pre-empted.
    pub slice: Option<Duration>,
    /// How long a canceled run may clean up before it is dropped.
    pub cleanup: Option<Duration>,
    /// How many ticks in a row a run may be pre-empted before it is canceled.
    pub preemption_limit: Option<u32>,
}

impl LimitsConfig {
    /// Reads a table of limits; what it leaves out is as in `otherwise`.
    pub(super) fn read(mut table: Table<'_>, otherwise: Self, period: Duration) -> Self {
        const SHORTEST: Duration = Duration::from_micros(10);
        const REASON: &str = "it has to end within the loop's period";
        let mut time = |key| {
            let node = table.optional(key)?;
            node.duration_within(SHORTEST, period, REASON)
        };
        let slice = time("slice");
        let cleanup = time("cleanup");
        let mut bytes = |key, least, most| table.optional(key)?.bytes(least, most);
        // A component's memory is counted in pages of 64 KiB and addressed with 32 bits.
        let memory = bytes("memory", 64 << 10, 4 << 30);
        let mut count = |key, least| table.optional(key)?.count(least, u32::MAX);
        let limits = Self {
            memory: memory.or(otherwise.memory),
            table_elements: count("table-elements", 1).or(otherwise.table_elements),
            slice: slice.or(otherwise.slice),
            cleanup: cleanup.or(otherwise.cleanup),
            preemption_limit: count("preemption-limit", 1).or(otherwise.preemption_limit),
        };
        table.finish();
        limits
    }
}
