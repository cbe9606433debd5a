//! May this command start?

mod support;

use gantry_scheduler::{Admission, Blocker};
use support::Bench;

#[test]
fn a_command_that_is_queued_or_running_is_already_running_which_is_a_success() {
    let mut bench = Bench::new();
    let a = bench.parked("a", &["arm"]);
    assert_eq!(bench.scheduler.schedule(&a), Admission::Scheduled);
    assert_eq!(bench.scheduler.schedule(&a), Admission::AlreadyRunning);
    bench.tick();
    assert_eq!(bench.scheduler.schedule(&a), Admission::AlreadyRunning);
    bench.tick();
    bench.expect(&["0 scheduled a"]);
}

#[test]
fn an_object_can_run_again_once_it_has_ended() {
    let mut bench = Bench::new();
    let a = bench.one_shot("a", &["arm"]);
    bench.start(&[&a]);
    bench.start(&[&a]);
    bench.expect(&[
        "0 scheduled a",
        "0 completed a",
        "1 scheduled a",
        "1 completed a",
    ]);
}

#[test]
fn two_objects_of_one_definition_are_different_commands() {
    let mut bench = Bench::new();
    let a = bench.yields("a", &[], 5);
    let b = a.named("b");
    bench.start(&[&a, &b]);
    assert_eq!(bench.running(), ["a", "b"]);
}

#[test]
fn a_command_that_runs_elsewhere_is_not_started_twice() {
    let (mut here, mut there) = (Bench::new(), Bench::new());
    let a = here.parked("a", &[]);
    here.start(&[&a]);
    assert_eq!(there.scheduler.schedule(&a), Admission::AlreadyRunning);
    there.tick();
    assert_eq!(there.scheduler.run_count(), 0);
    drop(here);
    assert!(!a.is_running(), "its scheduler is gone");
    assert_eq!(there.scheduler.schedule(&a), Admission::Scheduled);
}

#[test]
fn a_refusal_names_the_command_and_what_stands_in_the_way() {
    let mut bench = Bench::new();
    let strong = bench.parked_with("strong", &["arm"], 2);
    let weak = bench.parked("weak", &["arm"]);
    bench.start(&[&strong]);
    let Admission::Refused(refusal) = bench.scheduler.schedule(&weak) else {
        panic!("it was admitted");
    };
    assert_eq!(&*refusal.command, "weak");
    assert_eq!(
        refusal.blocker,
        Blocker::LowerPriorityThanRunning("strong".into())
    );
    assert_eq!(
        refusal.to_string(),
        "`weak` may not start: `strong` is running with a higher priority and shares a mechanism"
    );
}
