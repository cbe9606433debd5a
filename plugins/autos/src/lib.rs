//! Autonomous routines. They require nothing themselves: what they start does.

mod plan;
mod progress;

use gantry_sdk::prelude::*;

use crate::plan::Plan;
use crate::progress::Progress;

plugin! {
    reads = ["feeder.ball"],
    publishes = ["autos/*"],
    commands = [two_ball, leave],
    configure = Plan::read,
}

/// What is kept of the time for the last shot, in s.
const LAST_SHOT: f64 = 3.5;

/// Scores the preloaded ball, fetches another one and scores that, too. Returns how many balls
/// left the robot.
///
/// A step that fails is tried again or left out, and the routine goes on: without a second ball,
/// or without the time for it, it ends with what it has. Only its own cancellation ends it early.
#[command]
fn two_ball(co: &Coroutine) -> Result<i64> {
    let plan = Plan::read(&Config::current())?;
    let began = clock::now();
    let mut progress = Progress::open()?;
    let held = Signal::channel("feeder.ball").is_true()?;
    held.on_true(&lookup!("leds/flash", color = [1.0, 1.0, 1.0])?)?;
    // A refused step is one that failed, not the end of the routine.
    co.set_cancel_on_fork_failure(false);

    progress.step("score the preload")?;
    score(co, &held, &mut progress)?;

    progress.step("fetch a ball")?;
    let left = plan.time - LAST_SHOT - (clock::now() - began);
    let fetched = attempt_within(co, &fetch(&plan, &held)?, left)?;
    if !fetched.is_completed() {
        progress.fall_back(&format!("fetching: {fetched}"))?;
        // Wherever that ended, the goal is in that direction.
        progress.step("face the goal")?;
        let turn = lookup!("drivetrain/turn-to-angle", angle = plan.goal_heading)?;
        let stow = lookup!("superstructure/stow")?;
        for outcome in attempt_all(co, &[&turn, &stow])? {
            if !outcome.is_completed() {
                progress.fall_back(&format!("facing the goal: {outcome}"))?;
            }
        }
    }

    if held.get() {
        progress.step("score the second ball")?;
        score(co, &held, &mut progress)?;
    } else {
        progress.fall_back("there is no second ball")?;
    }

    progress.step("done")?;
    Ok(progress.scored())
}

/// Drives out of the starting zone.
#[command]
fn leave(
    co: &Coroutine,
    /// How far; negative is backwards.
    #[unit("m")]
    #[default(1.5)]
    distance: f64,
) -> Result<()> {
    co.await_(&lookup!("drivetrain/drive-distance", distance = distance)?)?
        .ok()?;
    Ok(())
}

/// Scores the ball; frees it and tries once more if that fails.
fn score(co: &Coroutine, held: &Signal, progress: &mut Progress) -> Result<()> {
    for is_last in [false, true] {
        let outcome = attempt(co, &lookup!("superstructure/score")?)?;
        if outcome.is_completed() {
            progress.score()?;
            return celebrate(co);
        }
        progress.fall_back(&format!("scoring: {outcome}"))?;
        if is_last || !held.get() {
            break;
        }
        let freed = attempt(co, &lookup!("superstructure/unjam")?)?;
        if !freed.is_completed() {
            progress.fall_back(&format!("freeing the ball: {freed}"))?;
        }
    }
    Ok(())
}

/// Out to the ball, in with it, and back, as a state machine: if the ball is not where it should
/// be, it looks a little further on.
fn fetch(plan: &Plan, held: &Signal) -> Result<Command> {
    let drive = |distance: f64| {
        lookup!(
            "drivetrain/drive-distance",
            distance = distance,
            speed = plan.speed
        )
    };
    let out = |distance: f64| {
        let time = distance / plan.speed + plan.collect_time;
        let collect = lookup!("superstructure/collect", time = time)?;
        Command::parallel([drive(distance)?, collect])
    };
    let back = |distance: f64| {
        let face = lookup!("drivetrain/turn-to-angle", angle = plan.goal_heading)?;
        let home = Command::sequence([drive(-distance)?, face]);
        // The wheel takes longest, so that it starts on the way.
        Command::parallel_with(
            [home, lookup!("superstructure/stow")?],
            [lookup!("superstructure/spin-up")?],
        )
    };
    let turn = lookup!("drivetrain/turn-to-angle", angle = plan.ball_heading)?;

    let mut machine = StateMachine::new("fetch");
    let turn = machine.state(
        "turn to the ball",
        &Command::parallel([turn, lookup!("superstructure/stow")?])?,
    );
    let collect = machine.state("collect", &out(plan.ball_distance)?);
    let search = machine.state("search", &out(plan.search_distance)?);
    let come_back = machine.state("come back", &back(plan.ball_distance)?);
    let come_far_back = machine.state(
        "come far back",
        &back(plan.ball_distance + plan.search_distance)?,
    );
    machine.switch([turn]).to(collect).on_completion()?;
    machine
        .switch([collect])
        .to(come_back)
        .on_completion_if(held)?;
    machine.switch([collect]).to(search).on_completion()?;
    machine.switch([search]).to(come_far_back).on_completion()?;
    machine.build(turn)
}

/// Awaits a command; that it was refused is one more way to fail.
fn attempt(co: &Coroutine, command: &Command) -> Result<Outcome> {
    match co.await_(command) {
        Err(Error::Refused(failure)) => Ok(Outcome::Failed(failure.to_string())),
        other => other,
    }
}

/// Awaits commands that run at once, as [`attempt`] does.
fn attempt_all(co: &Coroutine, commands: &[&Command]) -> Result<Vec<Outcome>> {
    match co.await_all(commands.iter().copied()) {
        Err(Error::Refused(failure)) => Ok(vec![Outcome::Failed(failure.to_string())]),
        other => other,
    }
}

/// Awaits a command for some seconds at most; that it took longer is one more way to fail.
fn attempt_within(co: &Coroutine, command: &Command, seconds: f64) -> Result<Outcome> {
    match co.await_any([command, &Command::delay(seconds)?]) {
        Ok(winner) if winner.index == 0 => Ok(winner.outcome),
        Ok(_) => Ok(Outcome::Failed(format!(
            "it was not done after {seconds:.1} s"
        ))),
        Err(Error::Refused(failure)) => Ok(Outcome::Failed(failure.to_string())),
        Err(error) => Err(error),
    }
}

/// Flashes in green, without waiting for it. If the strip is taken, the show goes on without it.
fn celebrate(co: &Coroutine) -> Result<()> {
    match co.fork([lookup!("leds/flash", color = [0.0, 1.0, 0.0])?]) {
        Err(Error::Refused(_)) => Ok(()),
        other => other,
    }
}
