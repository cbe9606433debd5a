//! Any text as a `.minisig` file, and a genuine one with changes: a component is vouched for only by
//! what was really signed.
#![no_main]

use std::sync::LazyLock;

use gantry::signing::SigningKey;
use gantry_fuzz::source;
use gantry_plugin::{Declared, Policy, Signed, Source, Trust, TrustedKey};
use libfuzzer_sys::{Corpus, arbitrary, fuzz_target};

/// What the trusted comment of the genuine signature says.
static DECLARED: LazyLock<Declared> = LazyLock::new(|| {
    let mut declared = Declared::default();
    declared.mechanisms.push("arm".to_owned());
    declared
});

struct Genuine {
    text: String,
    policy: Policy,
}

static GENUINE: LazyLock<Genuine> = LazyLock::new(|| {
    let key = SigningKey::generate().expect("random numbers");
    let text = key
        .sign(gantry_plugins::LEDS, &DECLARED.to_comment())
        .expect("random numbers");
    let trusted = TrustedKey::new("alice", &key.public()).expect("a key");
    Genuine {
        text,
        policy: Policy {
            trust: Trust {
                keys: vec![trusted],
                required: true,
                ..Trust::default()
            },
            ..Policy::default()
        },
    }
});

/// A signature's file.
#[derive(arbitrary::Arbitrary, Debug)]
enum File<'a> {
    Any(&'a str),
    /// The genuine one, of whose lines some are replaced.
    Lines([Option<&'a str>; 4], &'a str),
    /// The genuine one, in which single bytes are exchanged.
    Bytes(Vec<(u16, u8)>),
}

impl File<'_> {
    fn text(&self) -> Option<String> {
        match self {
            File::Any(text) => Some((*text).to_owned()),
            File::Lines(lines, end) => {
                let genuine = GENUINE.text.lines().zip(lines);
                let lines: Vec<&str> = genuine.map(|(line, new)| new.unwrap_or(line)).collect();
                Some(lines.join("\n") + end)
            }
            File::Bytes(changes) => {
                let mut bytes = GENUINE.text.clone().into_bytes();
                for (at, byte) in changes {
                    let at = usize::from(*at) % bytes.len();
                    bytes[at] = *byte;
                }
                String::from_utf8(bytes).ok()
            }
        }
    }
}

fn admitted(bytes: &[u8], signature: &str) -> Option<Declared> {
    let source = Source {
        signature: Some(signature.to_owned()),
        ..source("fuzzed", bytes.to_vec())
    };
    match source.admit(&GENUINE.policy) {
        Ok(admission) => match admission.signed {
            Signed::By { key, declared, .. } => {
                assert_eq!(key, "alice");
                Some(declared)
            }
            other => panic!("a signature is required, and it is {other:?}"),
        },
        Err(error) => {
            let error = error.to_string();
            assert!(error.contains("sign"), "{error}");
            None
        }
    }
}

fuzz_target!(|file: File<'_>| -> Corpus {
    let Some(text) = file.text() else {
        return Corpus::Reject;
    };
    if let Some(declared) = admitted(gantry_plugins::LEDS, &text) {
        assert_eq!(declared, *DECLARED, "signed by nobody: {text:?}");
    }
    // The genuine signature of one component is none of another.
    assert_eq!(admitted(gantry_plugins::DRIVETRAIN, &text), None);
    Corpus::Keep
});
