//! Starts that nobody waits for, and that are refused: each is told.

mod support;

use std::time::Duration;

use gantry_scheduler::Binding::{OnTrue, RetryWhileTrue, ToggleOnTrue};
use gantry_scheduler::{FirstLook, Supplier, SupplierLimits};
use support::{Bench, Flag};

#[test]
fn every_start_that_is_refused_is_told_with_who_is_in_the_way() {
    let mut bench = Bench::new().with_refusals();
    let strong = bench.command("strong", &["arm"]).priority(5);
    let strong = strong.build_async(|co| async move { match co.park().await? {} });
    let (weak, flag) = (bench.parked("weak", &["arm"]), Flag::default());
    let (bound, toggled) = (
        bench.parked("bound", &["arm"]),
        bench.parked("toggled", &["arm"]),
    );
    bench.start(&[&strong]);
    bench.scheduler.bind(&flag.signal(), OnTrue, &bound);
    bench
        .scheduler
        .declare(&flag.signal(), ToggleOnTrue, &toggled, FirstLook::Baseline);
    bench.scheduler.schedule(&weak);
    bench.tick();
    flag.set(true);
    bench.ticks(3);
    bench.expect(&[
        "0 scheduled strong",
        "1 start-refused weak (schedule): lower-priority-than-running",
        "2 start-refused bound (binding): lower-priority-than-running",
        "2 start-refused toggled (binding): lower-priority-than-running",
    ]);
}

#[test]
fn a_start_that_is_refused_tick_after_tick_is_told_once_until_that_is_over() {
    let mut bench = Bench::new().with_refusals();
    let (flag, supplier) = (Flag::default(), Supplier::default());
    let retried = bench.command("retried", &["claw"]).supplier(&supplier);
    let retried = retried.build_async(|co| async move { match co.park().await? {} });
    let default = bench.parked("default", &["arm"]);
    let arm = bench.mechanism("arm");
    bench.scheduler.declare_default(arm, &default).unwrap();
    bench.scheduler.declare(
        &flag.signal(),
        RetryWhileTrue,
        &retried,
        FirstLook::Baseline,
    );
    supplier.withdraw("quarantine");
    bench.scheduler.set_enabled(false);
    flag.set(true);
    bench.ticks(10);
    supplier.restore();
    bench.ticks(5);
    bench.scheduler.set_enabled(true);
    bench.tick();
    bench.expect(&[
        "0 start-refused retried (binding): withdrawn",
        "0 start-refused default (default): disabled",
        "10 start-refused retried (binding): withdrawn, 9 times again",
        "10 start-refused retried (binding): disabled",
        "15 scheduled retried",
        "15 start-refused retried (binding): disabled, 4 times again",
        "15 scheduled default",
        "15 start-refused default (default): disabled, 14 times again",
    ]);
}

#[test]
fn a_row_of_refusals_ends_with_the_signal() {
    let mut bench = Bench::new().with_refusals();
    let flag = Flag::default();
    let retried = bench.parked("retried", &["claw"]);
    bench.scheduler.set_enabled(false);
    bench
        .scheduler
        .bind(&flag.signal(), RetryWhileTrue, &retried);
    flag.set(true);
    bench.ticks(3);
    flag.set(false);
    bench.ticks(3);
    flag.set(true);
    bench.tick();
    bench.expect(&[
        "0 start-refused retried (binding): disabled",
        "3 start-refused retried (binding): disabled, 2 times again",
        "6 start-refused retried (binding): disabled",
    ]);
}

#[test]
fn what_is_refused_with_a_timeout_or_a_condition_is_told_like_what_is_without() {
    let mut bench = Bench::new().with_refusals();
    let (flag, supplier) = (Flag::default(), Supplier::default());
    let claw = bench.command("claw", &["claw"]).supplier(&supplier);
    let claw = claw.build_async(|co| async move { match co.park().await? {} });
    let bounded = claw
        .with_timeout(Duration::from_secs(1))
        .until(&flag.signal());
    supplier.withdraw("quarantine");
    bench.scheduler.schedule(&bounded);
    bench.tick();
    supplier.restore();
    bench.scheduler.schedule(&bounded);
    bench.tick();
    bench.expect(&[
        "0 start-refused claw [1 s at most] [until] (schedule): withdrawn",
        "1 scheduled claw [1 s at most] [until]",
        "1 scheduled claw [1 s at most]",
        "1 scheduled claw",
        "1 scheduled wait 1 s",
        "1 scheduled wait until",
    ]);
}

#[test]
fn a_limit_on_runs_is_told_for_what_has_a_timeout() {
    let mut bench = Bench::new().with_refusals();
    let supplier = Supplier::with_limits(SupplierLimits {
        runs: Some(1),
        ..SupplierLimits::default()
    });
    let of = |bench: &mut Bench, name: &str| {
        let command = bench.command(name, &[]).supplier(&supplier);
        command.build_async(|co| async move { match co.park().await? {} })
    };
    let (first, second) = (of(&mut bench, "first"), of(&mut bench, "second"));
    bench.start(&[&first]);
    bench
        .scheduler
        .schedule(&second.with_timeout(Duration::from_secs(1)));
    bench.tick();
    bench.expect(&[
        "0 scheduled first",
        "1 start-refused second [1 s at most] (schedule): runs-limit",
    ]);
}
