//! The driver seam: what stands between the process image and devices.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::image::{ChannelId, Image};
use crate::safety::{Safety, SafetySwitch};

/// One tick, as a driver is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Tick time: zero at the start of the run, never going back.
    pub now: Duration,
    /// Since the tick before; zero in the first.
    pub dt: Duration,
}

/// Serves some channels of the image with a device, or a whole simulated world.
///
/// Obligations:
/// - It MUST NOT block, sleep or wait for a device: it hands over what it has. What takes longer
///   belongs in a thread of its own, behind the driver.
/// - [`sample`](Driver::sample) MUST set every input that its devices have answered for, from one
///   and the same moment, and MUST leave out those that have not answered: they keep their value
///   and grow older.
/// - [`flush`](Driver::flush) MUST apply every output it serves, those that did not change too, or
///   fail.
/// - [`safe`](Driver::safe) MUST put every output at its safe value and MUST NOT fail; the devices
///   MUST come to rest by themselves if even that cannot reach them (a watchdog).
/// - Errors are values. It MUST NOT panic.
/// - It MUST NOT allocate in a tick in which nothing goes wrong.
/// - It MUST NOT touch channels other than those it [names](Driver::channels).
pub trait Driver: Send {
    /// A name for reports, unique among the drivers of a robot.
    fn name(&self) -> &str;

    /// The channels that this driver serves, in both directions. It MUST NOT change.
    fn channels(&self) -> &[ChannelId];

    /// Puts down the inputs of this tick.
    ///
    /// # Errors
    /// If the devices could not be read. Whatever was set before that is discarded, and the outputs
    /// are kept safe until a tick succeeds.
    fn sample(&mut self, tick: Tick, inputs: &mut InputFrame<'_>) -> Result<(), DriverError>;

    /// Gives the devices the outputs of this tick.
    ///
    /// # Errors
    /// If the devices could not be driven. [`safe`](Driver::safe) is called next.
    fn flush(&mut self, tick: Tick, outputs: &OutputFrame<'_>) -> Result<(), DriverError>;

    /// Puts the devices at the safe values, which is what `outputs` reads: after a fault, a late
    /// tick, and at the end.
    fn safe(&mut self, outputs: &OutputFrame<'_>);

    /// The switch by which other threads make the devices safe when the loop cannot. Every call
    /// MUST give a handle to one and the same switch; its obligations are those of [`Safety`].
    fn safety(&self) -> Arc<dyn Safety>;
}

/// Where a driver puts down what it measured.
#[derive(Debug)]
pub struct InputFrame<'a> {
    image: &'a Image,
}

impl InputFrame<'_> {
    /// A number, in the channel's unit. One that is not finite is no answer.
    pub fn set_number(&mut self, id: ChannelId, value: f64) {
        self.image.set_input_number(id, value);
    }

    /// A boolean.
    pub fn set_boolean(&mut self, id: ChannelId, value: bool) {
        self.image.set_input_boolean(id, value);
    }

    /// An array of the channel's length. One with an element that is not finite is no answer.
    pub fn set_array(&mut self, id: ChannelId, values: &[f64]) {
        self.image.set_input_array(id, values);
    }
}

/// What a driver gives its devices.
#[derive(Debug)]
pub struct OutputFrame<'a> {
    pub(crate) image: &'a Image,
}

impl OutputFrame<'_> {
    /// A number, in the channel's unit.
    pub fn number(&self, id: ChannelId) -> f64 {
        self.image.flushed_number(id)
    }

    /// A boolean.
    pub fn boolean(&self, id: ChannelId) -> bool {
        self.image.flushed_boolean(id)
    }

    /// Calls `read` with the elements of an array.
    pub fn array<R>(&self, id: ChannelId, read: impl FnOnce(&[f64]) -> R) -> R {
        self.image.flushed_array(id, read)
    }
}

/// What went wrong with a device.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{device}: {problem}")]
pub struct DriverError {
    /// Which device.
    pub device: String,
    /// What is the matter with it, and what would help.
    pub problem: String,
}

/// Which call to a driver failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// [`Driver::sample`]
    Sample,
    /// [`Driver::flush`]
    Flush,
}

/// A change in the health of a driver. A fault that lasts is reported once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverReport {
    /// [`Driver::name`]
    pub driver: Arc<str>,
    /// The tick in which it happened.
    pub at: Duration,
    /// What changed.
    pub change: Health,
}

/// How a driver is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It failed: its outputs are safe, its inputs keep their values and grow older.
    Failed {
        /// In which call.
        phase: Phase,
        /// How.
        error: DriverError,
    },
    /// A whole tick has succeeded again; its outputs follow the commands from the next one on.
    Recovered {
        /// How long it was out of order.
        after: Duration,
    },
}

/// Why drivers cannot work together.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum HardwareError {
    /// Two drivers answer for one input.
    #[error("channel \"{channel}\" is served by two drivers, \"{first}\" and \"{second}\"")]
    ServedTwice {
        /// The channel.
        channel: String,
        /// The driver that was there first.
        first: String,
        /// The other one.
        second: String,
    },
}

/// The image with the drivers behind it, and the two ends of a tick.
///
/// Dropping it makes everything safe.
pub struct Hardware {
    image: Arc<Image>,
    drivers: Vec<Attached>,
    switch: SafetySwitch,
    /// Whether this tick's outputs are safe, whatever is staged.
    withheld: bool,
    reports: Vec<DriverReport>,
    tick: Tick,
}

struct Attached {
    driver: Box<dyn Driver>,
    name: Arc<str>,
    channels: Vec<ChannelId>,
    failed_since: Option<Duration>,
    /// Whether this tick's sample worked.
    sampled: bool,
}

/// Reports that are kept for a host that does not fetch them.
const MOST_REPORTS: usize = 256;

impl Hardware {
    /// Puts `drivers` behind the channels of `image`.
    ///
    /// # Errors
    /// If two drivers serve one channel.
    pub fn new(image: Arc<Image>, drivers: Vec<Box<dyn Driver>>) -> Result<Self, HardwareError> {
        let mut attached: Vec<Attached> = Vec::with_capacity(drivers.len());
        for driver in drivers {
            let channels = driver.channels().to_vec();
            for id in &channels {
                if let Some(first) = attached.iter().find(|d| d.channels.contains(id)) {
                    return Err(HardwareError::ServedTwice {
                        channel: image.channel(*id).name.clone(),
                        first: first.name.to_string(),
                        second: driver.name().to_owned(),
                    });
                }
            }
            attached.push(Attached {
                name: Arc::from(driver.name()),
                driver,
                channels,
                failed_since: None,
                sampled: false,
            });
        }
        let switches = attached.iter().map(|attached| attached.driver.safety());
        Ok(Self {
            image,
            switch: SafetySwitch::new(switches.collect()),
            withheld: false,
            drivers: attached,
            reports: Vec::new(),
            tick: Tick {
                now: Duration::ZERO,
                dt: Duration::ZERO,
            },
        })
    }

    /// The image.
    pub fn image(&self) -> &Arc<Image> {
        &self.image
    }

    /// The switch that makes every output safe from any thread.
    pub fn safety(&self) -> &SafetySwitch {
        &self.switch
    }

    /// Lets outputs follow the commands again, if the [switch](Hardware::safety) has not been thrown
    /// since it had been thrown so many [`times`](SafetySwitch::times). Returns whether they do.
    pub fn rearm(&mut self, times: u64) -> bool {
        self.switch.rearm(times)
    }

    /// Makes every output safe for the tick that is under way. What is staged is kept, and is flushed
    /// at the end of the next tick.
    pub fn withhold(&mut self) {
        self.withheld = true;
    }

    /// Starts a tick: every driver samples, then the inputs are frozen. `now` is the tick's time,
    /// `dt` the time since the tick before (zero in the first).
    pub fn begin_tick(&mut self, now: Duration, dt: Duration) {
        self.tick = Tick { now, dt };
        self.withheld = false;
        for attached in &mut self.drivers {
            let mut inputs = InputFrame { image: &self.image };
            let sampled = attached.driver.sample(self.tick, &mut inputs);
            attached.sampled = sampled.is_ok();
            if let Err(error) = sampled {
                self.image.discard_inputs(&attached.channels);
                attached.fail(
                    self.tick,
                    Phase::Sample,
                    error,
                    &self.image,
                    &mut self.reports,
                );
            }
        }
        self.image.begin_tick(now);
    }

    /// Ends the tick: decides on the outputs and hands them to every driver. One that is out of
    /// order is given the safe values until a whole tick has succeeded. All are given them if the
    /// tick was [withheld](Hardware::withhold), or while the [switch](Hardware::safety) is thrown.
    pub fn end_tick(&mut self) {
        self.image.flush();
        if self.withheld || self.switch.is_thrown() {
            self.image.flush_safe();
        }
        for attached in &mut self.drivers {
            if attached.failed_since.is_some() {
                self.image.make_safe(&attached.channels);
            }
            let outputs = OutputFrame { image: &self.image };
            match attached.driver.flush(self.tick, &outputs) {
                Ok(()) if attached.sampled => attached.recover(self.tick, &mut self.reports),
                Ok(()) => {}
                Err(error) => {
                    attached.fail(
                        self.tick,
                        Phase::Flush,
                        error,
                        &self.image,
                        &mut self.reports,
                    );
                }
            }
        }
    }

    /// Makes every output safe at once, on the devices too: after a fault of the host and at the end.
    /// The next tick goes on as usual, with outputs that were written again.
    pub fn make_safe(&mut self) {
        self.image.force_safe();
        for attached in &mut self.drivers {
            attached.driver.safe(&OutputFrame { image: &self.image });
        }
    }

    /// What has failed or recovered since this was last called, oldest first. At most 256 are kept.
    pub fn reports(&mut self) -> impl Iterator<Item = DriverReport> {
        self.reports.drain(..)
    }
}

impl Drop for Hardware {
    fn drop(&mut self) {
        self.make_safe();
    }
}

impl std::fmt::Debug for Hardware {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.drivers.iter().map(|attached| &attached.name);
        f.debug_struct("Hardware")
            .field("drivers", &names.collect::<Vec<_>>())
            .field("tick", &self.tick)
            .finish_non_exhaustive()
    }
}

impl Attached {
    fn fail(
        &mut self,
        tick: Tick,
        phase: Phase,
        error: DriverError,
        image: &Image,
        reports: &mut Vec<DriverReport>,
    ) {
        image.make_safe(&self.channels);
        self.driver.safe(&OutputFrame { image });
        if self.failed_since.is_none() {
            self.failed_since = Some(tick.now);
            self.report(tick, Health::Failed { phase, error }, reports);
        }
    }

    fn recover(&mut self, tick: Tick, reports: &mut Vec<DriverReport>) {
        if let Some(since) = self.failed_since.take() {
            let after = tick.now.saturating_sub(since);
            self.report(tick, Health::Recovered { after }, reports);
        }
    }

    fn report(&self, tick: Tick, change: Health, reports: &mut Vec<DriverReport>) {
        if reports.len() < MOST_REPORTS {
            reports.push(DriverReport {
                driver: self.name.clone(),
                at: tick.now,
                change,
            });
        }
    }
}
