//! How much memory and how many table elements one run may have, all together.

use std::sync::Arc;

use wasmtime::ResourceLimiter;

use super::usage::Usage;
use crate::config::Limits;
use crate::exceeded::Limit;

/// Counts what the memories and tables of one store have grown to.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory: usize,
    memory_limit: usize,
    memory_together: usize,
    elements: usize,
    elements_limit: usize,
    refused: Option<Refused>,
    usage: Arc<Usage>,
}

/// What was refused last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    Memory,
    Together,
    Table,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits, usage: Arc<Usage>) -> Self {
        Self {
            memory: 0,
            memory_limit: limits.memory,
            memory_together: limits.memory_together,
            elements: 0,
            elements_limit: limits.table_elements,
            refused: None,
            usage,
        }
    }

    fn refuse(&mut self, what: Refused) {
        self.refused = Some(what);
        let limit = match what {
            Refused::Memory => Limit::Memory,
            Refused::Together => Limit::MemoryTogether,
            Refused::Table => Limit::TableElements,
        };
        self.usage.exceed(limit, self.hint().unwrap_or_default());
    }

    /// A sentence about what was refused, for a run that failed soon after.
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self.refused? {
            Refused::Memory => format!(
                "the run has {} of memory and was refused more: its limit is {}",
                bytes(self.memory),
                bytes(self.memory_limit)
            ),
            Refused::Together => format!(
                "the run has {} of memory and was refused more: all runs of the plugin together may \
                 have {} (`limits.memory-together`)",
                bytes(self.memory),
                bytes(self.memory_together)
            ),
            Refused::Table => format!(
                "the run has {} table elements and was refused more: its limit is {}",
                self.elements, self.elements_limit
            ),
        })
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self.memory.saturating_sub(current).saturating_add(desired);
        if total > self.memory_limit || maximum.is_some_and(|maximum| desired > maximum) {
            self.refuse(Refused::Memory);
            return Ok(false);
        }
        let more = total.saturating_sub(self.memory);
        if !self.usage.grow(more, self.memory_together) {
            self.refuse(Refused::Together);
            return Ok(false);
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self
            .elements
            .saturating_sub(current)
            .saturating_add(desired);
        if total > self.elements_limit || maximum.is_some_and(|maximum| desired > maximum) {
            self.refuse(Refused::Table);
            return Ok(false);
        }
        self.elements = total;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        self.refuse(Refused::Memory);
        Ok(())
    }
}

impl Drop for Limiter {
    fn drop(&mut self) {
        self.usage.shrink(self.memory);
    }
}

/// An amount of memory for people.
pub(crate) fn bytes(amount: usize) -> String {
    match amount {
        0..1024 => format!("{amount} bytes"),
        1024..0x10_0000 => format!("{:.1} KiB", amount as f64 / 1024.0),
        _ => format!("{:.1} MiB", amount as f64 / (1024.0 * 1024.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_share_one_limit() {
        let limits = Limits {
            memory: 3 << 16,
            ..Limits::default()
        };
        let mut limiter = Limiter::new(&limits, Arc::default());
        assert!(limiter.memory_growing(0, 1 << 16, None).unwrap());
        assert!(limiter.memory_growing(0, 1 << 16, None).unwrap());
        assert_eq!(limiter.hint(), None);
        assert!(!limiter.memory_growing(1 << 16, 3 << 16, None).unwrap());
        assert!(limiter.memory_growing(1 << 16, 2 << 16, None).unwrap());
        assert_eq!(
            limiter.hint().unwrap(),
            "the run has 192.0 KiB of memory and was refused more: its limit is 192.0 KiB"
        );
    }
}
