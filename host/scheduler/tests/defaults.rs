//! Default commands.

mod support;

use support::Bench;

#[test]
fn a_default_runs_while_nobody_else_requires_its_mechanism() {
    let mut bench = Bench::new();
    let idle = bench.parked("idle", &["arm"]);
    bench
        .scheduler
        .set_default(bench.mechanism("arm"), &idle)
        .expect("fits");
    let a = bench.yields("a", &["arm"], 1);
    bench.tick();
    bench.start(&[&a]);
    bench.ticks(2);
    bench.expect(&[
        "0 scheduled idle",
        "1 scheduled a",
        "1 interrupted idle by a",
        "1 idle: cleanup",
        "1 canceled idle",
        "2 completed a",
        "3 scheduled idle",
    ]);
}

#[test]
fn a_default_does_not_disturb_what_is_queued() {
    let mut bench = Bench::new();
    let idle = bench.parked("idle", &["arm"]);
    bench
        .scheduler
        .set_default(bench.mechanism("arm"), &idle)
        .expect("fits");
    let a = bench.parked("a", &["arm"]);
    bench.start(&[&a]);
    bench.expect(&["0 scheduled a"]);
}

/// A plugin's memory counts for as long as its commands are kept, so none is kept once it is over.
#[test]
fn a_default_of_a_command_is_not_kept_when_that_command_has_ended() {
    let mut bench = Bench::new();
    let arm = bench.mechanism("arm");
    let kept = std::sync::Arc::new(());
    let held = std::sync::Arc::downgrade(&kept);
    let idle = bench.command("idle", &["arm"]).build_async(move |co| {
        let kept = kept.clone();
        async move {
            let _kept = kept;
            co.park().await.map(|_| None)
        }
    });
    let idle = std::sync::Mutex::new(Some(idle));
    let owner = bench.script("owner", move |co| {
        let idle = idle.lock().expect("not poisoned").take();
        async move {
            if let Some(idle) = idle {
                co.set_default(arm, &idle).await?;
            }
            co.park().await.map(|_| None)
        }
    });
    bench.start(&[&owner]);
    bench.ticks(2);
    assert!(held.upgrade().is_some());
    bench.scheduler.cancel(&owner);
    drop(owner);
    bench.ticks(2);
    assert!(held.upgrade().is_none());
}

#[test]
fn a_default_must_require_its_mechanism_and_no_other() {
    let mut bench = Bench::new();
    let arm = bench.mechanism("arm");
    for (requires, told) in [
        (&[][..], "none"),
        (&["claw"], "`claw`"),
        (&["arm", "claw"], "`arm`, `claw`"),
    ] {
        let error = bench
            .scheduler
            .set_default(arm, &bench.parked("a", requires));
        assert_eq!(
            error.expect_err("it does not fit").to_string(),
            format!(
                "`a` cannot be the default command of `arm`: it must require that mechanism and \
                 no other, but requires {told}"
            )
        );
    }
}

#[test]
fn a_default_set_in_a_body_takes_over_at_once_and_the_one_before_comes_back() {
    let mut bench = Bench::new();
    let (outer, inner) = (
        bench.parked("outer", &["arm"]),
        bench.parked("inner", &["arm"]),
    );
    let arm = bench.mechanism("arm");
    bench.scheduler.set_default(arm, &outer).expect("fits");
    let owner = bench.script("owner", move |co| {
        let inner = inner.clone();
        async move {
            co.set_default(arm, &inner).await?;
            co.yield_now().await.map(|()| None)
        }
    });
    bench.tick();
    bench.forget();
    bench.start(&[&owner]);
    bench.expect(&[
        "1 scheduled owner",
        "1 outer: cleanup",
        "1 canceled outer",
        "1 scheduled inner",
    ]);
    bench.ticks(2);
    bench.expect(&[
        "2 completed owner",
        "2 inner: cleanup",
        "2 canceled inner",
        "3 scheduled outer",
    ]);
}

#[test]
fn a_body_may_set_the_same_defaults_for_hours() {
    let mut bench = Bench::new();
    let defaults = [bench.parked("a", &["arm"]), bench.parked("b", &["arm"])];
    let arm = bench.mechanism("arm");
    let owner = bench.script("owner", move |co| {
        let defaults = defaults.clone();
        async move {
            for command in defaults.iter().cycle() {
                co.set_default(arm, command).await?;
                co.yield_now().await?;
            }
            Ok(None)
        }
    });
    bench.start(&[&owner]);
    bench.ticks(if cfg!(miri) { 30 } else { 30_000 });
    assert_eq!(bench.running().len(), 2);
}

#[test]
fn a_body_cannot_set_default_commands_without_end() {
    let mut bench = Bench::new();
    let arm = bench.mechanism("arm");
    let owner = bench.script("owner", move |co| async move {
        loop {
            let command = gantry_scheduler::Command::builder("d")
                .requires([arm])
                .build_async(|_| async { Ok(None) });
            co.set_default(arm, &command).await?;
        }
    });
    bench.start(&[&owner]);
    let failed = "0 failed owner: `arm` has 100 default commands already, which is the most that \
                  may be set at the same time";
    let mut lines = vec!["0 scheduled owner"];
    lines.extend(std::iter::repeat_n(["0 scheduled d", "0 completed d"], 100).flatten());
    lines.extend(["0 refused owner", failed]);
    bench.expect(&lines);
}

#[test]
fn a_default_whose_scope_has_ended_is_canceled_when_its_mechanism_has_its_turn() {
    let mut bench = Bench::new();
    let (arm, claw) = (bench.mechanism("arm"), bench.mechanism("claw"));
    let (first, second) = (
        bench.parked("first", &["arm"]),
        bench.parked("second", &["claw"]),
    );
    bench.scheduler.set_default(arm, &first).expect("fits");
    let busy = bench.yields("busy", &["arm"], 1);
    let inner = second.clone();
    let owner = bench.script("owner", move |co| {
        let inner = inner.clone();
        async move {
            co.set_default(claw, &inner).await?;
            co.yield_now().await?;
            Ok(None)
        }
    });
    bench.start(&[&second, &busy, &owner]);
    bench.tick();
    bench.forget();
    bench.tick();
    bench.expect(&[
        "2 scheduled first",
        "2 second: cleanup",
        "2 canceled second",
    ]);
}
