//! Instances that are ready for runs to come.
//!
//! All plugins together keep a part of the pool ready, and no more. What is ready gives way to a run
//! that finds the pool full, whoever's it is: the instance that has waited longest goes first, which
//! is one of a plugin that starts nothing.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::store::Instance;

/// How much is kept ready, and how much is.
#[derive(Debug)]
pub(crate) struct WarmLimits {
    /// Of all plugins together.
    together: usize,
    /// Of one plugin.
    each: usize,
    count: Arc<AtomicUsize>,
    made: AtomicU64,
}

/// The instances of one plugin that are ready, the oldest first.
#[derive(Default)]
pub(crate) struct Warm {
    ready: Mutex<Vec<Ready>>,
    /// How many runs the plugin had started when it was last given one.
    seen: AtomicU64,
}

struct Ready {
    /// Goes up with each that is made, whoever's it is.
    number: u64,
    instance: Instance,
    _place: Place,
}

/// One of the places for what is ready, until it is dropped.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl WarmLimits {
    pub(crate) fn new(together: usize, each: usize) -> Self {
        Self {
            together,
            each,
            count: Arc::default(),
            made: AtomicU64::new(0),
        }
    }

    fn is_full(&self) -> bool {
        self.count.load(Relaxed) >= self.together
    }
}

impl Warm {
    pub(crate) fn take(&self) -> Option<Instance> {
        self.lock().pop().map(|ready| ready.instance)
    }

    /// Whether the plugin has started runs since it was last given one, of which there are so many
    /// by now. It comes before plugins that start nothing.
    pub(crate) fn is_used(&self, started: u64) -> bool {
        self.seen.load(Relaxed) != started
    }

    /// Whether one more may be kept: there is a place, or `make_place` can make one for a plugin that
    /// has none ready.
    pub(crate) fn has_place(&self, limits: &WarmLimits, make_place: impl FnOnce() -> bool) -> bool {
        let ready = self.lock().len();
        match limits.is_full() {
            _ if ready >= limits.each => false,
            false => true,
            true => ready == 0 && limits.together > 0 && make_place(),
        }
    }

    pub(crate) fn keep(&self, limits: &WarmLimits, instance: Instance, started: u64) {
        self.seen.store(started, Relaxed);
        limits.count.fetch_add(1, Relaxed);
        self.lock().push(Ready {
            number: limits.made.fetch_add(1, Relaxed),
            instance,
            _place: Place(limits.count.clone()),
        });
    }

    /// The number of the one that has waited longest.
    pub(crate) fn oldest(&self) -> Option<u64> {
        self.lock().first().map(|ready| ready.number)
    }

    /// Drops the one that has waited longest. Says whether there was one.
    pub(crate) fn drop_oldest(&self) -> bool {
        let oldest = {
            let mut ready = self.lock();
            (!ready.is_empty()).then(|| ready.remove(0))
        };
        oldest.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Ready>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
