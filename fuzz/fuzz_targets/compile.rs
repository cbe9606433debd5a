//! Functions that repeat a few instructions very often: they are compiled in bounded time, or refused
//! before that. The time limit of the fuzzer is the oracle.
#![no_main]

use std::sync::LazyLock;

use gantry_fuzz::component::Repetitive;
use gantry_fuzz::source;
use gantry_plugin::{Policy, Pool, Runtime, RuntimeConfig};
use libfuzzer_sys::fuzz_target;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Runtime::new(RuntimeConfig {
        pool: Pool::for_runs(16),
        ..RuntimeConfig::deterministic()
    })
    .expect("a runtime")
});

fuzz_target!(|component: Repetitive| {
    let source = source("fuzzed", component.bytes);
    if let Err(error) = RUNTIME.inspect(&source, &Policy::default()) {
        assert!(error.to_string().starts_with("plugin `fuzzed` "), "{error}");
    }
});
