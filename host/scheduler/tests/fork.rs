//! Starting children.

mod support;

use gantry_scheduler::BodyError;
use support::Bench;

#[test]
fn children_start_at_once_and_run_to_their_first_suspension_before_the_call_returns() {
    let mut bench = Bench::new();
    let (a, b) = (bench.one_shot("a", &[]), bench.yields("b", &[], 1));
    let (journal, children) = (bench.journal(), [a, b]);
    let parent = bench.script("parent", move |co| {
        let (journal, children) = (journal.clone(), children.clone());
        async move {
            co.fork(&children).await?;
            journal.say("parent", "goes on");
            co.park().await.map(|_| None)
        }
    });
    bench.start(&[&parent]);
    bench.expect(&[
        "0 scheduled parent",
        "0 scheduled a",
        "0 completed a",
        "0 scheduled b",
        "0 parent: goes on",
    ]);
}

#[test]
fn commands_that_conflict_with_each_other_in_one_call_are_an_error_of_the_caller() {
    let mut bench = Bench::new();
    let (a, b) = (
        bench.parked("a", &["claw", "arm"]),
        bench.parked("b", &["arm"]),
    );
    let parent = bench.forks("parent", &[], &[&a, &b]);
    bench.start(&[&parent]);
    bench.expect(&[
        "0 scheduled parent",
        "0 refused parent",
        "0 failed parent: `a` and `b` cannot be started by one call: both require `arm`",
    ]);
}

#[test]
fn if_any_is_refused_none_is_started_and_the_whole_tree_is_canceled() {
    let mut bench = Bench::new();
    let strong = bench.parked_with("strong", &["arm"], 5);
    let (fine, refused) = (
        bench.one_shot("fine", &[]),
        bench.one_shot("refused", &["arm"]),
    );
    let caller = bench.forks("caller", &[], &[&fine, &refused]);
    let root = bench.forks("root", &[], &[&caller]);
    bench.start(&[&strong]);
    bench.forget();
    bench.start(&[&root]);
    bench.expect(&[
        "1 scheduled root",
        "1 scheduled caller",
        "1 interrupted caller by strong",
        "1 canceled root",
        "1 canceled caller",
    ]);
}

#[test]
fn with_cancel_on_fork_failure_off_the_caller_is_told() {
    let mut bench = Bench::new();
    let strong = bench.parked_with("strong", &["arm"], 5);
    let (fine, refused) = (
        bench.one_shot("fine", &[]),
        bench.one_shot("refused", &["arm"]),
    );
    let (journal, children) = (bench.journal(), [fine, refused]);
    let caller = bench.script("caller", move |co| {
        let (journal, children) = (journal.clone(), children.clone());
        async move {
            co.set_cancel_on_fork_failure(false).await?;
            let Err(BodyError::Refused(failure)) = co.fork(&children).await else {
                return Err("it was not refused".into());
            };
            journal.say("caller", format!("{:?} {failure}", failure.forked));
            Ok(None)
        }
    });
    bench.start(&[&strong]);
    bench.forget();
    bench.start(&[&caller]);
    bench.expect(&[
        "1 scheduled caller",
        "1 refused caller",
        "1 caller: [] `refused` may not start: `strong` is running with a higher priority and \
         shares a mechanism",
        "1 completed caller",
    ]);
}

#[test]
fn a_sibling_that_starts_a_stronger_child_makes_it_a_partial_failure() {
    let mut bench = Bench::new();
    let strong = bench.parked_with("strong", &["arm"], 5);
    let first = bench.forks("first", &[], &[&strong]);
    let second = bench.one_shot("second", &["arm"]);
    let (journal, children) = (bench.journal(), [first, second]);
    let caller = bench.script("caller", move |co| {
        let (journal, children) = (journal.clone(), children.clone());
        async move {
            co.set_cancel_on_fork_failure(false).await?;
            if let Err(BodyError::Refused(failure)) = co.fork(&children).await {
                let refused = &failure.refused[0].command;
                journal.say("caller", format!("{:?}, not {refused}", failure.forked));
            }
            co.park().await.map(|_| None)
        }
    });
    bench.start(&[&caller]);
    bench.expect(&[
        "0 scheduled caller",
        "0 scheduled first",
        "0 scheduled strong",
        "0 refused caller",
        "0 caller: [\"first\"], not second",
    ]);
    assert_eq!(bench.running(), ["caller", "first", "strong"]);
}

#[test]
fn a_body_that_forks_itself_is_already_running() {
    let mut bench = Bench::new();
    let slot = support::Slot::default();
    let me = slot.clone();
    let a = bench.script("a", move |co| {
        let me = me.clone();
        async move { co.fork(&me.get()).await.map(|()| None) }
    });
    slot.fill(&[&a]);
    bench.start(&[&a]);
    bench.expect(&["0 scheduled a", "0 completed a"]);
}
