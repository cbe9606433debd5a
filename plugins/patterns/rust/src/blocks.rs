//! What the examples are put together from: one mechanism each.

use std::convert::Infallible;

use gantry_sdk::prelude::*;

// guide: raise
/// Raises the arm to an angle, and returns where it is.
#[command(requires("arm"))]
pub(crate) fn raise(co: &Coroutine, #[unit("rad")] angle: f64) -> Result<f64> {
    let measured = NumberInput::open("arm.angle")?;
    let voltage = NumberOutput::open("arm.voltage")?;
    loop {
        let error = angle - measured.get();
        if error.abs() < 0.1 {
            return Ok(measured.get());
        }
        voltage.set_clamped(5.0 * error)?;
        co.yield_()?;
    }
}
// end

// guide: drive
/// Drives straight ahead, and returns how far it went.
#[command(requires("drive"))]
pub(crate) fn drive(co: &Coroutine, #[unit("m")] distance: f64) -> Result<f64> {
    let measured = NumberInput::open("drive.left-distance")?;
    let left = NumberOutput::open("drive.left-voltage")?;
    let right = NumberOutput::open("drive.right-voltage")?;
    let start = measured.get();
    loop {
        let gone = measured.get() - start;
        if (distance - gone).abs() < 0.05 {
            return Ok(gone);
        }
        let volts = (8.0 * (distance - gone)).clamp(-8.0, 8.0);
        left.set(volts)?;
        right.set(volts)?;
        co.yield_()?;
    }
}
// end

// guide: collect
/// Turns the intake until a ball is in the feeder.
#[command(requires("intake"))]
pub(crate) fn collect(co: &Coroutine) -> Result<()> {
    NumberOutput::open("intake.voltage")?.set(10.0)?;
    co.wait_until(&Signal::channel("feeder.ball").is_true()?)
}
// end

// guide: feed
/// Hands the ball to the shooter. Fails if there is none.
#[command(requires("feeder"))]
pub(crate) fn feed(co: &Coroutine) -> Result<()> {
    let ball = Signal::channel("feeder.ball").is_true()?;
    if !ball.get() {
        bail!("there is no ball in the feeder");
    }
    NumberOutput::open("feeder.voltage")?.set(6.0)?;
    co.wait_until(&!ball)
}
// end

// guide: spin-up
/// Turns the shooter until it is canceled. `shooter/ready` says whether it is fast enough.
#[command(requires("shooter"))]
pub(crate) fn spin_up(co: &Coroutine) -> Result<Infallible> {
    let measured = NumberInput::open("shooter.speed")?;
    let voltage = NumberOutput::open("shooter.voltage")?;
    let ready = Topic::<bool>::open("shooter/ready")?;
    loop {
        let speed = measured.get();
        voltage.set_clamped(4.0 + 0.05 * (200.0 - speed))?;
        ready.publish(speed > 180.0)?;
        co.yield_()?;
    }
}
// end

// guide: shoot
/// Spins up, and feeds the ball once the wheel is fast enough.
#[command]
pub(crate) fn shoot(co: &Coroutine) -> Result<()> {
    co.fork([&lookup!(spin_up)?])?;
    co.wait_until(&Signal::topic("shooter/ready").is_true()?)?;
    co.await_(&lookup!(feed)?)?.ok()?;
    Ok(())
}
// end

// guide: hold-arm
/// Pushes the arm with a voltage until it is canceled.
#[command(requires("arm"))]
pub(crate) fn hold_arm(
    co: &Coroutine,
    #[unit("V")]
    #[default(1.0)]
    volts: f64,
) -> Result<Infallible> {
    NumberOutput::open("arm.voltage")?.set(volts)?;
    co.park()
}
// end

// guide: blink
/// Blinks until it is canceled.
#[command(requires("leds"))]
pub(crate) fn blink(co: &Coroutine) -> Result<Infallible> {
    let strip = ArrayOutput::open("leds.strip")?;
    loop {
        strip.set(&[1.0, 1.0, 1.0])?;
        co.wait(0.2)?;
        strip.set(&[0.0, 0.0, 0.0])?;
        co.wait(0.2)?;
    }
}
// end

// guide: say
/// Writes to the log, and never waits.
#[command]
pub(crate) fn say(text: String) {
    info!("{text}");
}
// end
