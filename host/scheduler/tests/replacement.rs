//! Commands that are withdrawn and replaced while the robot runs.

mod support;

use gantry_scheduler::{Admission, Binding, Blocker, Command, Signal, Supplier};
use support::{Bench, Flag};

fn parked(bench: &Bench, name: &str, mechanisms: &[&str], supplier: &Supplier) -> Command {
    let command = bench.command(name, mechanisms).supplier(supplier);
    command.build_async(|co| async move { co.park().await.map(|_| None) })
}

#[test]
fn what_was_withdrawn_may_not_start_until_it_is_restored() {
    let mut bench = Bench::new();
    let supplier = Supplier::default();
    let command = parked(&bench, "raise", &[], &supplier);
    let renamed = command.named("lift").with_priority(3);
    supplier.withdraw("it was unplugged");
    for command in [&command, &renamed] {
        let Admission::Refused(refusal) = bench.scheduler.schedule(command) else {
            panic!("it was admitted");
        };
        assert_eq!(
            refusal.blocker,
            Blocker::Withdrawn("it was unplugged".into())
        );
    }
    supplier.restore();
    bench.start(&[&command]);
    bench.expect(&["0 scheduled raise"]);
}

#[test]
fn canceling_a_supplier_ends_its_runs_and_no_others() {
    let mut bench = Bench::new();
    let (old, other) = (Supplier::default(), Supplier::default());
    let raise = parked(&bench, "raise", &["arm"], &old);
    let drive = parked(&bench, "drive", &["drive"], &other);
    let grip = parked(&bench, "grip", &["claw"], &old).with_priority(1);
    let group = gantry_scheduler::sequence(&[grip]);
    bench.start(&[&raise, &drive, &group]);
    bench.forget();
    bench.scheduler.cancel_from(&old);
    bench.tick();
    bench.expect(&["1 canceled raise", "1 canceled grip", "1 completed grip"]);
    assert!(drive.is_running());
}

#[test]
fn a_binding_starts_the_replacement_at_the_next_edge() {
    let mut bench = Bench::new();
    let pressed = Flag::default();
    let (old, new) = (bench.parked("old", &["arm"]), bench.parked("new", &["arm"]));
    bench
        .scheduler
        .bind(&pressed.signal(), Binding::WhileTrue, &old);
    pressed.set(true);
    bench.tick();
    bench.scheduler.replace(&old, &new);
    bench.scheduler.cancel(&old);
    bench.forget();
    bench.ticks(3);
    bench.expect(&[]);
    pressed.set(false);
    bench.tick();
    pressed.set(true);
    bench.tick();
    bench.expect(&["5 scheduled new"]);
}

#[test]
fn what_still_runs_is_ended_by_its_binding_before_the_replacement_starts() {
    let mut bench = Bench::new();
    let pressed = Flag::default();
    let [first, second, third] = ["first", "second", "third"].map(|name| bench.parked(name, &[]));
    bench
        .scheduler
        .bind(&pressed.signal(), Binding::WhileTrue, &first);
    pressed.set(true);
    bench.tick();
    // Replaced twice while it runs: the last one counts.
    bench.scheduler.replace(&first, &second);
    bench.scheduler.replace(&second, &third);
    bench.tick();
    assert!(first.is_running());
    bench.forget();
    pressed.set(false);
    bench.tick();
    pressed.set(true);
    bench.tick();
    bench.expect(&["2 first: cleanup", "2 canceled first", "3 scheduled third"]);
}

#[test]
fn a_retry_binding_and_a_default_command_start_the_replacement_at_once() {
    let mut bench = Bench::new();
    let arm = bench.mechanism("arm");
    let [hold, held] = ["hold", "held"].map(|name| bench.parked(name, &["arm"]));
    let [spin, spun] = ["spin", "spun"].map(|name| bench.parked(name, &["claw"]));
    bench.scheduler.set_default(arm, &hold).unwrap();
    let always = Signal::new(|| true);
    bench
        .scheduler
        .bind(&always, Binding::RetryWhileTrue, &spin);
    bench.tick();
    for (old, new) in [(&hold, &held), (&spin, &spun)] {
        bench.scheduler.replace(old, new);
        bench.tick();
        assert!(old.is_running(), "it goes on until something ends it");
    }
    bench.scheduler.cancel(&hold);
    bench.scheduler.cancel(&spin);
    bench.forget();
    bench.tick();
    bench.expect(&["3 scheduled spun", "3 scheduled held"]);
}

#[test]
fn a_replacement_that_does_not_fit_the_mechanism_is_no_default_command() {
    let mut bench = Bench::new();
    let arm = bench.mechanism("arm");
    let hold = bench.parked("hold", &["arm"]);
    let other = bench.parked("other", &["claw"]);
    bench.scheduler.set_default(arm, &hold).unwrap();
    bench.scheduler.replace(&hold, &other);
    bench.tick();
    bench.expect(&["0 scheduled hold"]);
}
