//! The files that cargo notes next to an artifact: what it was built from.

use std::path::PathBuf;

/// The sources named in a `.d` file, which has the form of a makefile rule: `artifact: source
/// source …`, with a backslash before a space that belongs to a name.
pub(crate) fn sources(text: &str) -> Vec<PathBuf> {
    let mut sources = Vec::new();
    for line in text.lines() {
        let Some((_, names)) = line.split_once(": ") else {
            continue;
        };
        let mut name = String::new();
        let mut characters = names.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\\' if characters.peek() == Some(&' ') => {
                    characters.next();
                    name.push(' ');
                }
                ' ' => push(&mut sources, &mut name),
                other => name.push(other),
            }
        }
        push(&mut sources, &mut name);
    }
    sources
}

fn push(sources: &mut Vec<PathBuf>, name: &mut String) {
    if !name.is_empty() {
        sources.push(PathBuf::from(std::mem::take(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_found() {
        assert_eq!(
            sources("/t/leds.wasm: /w/sdk/src/lib.rs /w/leds/src/lib.rs\n"),
            ["/w/sdk/src/lib.rs", "/w/leds/src/lib.rs"].map(PathBuf::from)
        );
    }

    #[test]
    fn a_space_in_a_name_does_not_split_it() {
        assert_eq!(
            sources("/t/a\\ b/leds.wasm: /w/my\\ robot/lib.rs C:\\robot\\lib.rs"),
            ["/w/my robot/lib.rs", "C:\\robot\\lib.rs"].map(PathBuf::from)
        );
    }

    #[test]
    fn an_artifact_without_sources_has_none() {
        assert!(sources("/t/leds.wasm:\n").is_empty());
    }
}
