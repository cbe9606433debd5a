//! Channels and mechanisms.

use gantry_sdk::prelude::*;

use crate::waits::holds;

/// Drives the arm for five ticks, and returns how far it went.
#[command(requires("arm"))]
pub(crate) fn drives(
    co: &Coroutine,
    #[unit("V")]
    #[default(2.0)]
    volts: f64,
) -> Result<f64> {
    let angle = NumberInput::open("arm.angle")?;
    let voltage = NumberOutput::open("arm.voltage")?;
    let start = angle.get();
    voltage.set(volts)?;
    for _ in 0..5 {
        co.yield_()?;
    }
    Ok(angle.get() - start)
}

/// Opens a channel of each kind, reads the inputs, writes the outputs, and returns what is known of them.
#[command(requires("arm"))]
pub(crate) fn channels() -> Result<String> {
    let angle = NumberInput::open("arm.angle")?;
    let pose = ArrayInput::open("base.pose")?;
    let enabled = BooleanInput::open("robot.enabled")?;
    let voltage = NumberOutput::open("arm.voltage")?;
    let lamp = BooleanOutput::open("arm.lamp")?;
    let strip = ArrayOutput::open("arm.strip")?;
    lamp.set(true)?;
    strip.set(&[0.0, 0.5, 1.0])?;
    let points: Vec<String> = pose.get().iter().map(f64::to_string).collect();
    let inputs = format!(
        "{} {}; [{}] {}; {} {}",
        angle.unit(),
        angle.age(),
        points.join(","),
        pose.age(),
        enabled.get(),
        enabled.age(),
    );
    let (unit, least, greatest) = (voltage.unit(), voltage.minimum(), voltage.maximum());
    let units = format!("'{}' '{}'", pose.unit(), strip.unit());
    Ok(format!(
        "{inputs}; {unit} {least} {greatest}; {}; {units}",
        strip.len()
    ))
}

/// Makes `holds` the arm's default command, and returns whether it runs.
#[command]
pub(crate) fn sets_default(co: &Coroutine) -> Result<bool> {
    let holds = lookup!(holds)?;
    co.set_default("arm", &holds)?;
    co.yield_()?;
    co.yield_()?;
    Ok(holds.is_running())
}
