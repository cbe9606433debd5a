//! How long bodies take: what lies between a mount and a suspension.

use std::sync::Arc;
use std::time::Duration;

use gantry_scheduler::RunId;

use crate::Slowest;

/// Bodies being resumed now, innermost last, and the longest span of the tick.
///
/// A body that starts a child resumes it in the middle of its own span; that time is the child's.
#[derive(Debug)]
pub(crate) struct Spans {
    open: Vec<Span>,
    slowest: Option<Slowest>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    run: RunId,
    since: Duration,
    inner: Duration,
}

impl Spans {
    pub(crate) fn new() -> Self {
        Self {
            open: Vec::with_capacity(64),
            slowest: None,
        }
    }

    /// Forgets the tick before.
    pub(crate) fn begin_tick(&mut self) {
        self.open.clear();
        self.slowest = None;
    }

    /// A body is about to be resumed.
    pub(crate) fn open(&mut self, run: RunId, clock: Duration) {
        self.open.push(Span {
            run,
            since: clock,
            inner: Duration::ZERO,
        });
    }

    /// A body is suspended or has ended. Its own time, if it was being resumed.
    pub(crate) fn close(
        &mut self,
        run: RunId,
        command: &Arc<str>,
        clock: Duration,
    ) -> Option<Duration> {
        let depth = self.open.iter().rposition(|span| span.run == run)?;
        let span = self.open[depth];
        self.open.truncate(depth);
        let whole = clock.saturating_sub(span.since);
        if let Some(outer) = self.open.last_mut() {
            outer.inner += whole;
        }
        let own = whole.saturating_sub(span.inner);
        if self
            .slowest
            .as_ref()
            .is_none_or(|slowest| own > slowest.took)
        {
            self.slowest = Some(Slowest {
                command: command.clone(),
                took: own,
            });
        }
        Some(own)
    }

    /// The longest span of this tick so far.
    pub(crate) fn slowest(&self) -> Option<&Slowest> {
        self.slowest.as_ref()
    }
}
