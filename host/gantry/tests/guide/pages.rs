//! The guide's pages and the parts of them that are checked.

use std::fs;
use std::path::{Path, PathBuf};

use super::languages::Language;
use super::root;

const END: &str = "<!-- end -->";

/// A page of the guide, or the README.
pub(crate) struct Page {
    path: PathBuf,
    text: String,
}

/// A part of a page that is checked.
pub(crate) enum Part {
    /// A region of the plugins, by name.
    Code(String),
    /// What happens in an op mode, by name.
    Timeline(String),
    /// What is said about the timeline before.
    Claim(String),
}

/// Every page, in the order of their names; the README last.
pub(crate) fn all() -> Vec<Page> {
    let _guard = BLESSING.lock();
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("docs/guide"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.push(root().join("README.md"));
    let read = |path: PathBuf| Page {
        text: fs::read_to_string(&path).unwrap(),
        path,
    };
    paths.into_iter().map(read).collect()
}

/// Compares the parts for which there is something to compare with, or writes them if `GANTRY_BLESS` is set.
pub(crate) fn check(wanted: impl Fn(&Part) -> Option<String>) {
    let mut stale = Vec::new();
    for page in all() {
        let new = page.with(&wanted);
        if new == page.text {
            continue;
        }
        if std::env::var_os("GANTRY_BLESS").is_some() {
            let _guard = BLESSING.lock();
            let now = Page {
                text: fs::read_to_string(&page.path).unwrap(),
                path: page.path.clone(),
            };
            fs::write(&page.path, now.with(&wanted)).unwrap();
        } else {
            let different = new
                .lines()
                .zip(page.text.lines())
                .position(|(new, old)| new != old);
            stale.push(format!("{page}:{}", different.unwrap_or(0) + 1));
        }
    }
    assert!(
        stale.is_empty(),
        "these pages are stale, from these lines on: {stale:?}\nwrite them anew with \
         `GANTRY_BLESS=1 cargo test --test guide`, and look at what has changed"
    );
}

/// Tests that read pages, or write other parts of them, may run at the same time.
static BLESSING: std::sync::Mutex<()> = std::sync::Mutex::new(());

impl Page {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The parts, with the number of the line on which each starts.
    pub(crate) fn parts(&self) -> Vec<(Part, usize)> {
        let lines = self.text.lines().enumerate();
        lines
            .filter_map(|(index, line)| Some((part(line)?, index + 1)))
            .collect()
    }

    /// The text with other contents of its parts.
    fn with(&self, wanted: impl Fn(&Part) -> Option<String>) -> String {
        let mut text = String::new();
        let mut lines = self.text.lines();
        while let Some(line) = lines.next() {
            text.push_str(line);
            text.push('\n');
            let Some(part) = part(line) else { continue };
            if let Part::Claim(_) = part {
                continue;
            }
            let mut old = String::new();
            for line in lines.by_ref().take_while(|line| *line != END) {
                assert!(
                    self::part(line).is_none(),
                    "{self}: `{line}` is not ended with {END}"
                );
                old.push_str(line);
                old.push('\n');
            }
            text.push_str(&wanted(&part).map_or(old, |new| format!("\n{new}\n")));
            text.push_str(END);
            text.push('\n');
        }
        text
    }

    /// Blocks of the guide's languages are nowhere but in parts that are checked.
    pub(crate) fn assert_no_other_code(&self) {
        let mut checked = false;
        for (index, line) in self.text.lines().enumerate() {
            checked = (checked || part(line).is_some()) && line != END;
            let is_code = Language::ALL
                .iter()
                .any(|language| line == format!("```{}", language.fence()));
            assert!(
                checked || !is_code,
                "{self}:{}: this code is not from plugins/patterns",
                index + 1
            );
        }
    }

    /// Links to other files and to headings: a path relative to the page, and a heading's anchor, or nothing.
    pub(crate) fn links(&self) -> Vec<(String, String)> {
        let ends = self.text.split("](").skip(1);
        ends.filter_map(|rest| rest.split_once(')'))
            .filter(|(link, _)| !link.contains(':'))
            .map(|(link, _)| link.split_once('#').unwrap_or((link, "")))
            .map(|(path, anchor)| (path.to_owned(), anchor.to_owned()))
            .collect()
    }
}

/// The anchors of a page's headings, as they are made where people read it.
pub(crate) fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let name = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = name
            .chars()
            .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

fn part(line: &str) -> Option<Part> {
    let inner = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    let (kind, rest) = inner.split_once(": ")?;
    match kind {
        "code" => Some(Part::Code(rest.to_owned())),
        "timeline" => Some(Part::Timeline(rest.to_owned())),
        "holds" => Some(Part::Claim(rest.to_owned())),
        _ => None,
    }
}
