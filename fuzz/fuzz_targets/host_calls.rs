//! Any sequence of host calls, from guests that play scripts of them: the scheduler keeps its
//! invariants, outputs that nobody owns are safe, a tick's work is bounded, all of it ends when it is
//! canceled, and an innocent robot beside it does what it does alone.
#![no_main]

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use gantry_fuzz::scene::{Script, play};
use libfuzzer_sys::fuzz_target;

/// What the innocent robot does alone, by the tick in which it is disabled.
static ALONE: LazyLock<Mutex<HashMap<Option<u64>, Vec<String>>>> = LazyLock::new(Mutex::default);

fuzz_target!(|script: Script| {
    let disabled = script.disabled;
    let Some(beside) = play(Some(&script), disabled) else {
        return;
    };
    let mut alone = ALONE.lock().expect("a panic ends the fuzzer");
    let alone = alone
        .entry(disabled)
        .or_insert_with(|| play(None, disabled).expect("nobody meddles"));
    if *alone != beside {
        let mut lines = alone.iter().zip(&beside);
        let first = lines.find(|(alone, beside)| alone != beside);
        panic!("the innocent robot noticed: {first:?}");
    }
});
