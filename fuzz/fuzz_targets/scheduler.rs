//! Scenarios made of the fuzzer's bytes: the scheduler keeps its invariants, and every tick returns
//! after bounded work.
#![no_main]

use gantry_scenario::{Draft, Native, play};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|draft: Draft| {
    let scenario = draft.scenario();
    let played = play(&scenario, Native::new).expect("a scenario that can be played");
    if !played.violations.is_empty() {
        let text = serde_json::to_string(&scenario).unwrap_or_default();
        panic!("{:#?} in\n{text}", played.violations);
    }
});
