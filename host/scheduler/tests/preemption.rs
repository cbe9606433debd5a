//! Bodies that use up their slice, as foreign coroutines.

mod support;

use std::sync::{Arc, Mutex};

use gantry_scheduler::{
    Answer, Command, CommandBuilder, Coroutine, Limits, Overruns, Request, RunId, Step, Supplier,
    Tick,
};
use support::{Bench, Journal};

/// Steps that are taken one by one; then it is pre-empted for ever.
struct Puppet {
    steps: Arc<Mutex<Vec<Step>>>,
    journal: Journal,
}

impl Coroutine for Puppet {
    fn resume(&mut self, _: Tick, answer: Answer) -> Step {
        self.journal.say("puppet", format!("{answer:?}"));
        self.steps
            .lock()
            .expect("steps")
            .pop()
            .unwrap_or(Step::Preempted)
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        self.journal.say("puppet", "dropped");
    }
}

fn puppet(bench: &Bench, steps: impl IntoIterator<Item = Step>) -> Command {
    let builder = bench.command("a", &["arm"]);
    puppet_of(builder, bench, steps)
}

fn puppet_of(
    builder: CommandBuilder,
    bench: &Bench,
    steps: impl IntoIterator<Item = Step>,
) -> Command {
    let mut steps: Vec<Step> = steps.into_iter().collect();
    steps.reverse();
    let (steps, journal) = (Arc::new(Mutex::new(steps)), bench.journal());
    builder.build(move |_: RunId, _: &Command| {
        let (steps, journal) = (steps.clone(), journal.clone());
        Box::new(Puppet { steps, journal }) as Box<dyn Coroutine>
    })
}

fn bench(preemptions: u32) -> Bench {
    Bench::with_limits(Limits {
        preemptions,
        ..Limits::default()
    })
}

#[test]
fn a_preempted_body_goes_on_in_the_next_tick() {
    let mut bench = bench(9);
    let a = puppet(
        &bench,
        [Step::Preempted, Step::Preempted, Step::Finished(Ok(None))],
    );
    bench.start(&[&a]);
    bench.ticks(2);
    bench.expect(&[
        "0 scheduled a",
        "0 puppet: Start",
        "0 preempted a 1",
        "1 puppet: Continue",
        "1 preempted a 2",
        "2 puppet: Continue",
        "2 completed a",
        "2 puppet: dropped",
    ]);
}

#[test]
fn a_body_that_is_preempted_too_often_in_a_row_is_canceled_and_dropped() {
    let mut bench = bench(1);
    let a = puppet(&bench, []);
    bench.start(&[&a]);
    bench.tick();
    bench.expect(&[
        "0 scheduled a",
        "0 puppet: Start",
        "0 preempted a 1",
        "1 puppet: Continue",
        "1 preempted a 2",
        "1 interrupted a by the limit of 1 pre-emptions in a row",
        "1 puppet: Canceled",
        "1 cleanup-overrun a",
        "1 puppet: dropped",
        "1 canceled a",
    ]);
    assert_eq!(bench.owner("arm"), None);
}

#[test]
fn a_command_may_have_a_limit_of_its_own_and_keeps_it_under_another_name() {
    for (limit, ticks) in [(0, 1), (2, 3)] {
        let mut bench = bench(1);
        let builder = bench.command("a", &[]).preemption_limit(limit);
        let a = puppet_of(builder, &bench, []);
        let other = puppet_of(bench.command("other", &[]), &bench, []);
        let renamed = a.named("renamed").with_priority(3);
        assert_eq!(renamed.preemption_limit(), Some(limit));
        assert_eq!(other.preemption_limit(), None);
        for command in [&a, &renamed, &other] {
            assert!(bench.scheduler.schedule(command).is_success());
        }
        for tick in 1..=3 {
            bench.tick();
            assert_eq!(a.is_running(), tick < ticks, "{limit} {tick}");
            assert_eq!(renamed.is_running(), tick < ticks, "{limit} {tick}");
            assert_eq!(other.is_running(), tick < 2, "{limit} {tick}");
        }
    }
}

#[test]
fn what_it_asks_in_between_does_not_make_up_for_it() {
    let mut bench = bench(1);
    let ask = || Step::Asked(Request::SetCancelOnForkFailure(true));
    let a = puppet(
        &bench,
        [ask(), Step::Preempted, ask(), Step::Preempted, ask()],
    );
    bench.start(&[&a]);
    bench.tick();
    assert!(!a.is_running());
}

#[test]
fn a_tick_without_preemption_starts_the_count_anew() {
    let mut bench = bench(1);
    let turn = || [Step::Preempted, Step::Asked(Request::Yield)];
    let a = puppet(
        &bench,
        [turn(), turn(), turn(), turn()].into_iter().flatten(),
    );
    bench.start(&[&a]);
    bench.ticks(6);
    assert!(a.is_running());
}

#[test]
fn a_preempted_child_does_not_hold_up_its_parent() {
    let mut bench = bench(9);
    let child = puppet(&bench, []);
    let parent = bench.forks("parent", &[], &[&child]);
    let done = bench.one_shot("done", &[]);
    bench.start(&[&done, &parent]);
    bench.expect(&[
        "0 scheduled done",
        "0 scheduled parent",
        "0 scheduled a",
        "0 puppet: Start",
        "0 preempted a 1",
        "0 completed done",
    ]);
}

#[test]
fn a_preempted_body_can_be_canceled_and_cleans_up() {
    let mut bench = bench(9);
    let a = puppet(
        &bench,
        [
            Step::Preempted,
            Step::Asked(Request::Yield),
            Step::Finished(Err("late".into())),
        ],
    );
    bench.start(&[&a]);
    bench.forget();
    bench.scheduler.cancel(&a);
    bench.expect(&[
        "1 puppet: Canceled",
        "1 puppet: Canceled",
        "1 puppet: dropped",
        "1 canceled a",
    ]);
}

#[test]
fn a_native_body_that_awaits_something_foreign_is_preempted() {
    let mut bench = bench(1);
    let a = bench.script("a", |_| std::future::pending());
    bench.start(&[&a]);
    bench.tick();
    assert!(!a.is_running());
}

#[test]
fn a_supplier_is_told_once_of_each_run_that_had_to_be_ended() {
    let mut bench = bench(1);
    let supplier = Supplier::default();
    let supplied = |bench: &Bench| {
        let builder = bench.command("a", &["arm"]).supplier(&supplier);
        puppet_of(builder, bench, [])
    };
    let a = supplied(&bench);
    bench.start(&[&a]);
    assert_eq!(supplier.overruns(), Overruns::default());
    bench.tick();
    let (preempted, cleanups) = (1, 0);
    let expected = Overruns {
        preempted,
        cleanups,
    };
    assert_eq!(supplier.overruns(), expected, "its cleanup was one, too");

    let a = supplied(&bench);
    bench.start(&[&a]);
    bench.scheduler.cancel(&a);
    let cleanups = 1;
    let expected = Overruns {
        preempted,
        cleanups,
    };
    assert_eq!(supplier.overruns(), expected);
}
