//! Random scenarios, drawn from the fuzzer's bytes: the scheduler keeps its invariants, and every
//! tick returns after bounded work.
#![no_main]

use gantry_scenario::{Native, play, scenarios};
use libfuzzer_sys::fuzz_target;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fuzz_target!(|bytes: &[u8]| {
    let rng = TestRng::from_seed(RngAlgorithm::PassThrough, bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let Ok(tree) = scenarios().new_tree(&mut runner) else {
        return;
    };
    let scenario = tree.current();
    let played = play(&scenario, Native::new).expect("a scenario that can be played");
    if !played.violations.is_empty() {
        let text = serde_json::to_string(&scenario).unwrap_or_default();
        panic!("{:#?} in\n{text}", played.violations);
    }
});
