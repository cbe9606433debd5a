//! The table in `tests/languages/README.md`: a row for each behaviour, a column for each language.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context as _, Result, bail};

use crate::components::root;
use crate::{BEHAVIOURS, Behaviour, Comparison, HOLES, Hole, Language};

const BEGIN: &str = "<!-- what follows is written by the tests -->\n";
const END: &str = "<!-- what precedes is written by the tests -->\n";
const FIRST: &str = "Behaviour";
const SECOND: &str = "What has to come of it";

/// Of threads that write a column each.
static WRITING: Mutex<()> = Mutex::new(());

/// The cell of a behaviour that did what it should.
pub fn cell(behaviour: &Behaviour, language: Language, comparison: &Comparison) -> String {
    let mut cell = match comparison {
        Comparison::Equal => "✓".to_owned(),
        Comparison::Later => "✓ later".to_owned(),
        Comparison::Apart => "✓ apart".to_owned(),
        Comparison::Different(..) => "differs".to_owned(),
    };
    if let Some(hole) = behaviour.hole(language) {
        cell.push_str(&format!(" ({})", number(hole)));
    }
    cell
}

/// The cell of a behaviour that is not played.
pub fn empty(hole: &Hole) -> String {
    format!("– ({})", number(hole))
}

fn number(hole: &Hole) -> usize {
    HOLES
        .iter()
        .take_while(|it| !std::ptr::eq(*it, hole))
        .count()
        + 1
}

/// Compares a language's column with the one in the file, or writes it with `GANTRY_BLESS=1`.
///
/// # Errors
///
/// When it differs.
pub fn check(language: Language, cells: &[String]) -> Result<()> {
    let _one = WRITING.lock();
    let path = path();
    let text = fs::read_to_string(&path)?;
    let (start, rest) = text
        .split_once(BEGIN)
        .context("the table has no beginning")?;
    let (old, end) = rest.split_once(END).context("the table has no end")?;
    let mut columns = columns(old);
    let title = language.to_string();
    let is_same = columns.get(&title).is_some_and(|column| column == cells);
    columns.insert(title, cells.to_vec());
    let new = table(&columns);
    if std::env::var_os("GANTRY_BLESS").is_some() {
        fs::write(&path, format!("{start}{BEGIN}{new}{END}{end}"))?;
    } else if !is_same || new != old {
        let rows: Vec<_> = new.lines().filter(|row| !old.contains(row)).collect();
        bail!(
            "the table in {} is not that of {language}; GANTRY_BLESS=1 writes it. These rows are new: {rows:#?}",
            path.display()
        );
    }
    Ok(())
}

/// Each column of a table by its title, from the top.
fn columns(table: &str) -> HashMap<String, Vec<String>> {
    let mut rows = table
        .lines()
        .filter(|line| line.starts_with("| ") || line.starts_with("|-"));
    // `\|` does not end a cell.
    let cells = |row: &str| -> Vec<String> {
        let row = row.replace("\\|", "\u{0}");
        let cells = row.trim_matches('|').split('|');
        cells
            .map(|cell| cell.trim().replace('\u{0}', "\\|"))
            .collect()
    };
    let titles = rows.next().map(cells).unwrap_or_default();
    let body: Vec<Vec<String>> = rows.skip(1).map(cells).collect();
    let column = |index: usize| {
        body.iter()
            .map(|row| row.get(index).cloned().unwrap_or_default())
            .collect()
    };
    titles
        .into_iter()
        .enumerate()
        .map(|(index, title)| (title, column(index)))
        .collect()
}

fn table(columns: &HashMap<String, Vec<String>>) -> String {
    let titles = Language::ALL.map(|language| language.to_string());
    let mut table = format!("\n| {FIRST} | {SECOND} | {} |\n", titles.join(" | "));
    table.push_str(&format!("|{}\n", "---|".repeat(titles.len() + 2)));
    for (index, behaviour) in BEHAVIOURS.iter().enumerate() {
        let cells = titles.each_ref().map(|title| {
            let column = columns.get(title);
            column
                .and_then(|cells| cells.get(index))
                .cloned()
                .unwrap_or_default()
        });
        let (title, expectation) = (behaviour.title(), behaviour.expectation.describe());
        table.push_str(&format!(
            "| {title} | {expectation} | {} |\n",
            cells.join(" | ")
        ));
    }
    table.push('\n');
    for (index, hole) in HOLES.iter().enumerate() {
        table.push_str(&format!("{}. {}.\n", index + 1, hole.reason));
    }
    table.push('\n');
    table
}

fn path() -> PathBuf {
    root().join("tests/languages/README.md")
}
