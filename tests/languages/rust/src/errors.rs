//! What goes wrong, and what the host says then.

use gantry_sdk::prelude::*;

use crate::awaits::walks;
use crate::waits::{holds, yields};
use crate::{Cleanup, publish};

/// Fails.
#[command]
pub(crate) fn fails() -> Result<()> {
    bail!("the arm is stuck")
}

/// Returns what a lookup with a wrong argument answers.
#[command]
pub(crate) fn wrong_parameter() -> String {
    text(lookup!(yields, n = "three"))
}

/// Returns what calls answer that cannot be right.
#[command]
pub(crate) fn invalid_calls(co: &Coroutine) -> Result<String> {
    let go = Signal::topic("lang/go").is_true()?;
    let answers = [
        text(co.await_any([] as [&Command; 0])),
        text(co.wait(f64::NAN)),
        text(lookup!("yeilds")),
        text(lookup!(yields, count = 3)),
        text(lookup!(walks, seconds = 0.1)),
        text(Command::parallel([&lookup!(holds)?, &lookup!(holds)?])),
        text(Command::delay(f64::INFINITY)),
        text(go.debounce(-1.0, Edge::Both)),
        text(go.multi_press(0, 1.0)),
        text(Topic::<bool>::open("lang/a topic")),
        text(NumberInput::open("arm.angel")),
        text(Signal::channel("arm.angle").is_true()),
        text(co.set_default("leg", &lookup!(holds)?)),
    ];
    Ok(answers.join("\n"))
}

/// Returns what the host says of topics that may not be published, or not as this kind.
#[command]
pub(crate) fn wrong_topics() -> Result<String> {
    publish::<bool>("lang/boolean", true)?;
    let foreign = text(publish::<bool>("other/boolean", true));
    let kind = text(publish::<String>("lang/boolean", "true"));
    Ok(format!("{foreign}\n{kind}"))
}

/// Returns why outputs were not written: a number and an array out of range, and a mechanism of somebody else.
#[command(requires("arm"))]
pub(crate) fn wrong_writes() -> Result<String> {
    let answers = [
        text(NumberOutput::open("arm.voltage")?.set(99.0)),
        text(ArrayOutput::open("arm.strip")?.set(&[0.5])),
        text(NumberOutput::open("base.left-voltage")?.set(1.0)),
    ];
    Ok(answers.join("\n"))
}

/// Returns whom the host names when it refuses to start a command.
#[command]
pub(crate) fn refuses(co: &Coroutine) -> Result<String> {
    co.set_cancel_on_fork_failure(false);
    co.fork([&lookup!(holds)?.with_priority(5).named("keeper")])?;
    match co.await_(&lookup!(holds)?) {
        Err(Error::Refused(failure)) => {
            let refusal = &failure.refused[0];
            let (command, blocker) = (&refusal.command, &refusal.blocker);
            Ok(format!(
                "{} forked; {command} is blocked by {blocker}",
                failure.forked.len()
            ))
        }
        other => Ok(text(other)),
    }
}

/// Is canceled by the refusal of a command that it awaits, and publishes `lang/cleaned`.
#[command]
pub(crate) fn is_refused(co: &Coroutine) -> Result<()> {
    let _cleanup = Cleanup("refused".to_owned());
    co.fork([&lookup!(holds)?.with_priority(5).named("keeper")])?;
    co.await_(&lookup!(holds)?).map(drop)
}

/// Fails in the cleanup of a run that is canceled.
#[command]
pub(crate) fn fails_in_cleanup(co: &Coroutine) -> Result<()> {
    match co.park() {
        Err(Error::Canceled) => bail!("in cleanup"),
        other => other.map(drop),
    }
}

/// Goes on waiting although it is canceled.
#[command]
pub(crate) fn ignores_cancel(co: &Coroutine) {
    loop {
        // Nobody should do this.
        let _ = co.wait(0.1);
    }
}

/// Fails with a text that is not UTF-8.
#[command]
pub(crate) fn fails_oddly() -> Result<()> {
    bail!("{}", String::from_utf8_lossy(b"odd \xff"))
}

/// Prints the beginning of a line, and fails.
#[command]
pub(crate) fn breaks_off() -> Result<()> {
    print!("before");
    bail!("the arm is stuck")
}

pub(crate) fn text<T, E: ToString>(answer: Result<T, E>) -> String {
    answer.map_or_else(|error| error.to_string(), |_| "accepted".to_owned())
}
