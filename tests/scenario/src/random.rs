//! Random scenarios, larger than the recorded ones, for proptest.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

use crate::draft::{DEPTH, Draft, DraftCommand, DraftStep, DraftTransition, Kind, Op};
use crate::scenario::Scenario;

/// Scenarios of up to 40 commands, 12 mechanisms and 200 ticks; most are smaller.
pub fn scenarios() -> impl Strategy<Value = Scenario> {
    prop_oneof![
        12 => sized(2..10, 0..4, 5..30),
        2 => sized(8..20, 1..8, 20..60),
        1 => sized(15..41, 2..12, 40..201),
    ]
}

fn sized(
    commands: std::ops::Range<usize>,
    // One less than there are.
    mechanisms: std::ops::Range<u8>,
    ticks: std::ops::Range<usize>,
) -> impl Strategy<Value = Scenario> {
    let draft = (
        mechanisms,
        vec(command(), commands),
        vec((any::<u8>(), any::<u8>()), 0..4),
        vec(trigger(), 0..6),
        vec(step(), ticks),
        // Most never compute for long: what computes takes its time when it is played.
        proptest::bool::weighted(0.08),
    );
    draft.prop_map(
        |(mechanisms, commands, defaults, triggers, ticks, computes)| {
            let draft = Draft {
                mechanisms,
                commands,
                defaults,
                triggers,
                ticks,
                computes,
            };
            draft.scenario()
        },
    )
}

fn command() -> impl Strategy<Value = DraftCommand> {
    let kind = prop_oneof![
        16 => (vec(operation(), 0..8), cleanup()).prop_map(|(body, cleanup)| Kind::Body(body, cleanup)),
        1 => vec(any::<u8>(), 0..4).prop_map(Kind::Sequence),
        2 => (vec(any::<u8>(), 0..4), vec(any::<u8>(), 0..3))
            .prop_map(|(required, optional)| Kind::Parallel(required, optional)),
        1 => vec(any::<u8>(), 1..4).prop_map(Kind::Race),
        1 => (vec(any::<u8>(), 1..4), vec(transition(), 0..5))
            .prop_map(|(states, transitions)| Kind::Machine(states, transitions)),
    ];
    let requires = prop_oneof![2 => vec(any::<u8>(), 0..=0), 4 => vec(any::<u8>(), 1..=1), 1 => vec(any::<u8>(), 2..=3)];
    let priority = prop_oneof![4 => Just(0), 4 => -2..3, 1 => Just(i32::MAX)];
    let draft = (kind, requires, priority, proptest::bool::weighted(0.2));
    draft.prop_map(
        |(kind, requires, priority, runs_while_disabled)| DraftCommand {
            kind,
            requires,
            priority,
            runs_while_disabled,
        },
    )
}

fn transition() -> impl Strategy<Value = DraftTransition> {
    let from = vec(any::<u8>(), 0..3);
    (
        from,
        weighted(0.8, any::<u8>()),
        weighted(0.7, any::<u8>()),
        any::<bool>(),
    )
}

fn operation() -> impl Strategy<Value = Op> {
    let name = any::<u8>;
    let names = || vec(any::<u8>(), 1..4);
    let leaf = prop_oneof![
        6 => (1..4u32).prop_map(Op::Yield),
        1 => name().prop_map(Op::Log),
        3 => names().prop_map(Op::Fork),
        3 => name().prop_map(Op::Await),
        2 => names().prop_map(Op::AwaitAll),
        2 => vec(any::<u8>(), 0..4).prop_map(Op::AwaitAny),
        1 => Just(Op::Park),
        2 => (0..100u64).prop_map(Op::Wait),
        2 => (name(), weighted(0.5, 0..100u64)).prop_map(|(signal, time)| Op::WaitUntil(signal, time)),
        2 => (name(), any::<bool>()).prop_map(|(signal, value)| Op::Set(signal, value)),
        2 => name().prop_map(Op::Schedule),
        2 => name().prop_map(Op::Cancel),
        1 => Just(Op::Fail),
        3 => proptest::bool::weighted(0.3).prop_map(Op::CancelOnForkFailure),
        1 => (name(), name()).prop_map(|(mechanism, command)| Op::SetDefault(mechanism, command)),
        1 => (name(), name(), name()).prop_map(|(signal, on, command)| Op::Trigger(signal, on, command)),
        1 => Just(Op::Return),
        2 => (1..8u32).prop_map(Op::Compute),
    ];
    leaf.prop_recursive(DEPTH as u32, 16, 3, |inner| {
        let list = || vec(inner.clone(), 0..3);
        prop_oneof![
            (any::<u8>(), list(), list())
                .prop_map(|(signal, then, otherwise)| Op::If(signal, then, otherwise)),
            (1..4u32, list()).prop_map(|(times, body)| Op::Repeat(times, body)),
            (any::<u8>(), list(), proptest::bool::weighted(0.03))
                .prop_map(|(signal, body, busy)| Op::While(signal, body, busy)),
        ]
    })
}

/// What a canceled body does: some of it is refused to it.
fn cleanup() -> impl Strategy<Value = Vec<Op>> {
    let operation = prop_oneof![
        4 => any::<u8>().prop_map(Op::Cancel),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(signal, value)| Op::Set(signal, value)),
        1 => any::<u8>().prop_map(Op::Log),
        1 => any::<u8>().prop_map(|command| Op::Fork(vec![command])),
        1 => Just(Op::Yield(1)),
        1 => Just(Op::Fail),
        1 => (1..3u32).prop_map(Op::Compute),
    ];
    prop_oneof![3 => Just(Vec::new()), 1 => vec(operation, 1..4)]
}

fn trigger() -> impl Strategy<Value = (u8, u8, u8)> {
    (any::<u8>(), any::<u8>(), any::<u8>())
}

fn step() -> impl Strategy<Value = DraftStep> {
    let step = (
        weighted(0.05, proptest::bool::weighted(0.7)),
        weighted(0.08, 0..3u64),
        vec((any::<u8>(), any::<bool>()), 0..2),
        prop_oneof![4 => Just(Vec::new()), 1 => vec(any::<u8>(), 1..3)],
        proptest::bool::weighted(0.02),
        prop_oneof![2 => Just(Vec::new()), 2 => vec(any::<u8>(), 1..4)],
    );
    step.prop_map(
        |(enabled, opmode, set, cancel, cancel_all, schedule)| DraftStep {
            enabled,
            opmode,
            set,
            cancel,
            cancel_all,
            schedule,
        },
    )
}
