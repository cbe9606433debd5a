//! Stores: how they are made, and how one is driven outside the scheduler.

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use gantry_scheduler::Mailbox;
use wasmtime::{Engine, Store, UpdateDeadline};

use super::control::{Control, Meter};
use super::poll::{Panicked, poll};
use super::state::{Context, RunState};
use crate::contract::{Guest, GuestPre};

/// What it takes to make a store.
#[derive(Clone, Debug)]
pub(crate) struct StoreMaker {
    pub(crate) engine: Engine,
    pub(crate) meter: Meter,
}

/// An instance that no run has used yet.
pub(crate) struct Instance {
    pub(crate) store: Store<RunState>,
    pub(crate) guest: Guest,
    pub(crate) control: Arc<Control>,
    pub(crate) mailbox: Arc<Mailbox>,
}

impl StoreMaker {
    /// A store for one run of this plugin.
    pub(crate) fn store(
        &self,
        context: &Arc<Context>,
        control: &Arc<Control>,
        mailbox: &Arc<Mailbox>,
    ) -> wasmtime::Result<Store<RunState>> {
        let state = RunState::new(context.clone(), control.clone(), mailbox.clone());
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(context.limits.call_bytes);
        store.set_max_component_handles(context.limits.handles);
        match self.meter {
            Meter::Epoch(_) => {
                store.set_epoch_deadline(1);
                // The guest only leaves its fiber when its slice is over: while it waited, epochs
                // have passed that it has not used.
                store.epoch_deadline_callback(|store| {
                    Ok(match store.data().control.epochs_left() {
                        Some(left) => UpdateDeadline::Continue(left),
                        None => UpdateDeadline::Yield(1),
                    })
                });
            }
            Meter::Fuel(quantum, _) => {
                store.set_fuel(u64::MAX)?;
                store.fuel_async_yield_interval(Some(quantum))?;
                store.set_epoch_deadline(1);
                // The epoch of all guests advances when one of them was charged a quantum.
                store.epoch_deadline_callback(|store| {
                    Ok(match store.data().control.stops_for_charges() {
                        true => UpdateDeadline::Yield(1),
                        false => UpdateDeadline::Continue(1),
                    })
                });
            }
        }
        Ok(store)
    }

    /// An instance, within this budget; none if it is used up.
    pub(crate) fn instance(
        &self,
        context: &Arc<Context>,
        pre: &GuestPre,
        budget: crate::config::Budget,
    ) -> Option<wasmtime::Result<Instance>> {
        let control = Arc::new(Control::new(self.meter.clone()));
        let mailbox = Arc::new(Mailbox::default());
        control.begin(budget, u32::MAX);
        let mut store = match self.store(context, &control, &mailbox) {
            Ok(store) => store,
            Err(error) => return Some(Err(error)),
        };
        let guest = match drive(&control, pre.instantiate(&mut store))? {
            Ok(guest) => guest,
            Err(panic) => Err(panic.into()),
        };
        Some(guest.map(|guest| Instance {
            store,
            guest,
            control,
            mailbox,
        }))
    }
}

/// Polls a guest's future to its end, or until its budget is used up.
pub(crate) fn drive<F: Future>(
    control: &Control,
    future: F,
) -> Option<Result<F::Output, Panicked>> {
    let mut future = pin!(future);
    loop {
        match poll(future.as_mut()) {
            Poll::Ready(output) => return Some(output),
            Poll::Pending if control.interrupted() => {}
            Poll::Pending => return None,
        }
    }
}
