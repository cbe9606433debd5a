//! The behaviour list in every language, and robots with several of them, in the real binary.
//!
//! `cargo test` plays what needs only Rust. The other languages need tools of their own:
//!
//! ```console
//! cargo test --test languages -- --include-ignored
//! ```

mod mixed;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use gantry_languages::{BEHAVIOURS, Comparison, Host, Language, Trace, table};
use serde_json::Value;

/// A test each for the languages that need more than Rust.
macro_rules! language {
    ($module:ident, $language:ident $(, $ignored:meta)?) => {
        mod $module {
            use super::*;

            #[test]
            $(#[$ignored])?
            fn does_what_is_in_the_table() {
                plays_the_list(Language::$language);
            }

            #[test]
            $(#[$ignored])?
            fn describes_what_rust_describes() {
                describes_the_list(Language::$language);
            }
        }
    };
}

language!(rust, Rust);
language!(
    c,
    C,
    ignore = "needs Python and ziglang: cargo test --test languages -- --include-ignored"
);
language!(
    cpp,
    Cpp,
    ignore = "needs Python and ziglang: cargo test --test languages -- --include-ignored"
);
language!(
    python,
    Python,
    ignore = "needs Python and componentize-py: cargo test --test languages -- --include-ignored"
);
language!(
    javascript,
    JavaScript,
    ignore = "needs Node: cargo test --test languages -- --include-ignored"
);
language!(
    starlingmonkey,
    StarlingMonkey,
    ignore = "needs Node: cargo test --test languages -- --include-ignored"
);

fn host() -> Host {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages");
    Host::new(env!("CARGO_BIN_EXE_gantry"), cache)
}

/// What Rust does, to which the others are compared.
fn reference() -> &'static [Trace] {
    static TRACES: OnceLock<Vec<Trace>> = OnceLock::new();
    TRACES.get_or_init(|| {
        let (host, component) = (host(), Language::Rust.component().unwrap());
        BEHAVIOURS
            .iter()
            .map(|behaviour| host.play(behaviour, &component).unwrap())
            .collect()
    })
}

fn plays_the_list(language: Language) {
    let (host, component) = (host(), language.component().unwrap());
    let (mut cells, mut wrong) = (Vec::new(), Vec::new());
    for (behaviour, reference) in BEHAVIOURS.iter().zip(reference()) {
        let title = behaviour.title();
        if let Some(hole) = behaviour.hole(language).filter(|hole| !hole.played) {
            cells.push(table::empty(hole));
            continue;
        }
        let trace = host.play(behaviour, &component).unwrap();
        if let Err(error) = behaviour.judge(&trace) {
            wrong.push(format!("{title}: {error}"));
        }
        let comparison = trace.compare(reference, behaviour);
        if let Comparison::Different(ours, theirs) = &comparison {
            wrong.push(format!(
                "{title}: {language} and Rust differ\n    {ours}\n    {theirs}"
            ));
        }
        cells.push(table::cell(behaviour, language, &comparison));
    }
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    table::check(language, &cells).unwrap();
}

/// Everything but names and summaries is the same, whichever language says it.
fn describes_the_list(language: Language) {
    let of =
        |language: Language| commands(&host().inspect(&language.component().unwrap()).unwrap());
    let (ours, reference) = (of(language), of(Language::Rust));
    for (name, command) in &reference {
        assert_eq!(ours.get(name), Some(command), "{name}");
    }
}

/// Each command by its name, without what is only for people.
fn commands(inspected: &Value) -> BTreeMap<String, Value> {
    let commands = inspected["description"]["commands"].as_array().unwrap();
    let named = commands.iter().map(|command| {
        let mut command = command.clone();
        command["summary"] = Value::Null;
        for parameter in command["parameters"].as_array_mut().unwrap() {
            parameter["summary"] = Value::Null;
        }
        (command["name"].as_str().unwrap().to_owned(), command)
    });
    named.collect()
}
