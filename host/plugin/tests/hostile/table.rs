//! The table in `tests/README.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::attacks::{Attack, Guest, all};
use super::report;
use super::scene::{PERIOD_FUEL, Report};

const BEGIN: &str = "<!-- what follows is written by the tests -->\n";
const END: &str = "<!-- what precedes is written by the tests -->\n";
/// The longest text of one cell.
const MAX_CELL: usize = 150;

#[test]
fn the_table_is_up_to_date() {
    let path = root().join("tests/README.md");
    let text = fs::read_to_string(&path).unwrap();
    let (start, rest) = text.split_once(BEGIN).expect("the table has no beginning");
    let (old, end) = rest.split_once(END).expect("the table has no end");
    let new = table();
    if std::env::var_os("GANTRY_BLESS").is_some() {
        fs::write(&path, format!("{start}{BEGIN}{new}{END}{end}")).unwrap();
    } else {
        let differing: Vec<_> = new.lines().filter(|row| !old.contains(row)).collect();
        assert!(old == new, "these rows are new: {differing:#?}");
    }
}

#[test]
fn readers_are_told_how_many_there_are() {
    let told = format!("What {} hostile plugins try", all().len());
    for file in ["README.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains(&told), "{file} does not say `{told}`");
    }
}

#[test]
fn every_guest_is_an_attack() {
    let mut files = BTreeSet::new();
    for (folder, extension) in [("src", "rs"), ("wat", "wat")] {
        for entry in fs::read_dir(guests().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|found| found == extension) {
                files.insert(
                    path.file_stem()
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .replace('_', "-"),
                );
            }
        }
    }
    files.remove("lib");
    let attacks = all();
    let written = attacks
        .iter()
        .filter(|a| !matches!(a.guest, Guest::Made(_)));
    assert_eq!(
        files,
        written.map(|attack| attack.name.to_owned()).collect()
    );
    assert!(attacks.len() >= 40);
}

fn table() -> String {
    let mut table = "\n| Attack | What it does | What comes of it | Its mechanism's output | Most work in a tick |\n|---|---|---|---|---|\n".to_owned();
    for attack in all() {
        let report = report(&attack);
        let name = attack.name;
        let output = match report.highest {
            0.0 => "0 V throughout".to_owned(),
            most => format!("up to {most} V while it is the owner, then 0 V"),
        };
        let work = match name {
            // It follows a thread's turns.
            "path-race" => "differs".to_owned(),
            _ => format!("{} %", (report.busiest * 100).div_ceil(PERIOD_FUEL)),
        };
        let (does, comes) = (what_it_does(&attack), what_happens(&attack, &report));
        writeln!(table, "| {name} | {does} | {comes} | {output} | {work} |").unwrap();
    }
    table.push('\n');
    table
}

/// What an attack says about itself: the first comment of its file.
fn what_it_does(attack: &Attack) -> String {
    let name = attack.name.replace('-', "_");
    let (path, start) = match attack.guest {
        Guest::Rust => (guests().join(format!("src/{name}.rs")), "//! "),
        Guest::Text => (guests().join(format!("wat/{name}.wat")), ";; "),
        Guest::Made(_) => {
            let text = include_str!("bombs.rs");
            let (before, _) = text.split_once(&format!("\npub fn {name}(")).unwrap();
            let (_, does) = before.rsplit_once("/// ").unwrap();
            return does.to_owned();
        }
    };
    let text = fs::read_to_string(path).unwrap();
    let first = text.lines().next().unwrap();
    first.strip_prefix(start).unwrap().to_owned()
}

/// What came of it, in a line.
pub fn what_happens(attack: &Attack, report: &Report) -> String {
    if let Some(error) = &report.refused {
        return format!("not loaded: {}", cell(error));
    }
    let command = attack.command();
    let events = report.hostile.iter().filter_map(|line| {
        let (_, event) = line.split_once(' ')?;
        event.strip_prefix(&command)?.strip_prefix(' ')
    });
    let events: Vec<&str> = events.collect();
    let mut parts = Vec::new();
    let preempted = events.iter().filter(|event| **event == "preempted").count();
    if preempted > 0 {
        parts.push(format!("pre-empted in {preempted} ticks"));
    }
    for line in &report.hostile {
        let Some((_, said)) = line.split_once(' ') else {
            continue;
        };
        let told = ["info ", "warn ", "error "]
            .iter()
            .any(|level| said.starts_with(level));
        if told && said.contains(" hostile/") {
            let text = said.split_once(&command).map_or(said, |(_, text)| text);
            parts.push(format!("logs {}", cell(text.trim())));
            break;
        }
    }
    let mut seen = BTreeSet::new();
    for event in &events {
        let is_end = [
            "completed",
            "failed",
            "canceled",
            "interrupted",
            "cleanup-overrun",
        ];
        let is_end = is_end.iter().any(|end| event.starts_with(end));
        if is_end && seen.insert(*event) {
            parts.push(cell(event));
        }
    }
    parts.truncate(4);
    parts.join("; ")
}

/// The beginning of a text as it can stand in a table.
fn cell(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let end = line.floor_char_boundary(MAX_CELL);
    let rest = if end < line.len() { "…" } else { "" };
    let text = format!("{}{rest}", &line[..end]);
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn guests() -> PathBuf {
    root().join("tests/guests/hostile")
}
