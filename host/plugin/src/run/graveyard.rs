//! Where stores wait to be dropped outside the tick.

use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gantry_scheduler::BodyResult;
use wasmtime::Store;

use super::state::RunState;

/// The future of one run.
pub(crate) type RunFuture = Pin<Box<dyn Future<Output = BodyResult> + Send>>;

/// What is left of runs that are over.
#[derive(Default)]
pub(crate) struct Graveyard(Mutex<Vec<Remains>>);

/// Only ever dropped.
#[allow(dead_code)]
pub(crate) enum Remains {
    /// The store of a run that returned.
    Store(Box<Store<RunState>>),
    /// A run that was dropped before it returned: its store and its stack.
    Future(RunFuture),
}

impl Graveyard {
    pub(crate) fn bury(&self, remains: Remains) {
        self.lock().push(remains);
    }

    /// Drops one of them; false if there is none.
    pub(crate) fn clear_one(&self) -> bool {
        let remains = self.lock().pop();
        remains.is_some()
    }

    pub(crate) fn clear(&self) {
        // Dropped after the lock is released, for a drop may take its time.
        let remains = std::mem::take(&mut *self.lock());
        drop(remains);
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Remains>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
