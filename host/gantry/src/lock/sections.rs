//! Digests of what a robot.toml means, section by section.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use toml::Value;

/// Sections that are spelled out in the lock: plugins, with the limits that count for them.
const SPELLED_OUT: &[&str] = &["limits", "plugins"];

/// The sections by their names. Comments, the order of keys and how they are written do not count.
pub(super) fn digests(text: &str) -> BTreeMap<String, String> {
    // It was read before: it is TOML.
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let sections = table.iter();
    let sections = sections.filter(|(name, _)| !SPELLED_OUT.contains(&name.as_str()));
    let digests = sections.map(|(name, value)| {
        let mut hash = Sha256::new();
        feed(&mut hash, value);
        (name.clone(), sha256(&hash.finalize()))
    });
    digests.collect()
}

pub(super) fn sha256(digest: &[u8]) -> String {
    let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", digits.concat())
}

/// A value with its type before it and its length, so that no two values look alike.
fn feed(hash: &mut Sha256, value: &Value) {
    let mut part = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    match value {
        Value::String(text) => part(b's', text.as_bytes()),
        Value::Integer(number) => part(b'i', &number.to_le_bytes()),
        Value::Float(number) => part(b'f', &number.to_bits().to_le_bytes()),
        Value::Boolean(value) => part(b'b', &[u8::from(*value)]),
        Value::Datetime(time) => part(b'd', time.to_string().as_bytes()),
        Value::Array(elements) => {
            part(b'a', &(elements.len() as u64).to_le_bytes());
            for element in elements {
                feed(hash, element);
            }
        }
        Value::Table(entries) => {
            part(b't', &(entries.len() as u64).to_le_bytes());
            let entries: BTreeMap<&String, &Value> = entries.iter().collect();
            for (key, value) in entries {
                feed(hash, &Value::String(key.clone()));
                feed(hash, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_file_means_counts() {
        let one = "robot.name = \"A\"\n[opmodes.a]\nmode = \"test\"\nsummary = \"x\"\n";
        let same = "# Another day\n[opmodes]\na = { summary = 'x', mode = \"test\" }\n\
                    [robot]\nname = \"A\"\n[limits]\nmemory = \"1 MiB\"\n";
        assert_eq!(digests(one), digests(same));
        assert_eq!(
            digests(one).into_keys().collect::<Vec<_>>(),
            ["opmodes", "robot"]
        );
    }

    #[test]
    fn every_difference_counts_in_its_section() {
        let digest = |text: &str| digests(&format!("x = {text}")).remove("x").unwrap();
        let values = [
            "1",
            "1.0",
            "\"1\"",
            "true",
            "[1]",
            "[[1]]",
            "[]",
            "{}",
            "{ a = 1 }",
            "{ b = 1 }",
            "{ a = { b = 1 } }",
            "[\"ab\", \"c\"]",
            "[\"a\", \"bc\"]",
            "[\"abc\"]",
            "2026-11-24",
        ];
        let all: std::collections::HashSet<String> = values.iter().map(|v| digest(v)).collect();
        assert_eq!(all.len(), values.len());
    }
}
