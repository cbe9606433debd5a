//! Channels and mechanisms.

use gantry_sdk::prelude::*;

use crate::errors::text;
use crate::read;
use crate::waits::{holds, yields};

/// What is no number to drive with.
const BAD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

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

/// Returns what outputs answer to what is no number.
#[command(requires("arm"))]
pub(crate) fn not_a_number() -> Result<String> {
    let voltage = NumberOutput::open("arm.voltage")?;
    let strip = ArrayOutput::open("arm.strip")?;
    let mut answers = Vec::new();
    for bad in BAD {
        answers.push(text(voltage.set(bad)));
        answers.push(text(voltage.set_clamped(bad)));
        answers.push(text(strip.set(&[0.0, bad, 1.0])));
    }
    Ok(answers.join("\n"))
}

/// Drives the arm with 2 V for five ticks, in each of which it tries what is no number, and returns how far it went.
#[command(requires("arm"))]
pub(crate) fn keeps_value(co: &Coroutine) -> Result<f64> {
    let angle = NumberInput::open("arm.angle")?;
    let voltage = NumberOutput::open("arm.voltage")?;
    let start = angle.get();
    voltage.set_clamped(2.0)?;
    for _ in 0..5 {
        for bad in BAD {
            let _ = voltage.set_clamped(bad);
        }
        co.yield_()?;
    }
    Ok(angle.get() - start)
}

/// Makes handles in each tick, more than it may hold at once, and returns how many ticks it did.
#[command]
pub(crate) fn hands_back(co: &Coroutine, #[default(100)] ticks: i64) -> Result<i64> {
    for _ in 0..ticks {
        NumberInput::open("arm.angle")?.get();
        let _named = lookup!(yields)?.named("other");
        (Signal::channel("robot.enabled").is_true()? & !Signal::topic("lang/go").is_true()?).get();
        let _ = read::<bool>("lang/go");
        co.yield_()?;
    }
    Ok(ticks)
}
