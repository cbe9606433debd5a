//! Sequence, parallel, race, timeout, until.

mod support;

use std::time::Duration;

use gantry_scheduler::{
    Command, GroupError, MAX_NESTING, Value, condition, delay, parallel, race, sequence,
};
use support::{Bench, Flag, PERIOD};

#[test]
fn a_sequence_awaits_each_member_in_turn_without_losing_a_tick() {
    let mut bench = Bench::new();
    let (a, b, c) = (
        bench.yields("a", &[], 1),
        bench.one_shot("b", &[]),
        bench.yields("c", &[], 1),
    );
    let all = sequence(&[a, b, c]);
    bench.start(&[&all]);
    bench.ticks(2);
    bench.expect(&[
        "0 scheduled a -> b -> c",
        "0 scheduled a",
        "1 completed a",
        "1 scheduled b",
        "1 completed b",
        "1 scheduled c",
        "2 completed c",
        "2 completed a -> b -> c",
    ]);
}

#[test]
fn a_parallel_group_ends_when_the_required_members_have_and_cancels_the_optional_ones() {
    let mut bench = Bench::new();
    let (a, b) = (bench.yields("a", &[], 1), bench.yields("b", &[], 2));
    let c = bench.parked("c", &[]);
    let all = parallel(&[a, b], &[c]).expect("a group");
    bench.start(&[&all]);
    bench.ticks(2);
    bench.expect(&[
        "0 scheduled [(a & b) * (c)]",
        "0 scheduled c",
        "0 scheduled a",
        "0 scheduled b",
        "1 completed a",
        "2 completed b",
        "2 completed [(a & b) * (c)]",
        "2 c: cleanup",
        "2 canceled c",
    ]);
}

#[test]
fn a_race_ends_with_its_first_member_and_cancels_the_others() {
    let mut bench = Bench::new();
    let (a, b) = (bench.parked("a", &[]), bench.yields("b", &[], 1));
    let all = race(&[a, b]).expect("a group");
    bench.start(&[&all]);
    bench.tick();
    bench.expect(&[
        "0 scheduled (a | b)",
        "0 scheduled a",
        "0 scheduled b",
        "1 completed b",
        "1 a: cleanup",
        "1 canceled a",
        "1 completed (a | b)",
    ]);
}

#[test]
fn a_race_runs_a_one_shot_member_once() {
    let mut bench = Bench::new();
    let all = race(&[bench.one_shot("a", &[]), bench.one_shot("b", &[])]).expect("a group");
    bench.start(&[&all]);
    bench.tick();
    bench.expect(&[
        "0 scheduled (a | b)",
        "0 scheduled a",
        "0 completed a",
        "0 scheduled b",
        "0 completed b",
        "0 completed (a | b)",
    ]);
}

#[test]
fn a_group_requires_the_union_and_has_the_highest_priority() {
    let bench = Bench::new();
    let a = bench.parked_with("a", &["arm"], 3);
    let b = bench.parked_with("b", &["claw"], -3);
    for group in [
        sequence(&[a.clone(), b.clone()]),
        parallel(std::slice::from_ref(&a), std::slice::from_ref(&b)).expect("a group"),
        race(&[a.clone(), b.clone()]).expect("a group"),
    ] {
        let expected = [bench.mechanism("arm"), bench.mechanism("claw")]
            .into_iter()
            .collect();
        assert_eq!(*group.requirements(), expected);
        assert_eq!(group.priority(), 3);
    }
}

#[test]
fn a_group_fails_with_the_first_member_that_fails() {
    let mut bench = Bench::new();
    let later = bench.one_shot("later", &[]);
    let all = sequence(&[bench.fails("a", 0, "no"), later]);
    bench.start(&[&all]);
    bench.expect(&[
        "0 scheduled a -> later",
        "0 scheduled a",
        "0 failed a: no",
        "0 failed a -> later: `a` failed: no",
    ]);
}

#[test]
fn an_optional_member_that_fails_ends_the_group() {
    let mut bench = Bench::new();
    let main = bench.parked("main", &[]);
    let all = parallel(&[main], &[bench.fails("side", 1, "no")])
        .expect("a group")
        .named("all");
    bench.start(&[&all]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 failed side: no",
        "1 canceled all",
        "1 main: cleanup",
        "1 canceled main",
    ]);
}

#[test]
fn members_that_run_side_by_side_may_not_share_a_mechanism() {
    let bench = Bench::new();
    let (a, b) = (
        bench.one_shot("a", &["arm"]),
        bench.one_shot("b", &["arm", "claw"]),
    );
    let conflict = GroupError::Conflict("a".into(), "b".into());
    assert_eq!(race(&[a.clone(), b.clone()]), Err(conflict.clone()));
    assert_eq!(
        parallel(std::slice::from_ref(&b), std::slice::from_ref(&a)),
        Err(conflict)
    );
    assert_eq!(sequence(&[a, b]).requirements().len(), 2);
}

#[test]
fn a_race_of_nothing_is_refused_and_the_other_groups_of_nothing_end_at_once() {
    let mut bench = Bench::new();
    assert_eq!(race(&[]), Err(GroupError::Empty));
    let nothing = parallel(&[], &[]).expect("a group");
    bench.start(&[&sequence(&[]).named("none"), &nothing]);
    bench.expect(&[
        "0 scheduled none",
        "0 scheduled ()",
        "0 completed ()",
        "0 completed none",
    ]);
}

#[test]
fn a_timeout_cancels_the_command_and_keeps_its_value_if_it_is_in_time() {
    let mut bench = Bench::new();
    let slow = bench.parked("slow", &[]).with_timeout(PERIOD);
    let fast = bench
        .script("fast", |_| async { Ok(Some(Value::Integer(7))) })
        .with_timeout(PERIOD);
    assert_eq!(&**slow.name(), "slow [0.02 s at most]");
    let waiter = bench.awaits("waiter", &[], &[&slow, &fast]);
    bench.start(&[&waiter]);
    bench.forget();
    bench.tick();
    bench.expect(&[
        "1 completed wait 0.02 s",
        "1 slow: cleanup",
        "1 canceled slow",
        "1 completed slow [0.02 s at most]",
        "1 waiter: [Completed(None), Completed(Some(Integer(7)))]",
        "1 completed waiter",
    ]);
}

#[test]
fn until_cancels_the_command_once_the_condition_holds() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let a = bench.parked("a", &["arm"]).until(&flag.signal()).named("u");
    bench.start(&[&a]);
    bench.tick();
    bench.forget();
    flag.set(true);
    bench.tick();
    bench.expect(&[
        "2 completed wait until",
        "2 a: cleanup",
        "2 canceled a",
        "2 completed u",
    ]);
}

#[test]
fn the_waits_are_commands_too() {
    let mut bench = Bench::new();
    let flag = Flag::default();
    let both = sequence(&[delay(PERIOD), condition(&flag.signal())]).named("both");
    bench.start(&[&both]);
    bench.tick();
    flag.set(true);
    bench.tick();
    bench.expect(&[
        "0 scheduled both",
        "0 scheduled wait 0.02 s",
        "1 completed wait 0.02 s",
        "1 scheduled wait until",
        "2 completed wait until",
        "2 completed both",
    ]);
}

#[test]
fn names_of_groups_of_groups_are_cut() {
    let mut all = delay(Duration::ZERO).named("ä");
    for _ in 0..60 {
        all = sequence(&[all.clone(), all]);
    }
    assert!(all.name().len() < 300, "{} bytes", all.name().len());
    assert!(all.name().ends_with('…'));
}

#[test]
fn groups_that_are_nested_too_deeply_fail_instead_of_exhausting_the_stack() {
    let mut bench = Bench::new();
    let mut deep = bench.one_shot("a", &[]);
    for _ in 0..MAX_NESTING {
        deep = sequence(&[deep]);
    }
    let one = std::slice::from_ref(&deep);
    assert_eq!(race(one), Err(GroupError::TooDeep("(a)".into())));
    assert_eq!(parallel(one, &[]), Err(GroupError::TooDeep("(a)".into())));
    let mut deeper = sequence(one).named("deep");
    for _ in 0..if cfg!(miri) { 10 } else { 100_000 } {
        deeper = Command::named(&deeper, "deep").with_priority(1);
    }
    bench.start(&[&deeper]);
    bench.expect(&[
        "0 scheduled deep",
        "0 failed deep: `a` groups commands more than 100 deep, which none could run",
    ]);
}

#[test]
fn a_command_that_is_named_twice_runs_twice_in_a_sequence_and_never_beside_itself() {
    let mut bench = Bench::new();
    let (arm, free) = (
        bench.yields("arm", &["arm"], 1),
        bench.yields("free", &[], 1),
    );
    let same = || [arm.clone(), arm.clone()];
    assert!(matches!(
        parallel(&same(), &[]),
        Err(GroupError::Conflict(..))
    ));
    assert!(matches!(race(&same()), Err(GroupError::Conflict(..))));
    // Every run has a body of its own.
    let twice = sequence(&same());
    bench.start(&[&twice]);
    bench.ticks(3);
    bench.expect(&[
        "0 scheduled arm -> arm",
        "0 scheduled arm",
        "1 completed arm",
        "1 scheduled arm",
        "2 completed arm",
        "2 completed arm -> arm",
    ]);
    // It is one command, which both wait for; nobody cancels it.
    let beside = parallel(&[free.clone(), free], &[]).unwrap();
    bench.start(&[&beside]);
    bench.ticks(2);
    bench.expect(&[
        "4 scheduled (free & free)",
        "4 scheduled free",
        "5 completed free",
        "5 completed (free & free)",
    ]);
}
