//! Waiting: what would block a thread elsewhere is a request to the scheduler here.

use std::time::Duration;

use gantry_scheduler::Request;
use wasmtime::component::Resource;
use wasmtime::{Result, bail};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::bindings::io::poll;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use crate::run::{Cost, Denied, RunState};

/// The most pollables that one call may wait for.
const MAX_POLLABLES: usize = 256;

/// Stands behind the pollables that are timers. When they are due is written in
/// [`RunState::timers`]; what is polled here is never due.
struct Timer;

#[async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        std::future::pending().await
    }
}

impl RunState {
    /// A pollable that is ready from this moment of tick time on.
    pub(super) fn timer(&mut self, when: u64) -> Result<Resource<DynPollable>> {
        let timer = self.keep(Timer)?;
        let pollable = subscribe(&mut self.table, timer)?;
        self.timers.insert(pollable.rep(), when);
        Ok(pollable)
    }

    async fn is_ready(&mut self, pollable: &Resource<DynPollable>) -> Result<bool> {
        match self.timers.get(&pollable.rep()) {
            // A canceled run does not sleep any more: it is to clean up.
            Some(&when) => Ok(when <= self.now_nanos() || self.control.canceled()),
            // A file, or output: these are read and written on the spot, and always ready.
            None => {
                let pollable = Resource::new_borrow(pollable.rep());
                poll::HostPollable::block(&mut self.table, pollable).await?;
                Ok(true)
            }
        }
    }

    /// Waits until a timer among these may be due. All others are ready.
    async fn wait_for(&mut self, pollables: &[Resource<DynPollable>]) -> Result<()> {
        let due = pollables
            .iter()
            .filter_map(|pollable| self.timers.get(&pollable.rep()));
        let when = due.copied().min().unwrap_or(0);
        let rest = Duration::from_nanos(when.saturating_sub(self.now_nanos()));
        match self.ask_done("a sleep", Request::Wait(rest)).await? {
            Ok(()) | Err(Denied::Canceled) => Ok(()),
            Err(denied) => bail!("a sleep was refused: {denied:?}"),
        }
    }
}

impl poll::Host for RunState {
    async fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> Result<Vec<u32>> {
        if pollables.is_empty() || pollables.len() > MAX_POLLABLES {
            bail!(
                "a poll of {} things; 1 to {MAX_POLLABLES} can be polled",
                pollables.len()
            );
        }
        loop {
            self.control.charge(Cost::Parts(pollables.len()));
            let mut ready = Vec::new();
            for (index, pollable) in (0..).zip(&pollables) {
                if self.is_ready(pollable).await? {
                    ready.push(index);
                }
            }
            if !ready.is_empty() {
                return Ok(ready);
            }
            self.wait_for(&pollables).await?;
            if self.control.canceled() {
                return Ok((0..).take(pollables.len()).collect());
            }
        }
    }
}

impl poll::HostPollable for RunState {
    async fn block(&mut self, pollable: Resource<DynPollable>) -> Result<()> {
        while !self.is_ready(&pollable).await? {
            self.wait_for(std::slice::from_ref(&pollable)).await?;
            if self.control.canceled() {
                break;
            }
        }
        Ok(())
    }

    async fn ready(&mut self, pollable: Resource<DynPollable>) -> Result<bool> {
        self.is_ready(&pollable).await
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> Result<()> {
        self.timers.remove(&pollable.rep());
        poll::HostPollable::drop(&mut self.table, pollable)
    }
}
