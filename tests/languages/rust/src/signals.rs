//! Signals and what is bound to them.

use gantry_sdk::prelude::*;

use crate::awaits::walks;
use crate::{publish, read};

/// Adds one to the topic `lang/count`.
#[command]
pub(crate) fn counts() -> Result<()> {
    publish::<i64>("lang/count", read::<i64>("lang/count")? + 1)
}

/// Binds a command to the topic `lang/go`, publishes it twice, and returns how often it ran.
#[command]
pub(crate) fn binds(co: &Coroutine) -> Result<i64> {
    publish::<i64>("lang/count", 0)?;
    Signal::topic("lang/go")
        .is_true()?
        .on_true(&lookup!(counts)?)?;
    for go in [true, false, true, false] {
        publish::<bool>("lang/go", go)?;
        co.yield_()?;
        co.yield_()?;
    }
    read("lang/count")
}

/// One of the ways to bind a command.
type Bind = fn(&Signal, &Command) -> Result<()>;

/// Binds a command in each of the eight ways, and returns when they ran.
#[command]
pub(crate) fn binds_all(co: &Coroutine) -> Result<String> {
    publish::<String>("lang/path", "")?;
    publish::<bool>("lang/go", true)?;
    let go = Signal::topic("lang/go").is_true()?;
    let bindings: [(Bind, &str); 8] = [
        (Signal::on_true, "a"),
        (Signal::on_false, "b"),
        (Signal::while_true, "c"),
        (Signal::while_false, "d"),
        (Signal::retry_while_true, "e"),
        (Signal::retry_while_false, "f"),
        (Signal::toggle_on_true, "g"),
        (Signal::toggle_on_false, "h"),
    ];
    for (bind, step) in bindings {
        // The retried ones end and start again; the last two still run when they are toggled.
        let seconds = if step < "g" { 0.03 } else { 1000.0 };
        bind(&go, &lookup!(walks, step = step, seconds = seconds)?)?;
    }
    for value in [true, false, true, false] {
        publish::<bool>("lang/go", value)?;
        publish::<String>("lang/path", read::<String>("lang/path")? + " ")?;
        co.wait(0.08)?;
    }
    read("lang/path")
}

/// Returns the values of signals on topics and channels, and of what is made of them.
#[command]
pub(crate) fn signals() -> Result<String> {
    publish::<f64>("lang/level", 2.0)?;
    publish::<bool>("lang/go", true)?;
    publish::<bool>("lang/far", false)?;
    let go = Signal::topic("lang/go").is_true()?;
    let far = Signal::topic("lang/far").is_true()?;
    let signals = [
        Signal::topic("lang/level").above(1.0)?,
        Signal::topic("lang/level").below(1.0)?,
        &go & &far,
        &go | &far,
        !&go,
        !&far,
        Signal::channel("robot.enabled").is_true()?,
        Signal::channel("arm.angle").above(1.0)?,
        Signal::channel("arm.angle").below(1.0)?,
        go,
        far,
    ];
    Ok(signals
        .iter()
        .map(|signal| if signal.get() { '1' } else { '0' })
        .collect())
}

/// Binds steps to edges, debounced signals and presses of the topic `lang/go`, and returns when they ran.
#[command]
pub(crate) fn edges(co: &Coroutine) -> Result<String> {
    publish::<String>("lang/path", "")?;
    publish::<bool>("lang/go", false)?;
    let go = Signal::topic("lang/go").is_true()?;
    let signals = [
        (go.rising_edge(), "r"),
        (go.falling_edge(), "f"),
        (go.debounce(0.05, Edge::Rising)?, "u"),
        (!go.debounce(0.05, Edge::Falling)?, "d"),
        (go.debounce(0.05, Edge::Both)?, "b"),
        (go.multi_press(2, 1.0)?, "m"),
    ];
    for (signal, step) in &signals {
        signal.on_true(&lookup!(walks, step = *step, seconds = 0.0)?)?;
    }
    for value in [false, true, false, true] {
        publish::<bool>("lang/go", value)?;
        publish::<String>("lang/path", read::<String>("lang/path")? + " ")?;
        co.wait(0.1)?;
    }
    read("lang/path")
}
