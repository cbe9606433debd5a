//! Commands that start others, and how those end.

use gantry_sdk::prelude::*;

use crate::errors::fails;
use crate::values::returns_boolean;
use crate::waits::{holds, parks, waits, yields};
use crate::{publish, read};

/// Forks a command, goes on at once, and returns whether it runs.
#[command]
pub(crate) fn forks(co: &Coroutine) -> Result<bool> {
    let child = lookup!(parks)?;
    co.fork([&child])?;
    Ok(child.is_running())
}

/// Returns what the command that it awaits returned.
#[command]
pub(crate) fn awaits(co: &Coroutine) -> Result<i64> {
    co.await_(&lookup!(yields, n = 2)?)?.value()
}

/// Returns the outcomes of three commands.
#[command]
pub(crate) fn awaits_all(co: &Coroutine) -> Result<String> {
    let commands = [
        lookup!(yields, n = 1)?,
        lookup!(fails)?,
        lookup!(returns_boolean)?,
    ];
    let outcomes = co.await_all(&commands)?;
    Ok(outcomes.iter().map(status).collect::<Vec<_>>().join(", "))
}

/// Returns which of three commands ended first.
#[command]
pub(crate) fn awaits_any(co: &Coroutine) -> Result<i64> {
    let commands = [
        lookup!(parks)?,
        Command::delay(0.06)?,
        lookup!(waits, seconds = 0.2)?,
    ];
    Ok(co.await_any(&commands)?.index as i64)
}

fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Completed(_) => "completed",
        Outcome::Failed(_) => "failed",
        Outcome::Canceled => "canceled",
        Outcome::Interrupted(_) => "interrupted",
        _ => "other",
    }
}

/// Publishes false to `lang/holding`, a moment later.
#[command]
pub(crate) fn lets_go(co: &Coroutine) -> Result<()> {
    co.wait(0.04)?;
    publish::<bool>("lang/holding", false)
}

/// Publishes true to `lang/go`, a moment later.
#[command]
pub(crate) fn goes_later(co: &Coroutine) -> Result<()> {
    co.wait(0.04)?;
    publish::<bool>("lang/go", true)
}

/// Takes the arm from whoever has it, a moment later.
#[command]
pub(crate) fn takes_later(co: &Coroutine) -> Result<()> {
    co.wait(0.04)?;
    let taker = lookup!(holds)?.with_priority(1).named("taker");
    co.await_(&taker)?.ok().map(drop)
}

/// Returns the four ways in which a command ends.
#[command]
pub(crate) fn outcomes(co: &Coroutine) -> Result<String> {
    let completed: i64 = co.await_(&lookup!(yields, n = 1)?)?.value()?;
    let failed = co.await_(&lookup!(fails)?)?;

    let child = lookup!(parks)?;
    publish::<bool>("lang/holding", true)?;
    Signal::topic("lang/holding")
        .is_true()?
        .while_true(&child)?;
    co.yield_()?;
    co.fork([&lookup!(lets_go)?])?;
    let canceled = co.await_(&child)?;

    co.fork([&lookup!(takes_later)?])?;
    let interrupted = co.await_(&lookup!(holds)?)?;

    let (Outcome::Failed(failure), Outcome::Interrupted(by)) = (&failed, interrupted) else {
        bail!("it should have failed, and been interrupted");
    };
    // The message names the command that failed first.
    let failure = failure.rsplit(": ").next().unwrap_or(failure);
    let (failed, canceled) = (status(&failed), status(&canceled));
    Ok(format!(
        "{completed}; {failed} {failure}; {canceled}; interrupted by {by}"
    ))
}

/// Awaits a command by its full name, and returns its outcome.
#[command]
pub(crate) fn calls_other(co: &Coroutine, name: String) -> Result<String> {
    Ok(match co.await_(&Command::lookup(name).build()?)? {
        Outcome::Completed(Some(Value::Text(text))) => format!("it completed with {text}"),
        outcome => outcome.to_string(),
    })
}

/// Cancels a command that it has forked, and returns whether it ran before and after.
#[command]
pub(crate) fn cancels(co: &Coroutine) -> Result<String> {
    let child = lookup!(parks)?;
    co.fork([&child])?;
    let before = child.is_running();
    child.cancel()?;
    Ok(format!("{before} {}", child.is_running()))
}

/// Awaits a sequence, two groups and a condition, and returns their names.
#[command]
pub(crate) fn combines(co: &Coroutine) -> Result<String> {
    let parks = lookup!(parks)?;
    publish::<bool>("lang/go", false)?;
    let later = lookup!(goes_later)?;
    let combined = [
        Command::sequence([&lookup!(yields, n = 1)?, &lookup!(returns_boolean)?]),
        Command::parallel_with([&lookup!(yields, n = 1)?, &Command::delay(0.04)?], [&parks])?,
        Command::race([&parks, &Command::delay(0.04)?])?,
        Command::parallel([
            &later,
            &Command::condition(&Signal::topic("lang/go").is_true()?),
        ])?,
    ];
    for command in &combined {
        co.await_(command)?.ok()?;
    }
    Ok(combined.each_ref().map(Command::name).join("; "))
}

/// Returns what is known of a command with another name and priority, and how those end that have a timeout or a
/// condition.
#[command]
pub(crate) fn decorates(co: &Coroutine) -> Result<String> {
    let keeper = lookup!(holds)?.with_priority(3).named("keeper");
    let about = format!(
        "{} {} {}",
        keeper.name(),
        keeper.priority(),
        keeper.requirements().join(",")
    );
    let timeout = co.await_(&lookup!(parks)?.with_timeout(0.04)?)?;
    publish::<bool>("lang/go", false)?;
    co.fork([&lookup!(goes_later)?])?;
    let until = lookup!(parks)?.until(&Signal::topic("lang/go").is_true()?);
    let until = co.await_(&until)?;
    Ok(format!("{about}; {}; {}", status(&timeout), status(&until)))
}

/// Adds a step to the topic `lang/path`, and waits.
#[command]
pub(crate) fn walks(co: &Coroutine, step: String, #[unit("s")] seconds: f64) -> Result<()> {
    publish::<String>("lang/path", read::<String>("lang/path")? + &step)?;
    co.wait(seconds)
}

/// Runs a state machine of three states, and returns what the topic `lang/path` says of it.
#[command]
pub(crate) fn machine(co: &Coroutine) -> Result<String> {
    publish::<String>("lang/path", "")?;
    publish::<bool>("lang/far", false)?;
    let mut machine = StateMachine::new("trip");
    let first = machine.state("first", &lookup!(walks, step = "a", seconds = 0.04)?);
    let second = machine.state("second", &lookup!(walks, step = "b", seconds = 1000.0)?);
    let third = machine.state("third", &lookup!(walks, step = "c", seconds = 0.04)?);
    machine.switch([first]).to(second).on_completion()?;
    let far = Signal::topic("lang/far").is_true()?;
    machine.switch([second]).to(third).when(&far)?;
    let trip = machine.build(first)?;
    co.fork([&trip])?;
    co.wait(0.2)?;
    publish::<bool>("lang/far", true)?;
    co.await_(&trip)?.ok()?;
    read("lang/path")
}

/// Runs a state machine that chooses between two states and is ended by a signal, and returns what `lang/path` says.
#[command]
pub(crate) fn branches(co: &Coroutine) -> Result<String> {
    publish::<String>("lang/path", "")?;
    publish::<bool>("lang/far", true)?;
    publish::<bool>("lang/go", false)?;
    let far = Signal::topic("lang/far").is_true()?;
    let go = Signal::topic("lang/go").is_true()?;
    let mut machine = StateMachine::new("choice");
    let first = machine.state("first", &lookup!(walks, step = "a", seconds = 0.04)?);
    let second = machine.state("second", &lookup!(walks, step = "b", seconds = 0.04)?);
    let third = machine.state("third", &lookup!(walks, step = "c", seconds = 1000.0)?);
    machine.switch([first]).to(second).on_completion()?;
    machine.switch([first]).to(third).on_completion_if(&far)?;
    machine.switch_from_any().to_end().when(&go)?;
    let choice = machine.build(first)?;
    co.fork([&choice])?;
    co.wait(0.1)?;
    publish::<bool>("lang/go", true)?;
    co.await_(&choice)?.ok()?;
    read("lang/path")
}

/// Awaits a command by its full name, and a race of two others, and returns how both ended.
#[command]
pub(crate) fn joins(co: &Coroutine, arm: String, work: String, timeout: String) -> Result<String> {
    let lookup = |name: String| Command::lookup(name).build();
    let race = Command::race([lookup(work)?, lookup(timeout)?])?;
    let outcomes = co.await_all([&lookup(arm)?, &race])?;
    Ok(outcomes.iter().map(status).collect::<Vec<_>>().join(", "))
}

/// Logs that a run is over.
struct Over;

impl Drop for Over {
    fn drop(&mut self) {
        info!("over");
    }
}

/// Awaits the first of some commands, `a/forwards,b/forwards,c/period`, with the rest of them, and returns what it
/// returned; its failure is this command's.
#[command]
pub(crate) fn forwards(co: &Coroutine, path: String) -> Result<String> {
    let _over = Over;
    let lookup = match path.split_once(',') {
        Some((name, rest)) => Command::lookup(name).argument("path", rest),
        None => Command::lookup(path),
    };
    Ok(match co.await_(&lookup.build()?)?.ok()? {
        Some(Value::Text(text)) => text,
        Some(value) => value.to_string(),
        None => "nothing".to_owned(),
    })
}
