//! Any file as a plugin: it is loaded, or why not is said, in bounded time. The first byte says what
//! the rest stands for: the file itself, a component that wasm-smith makes, or changes to a guest
//! that loads, which come further.
#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use arbitrary::Unstructured;
use gantry_hardware::ImageBuilder;
use gantry_plugin::{LogLine, LogSink, Policy, Pool, Robot, Runtime, RuntimeConfig, Source};
use gantry_scheduler::Mechanisms;
use libfuzzer_sys::{Corpus, fuzz_target};

struct Silence;

impl LogSink for Silence {
    fn line(&self, _: &LogLine<'_>) {}
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Runtime::new(RuntimeConfig {
        pool: Pool::for_runs(8),
        ..RuntimeConfig::deterministic()
    })
    .expect("a runtime")
});

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(bytes) = file(input) else {
        return Corpus::Reject;
    };
    let mechanisms = Arc::new(Mechanisms::new(["arm"]).expect("a name"));
    let image = Arc::new(ImageBuilder::new().build());
    let period = Duration::from_millis(20);
    let robot = Robot::new(mechanisms, image, Arc::new(Silence), period, 7);
    let source = Source {
        name: "fuzzed".to_owned(),
        origin: "the fuzzer".to_owned(),
        bytes,
        signature: None,
    };
    let policy = Policy::default();
    if let Err(error) = RUNTIME.load(&source, &policy, &robot) {
        assert!(!error.kind.to_string().is_empty());
    }
    if let Ok(inspection) = RUNTIME.inspect(&source, &policy) {
        assert_eq!(inspection.digest, source.digest());
    }
    Corpus::Keep
});

fn file(input: &[u8]) -> Option<Vec<u8>> {
    let (kind, rest) = input.split_first()?;
    match kind % 3 {
        0 => Some(rest.to_vec()),
        1 => {
            let config = wasm_smith::Config::default();
            let mut choices = Unstructured::new(rest);
            let component = wasm_smith::Component::new(config, &mut choices).ok()?;
            Some(component.to_bytes())
        }
        _ => Some(changed(rest)),
    }
}

/// A guest with other bytes at the places that the input names.
fn changed(input: &[u8]) -> Vec<u8> {
    let mut bytes = gantry_test_guests::KEEPS_LOCALS.to_vec();
    for change in input.chunks_exact(4) {
        let place =
            usize::from(change[0]) << 16 | usize::from(change[1]) << 8 | usize::from(change[2]);
        let place = place % bytes.len();
        bytes[place] = change[3];
    }
    bytes
}
