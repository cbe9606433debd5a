//! Intake, feeder and shooter: what turns.

use std::convert::Infallible;

use gantry_sdk::prelude::*;

use crate::flywheel::Flywheel;
use crate::settings::Settings;

/// The topic that says whether the shooter turns at the speed it should.
pub(crate) const READY: &str = "shooter/ready";

/// The channel that says whether a ball is in the feeder.
pub(crate) const BALL: &str = "feeder.ball";

/// Full voltage, in V.
const FULL: f64 = 12.0;

/// How long the feeder may take to hand a ball over, in s.
const FEED_TIME: f64 = 1.0;

/// How long it takes the ball to leave the wheel after that, in s.
const LEAVE_TIME: f64 = 0.1;

/// Publishes that the shooter is not ready any more, however its run ends.
struct Readiness(Topic<bool>);

/// Turns the intake until a ball is in the feeder.
#[command(requires("intake"))]
pub(crate) fn intake(
    co: &Coroutine,
    /// The share of full voltage.
    #[default(0.8)]
    power: f64,
) -> Result<()> {
    if !(0.0..=1.0).contains(&power) {
        bail!("the intake's power is from 0 to 1, not {power}");
    }
    let ball = Signal::channel(BALL).is_true()?;
    NumberOutput::open("intake.voltage")?.set(FULL * power)?;
    co.wait_until(&ball)
}

/// Turns the shooter's wheel, until it is canceled, and publishes `shooter/ready`.
#[command(requires("shooter"))]
pub(crate) fn spin_up(
    co: &Coroutine,
    /// Zero is the speed in the configuration.
    #[unit("rad/s")]
    #[default(0.0)]
    speed: f64,
) -> Result<Infallible> {
    let settings = Settings::current()?.shooter;
    let goal = if speed == 0.0 { settings.speed } else { speed };
    let mut flywheel = Flywheel::new(&settings, goal);
    let voltage = NumberOutput::open("shooter.voltage")?;
    let measured = NumberInput::open("shooter.speed")?;
    let readiness = Readiness::open()?;
    let mut was_ready = false;
    loop {
        voltage.set_clamped(flywheel.volts(measured.get()))?;
        if flywheel.is_ready() != was_ready {
            was_ready = !was_ready;
            readiness.0.publish(was_ready)?;
        }
        co.yield_()?;
    }
}

/// Hands the ball in the feeder to the shooter. Fails if there is none, or if it is jammed.
#[command(requires("feeder"))]
pub(crate) fn feed(co: &Coroutine) -> Result<()> {
    let ball = Signal::channel(BALL).is_true()?;
    if !ball.get() {
        bail!("there is no ball in the feeder");
    }
    NumberOutput::open("feeder.voltage")?.set(Settings::current()?.feed_voltage)?;
    if !co.wait_until_timeout(&!ball, FEED_TIME)?.is_met() {
        bail!("the feeder is jammed: the ball is still there after {FEED_TIME} s");
    }
    co.wait(LEAVE_TIME)
}

/// Turns the feeder back for a moment, to free a ball.
#[command(requires("feeder"))]
pub(crate) fn unjam(
    co: &Coroutine,
    #[unit("s")]
    #[default(0.15)]
    time: f64,
) -> Result<()> {
    NumberOutput::open("feeder.voltage")?.set(-Settings::current()?.feed_voltage)?;
    co.wait(time)
}

impl Readiness {
    fn open() -> Result<Self> {
        let topic = Topic::open(READY)?;
        topic.publish(false)?;
        Ok(Self(topic))
    }
}

impl Drop for Readiness {
    fn drop(&mut self) {
        // Nothing more can be done about it in a cleanup.
        let _ = self.0.publish(false);
    }
}
