//! Both clocks show the tick's time, and stand still within a tick.

use wasmtime::Result;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};

use crate::run::RunState;

/// What the wall clock shows at the start of the robot program: 2026-01-01T00:00:00Z. A robot does
/// not know the date for sure, and a replay must see the same one.
pub(super) const WALL_CLOCK_START: u64 = 1_767_225_600;

impl wall_clock::Host for RunState {
    fn now(&mut self) -> Result<wall_clock::Datetime> {
        let time = self.moment().time;
        Ok(wall_clock::Datetime {
            seconds: WALL_CLOCK_START + time.as_secs(),
            nanoseconds: time.subsec_nanos(),
        })
    }

    fn resolution(&mut self) -> Result<wall_clock::Datetime> {
        let period = self.context.clock.period();
        Ok(wall_clock::Datetime {
            seconds: period.as_secs(),
            nanoseconds: period.subsec_nanos(),
        })
    }
}

impl monotonic_clock::Host for RunState {
    fn now(&mut self) -> Result<u64> {
        Ok(self.now_nanos())
    }

    fn resolution(&mut self) -> Result<u64> {
        Ok(u64::try_from(self.context.clock.period().as_nanos()).unwrap_or(u64::MAX))
    }

    fn subscribe_instant(&mut self, when: u64) -> Result<Resource<DynPollable>> {
        self.timer(when)
    }

    fn subscribe_duration(&mut self, duration: u64) -> Result<Resource<DynPollable>> {
        let when = self.now_nanos().saturating_add(duration);
        self.timer(when)
    }
}

impl RunState {
    /// The tick's time in nanoseconds.
    pub(super) fn now_nanos(&self) -> u64 {
        u64::try_from(self.moment().time.as_nanos()).unwrap_or(u64::MAX)
    }
}
