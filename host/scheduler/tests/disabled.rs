//! A disabled robot.

mod support;

use gantry_scheduler::{Admission, Blocker};
use support::Bench;

#[test]
fn disabling_cancels_at_once_what_does_not_run_while_disabled() {
    let mut bench = Bench::new();
    let moving = bench.parked("moving", &["arm"]);
    let lights = bench.command("lights", &[]).runs_while_disabled(true);
    let lights = lights.build_async(|co| async move { co.park().await.map(|_| None) });
    let queued = bench.parked("queued", &["claw"]);
    bench.start(&[&moving, &lights]);
    bench.scheduler.schedule(&queued);
    bench.forget();
    bench.scheduler.set_enabled(false);
    bench.expect(&["1 moving: cleanup", "1 canceled moving"]);
    assert_eq!(bench.scheduler.run_count(), 1);
    assert_eq!(bench.owner("arm"), None);
}

#[test]
fn while_disabled_only_what_runs_while_disabled_is_admitted() {
    let mut bench = Bench::new();
    let moving = bench.parked("moving", &[]);
    let lights = bench.command("lights", &[]).runs_while_disabled(true);
    let lights = lights.build_async(|_| async { Ok(None) });
    bench.scheduler.set_enabled(false);
    let Admission::Refused(refusal) = bench.scheduler.schedule(&moving) else {
        panic!("it was admitted");
    };
    assert_eq!(refusal.blocker, Blocker::Disabled);
    bench.start(&[&lights]);
    bench.scheduler.set_enabled(true);
    bench.start(&[&moving]);
    bench.expect(&[
        "0 scheduled lights",
        "0 completed lights",
        "1 scheduled moving",
    ]);
}

#[test]
fn a_child_that_may_not_run_is_canceled_under_a_parent_that_may_which_is_told() {
    let mut bench = Bench::new();
    let child = bench.parked("child", &[]);
    let (journal, awaited) = (bench.journal(), child.clone());
    let parent = bench
        .command("parent", &[])
        .runs_while_disabled(true)
        .build_async(move |co| {
            let (journal, awaited) = (journal.clone(), awaited.clone());
            async move {
                let outcome = co.await_one(&awaited).await?;
                journal.say("parent", format!("{outcome:?}"));
                Ok(None)
            }
        });
    bench.start(&[&parent]);
    bench.scheduler.set_enabled(false);
    bench.tick();
    bench.expect(&[
        "0 scheduled parent",
        "0 scheduled child",
        "1 child: cleanup",
        "1 canceled child",
        "1 parent: Canceled",
        "1 completed parent",
    ]);
}

#[test]
fn a_default_comes_back_when_the_robot_is_enabled_again() {
    let mut bench = Bench::new();
    let idle = bench.parked("idle", &["arm"]);
    bench
        .scheduler
        .set_default(bench.mechanism("arm"), &idle)
        .expect("fits");
    bench.tick();
    bench.scheduler.set_enabled(false);
    bench.tick();
    assert!(!idle.is_running());
    bench.scheduler.set_enabled(true);
    bench.tick();
    assert!(idle.is_running());
}
