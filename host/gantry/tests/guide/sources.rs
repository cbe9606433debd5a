//! Regions of the plugins' sources, from `guide: NAME` to `end` in comments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::languages::Language;

/// Every region of every language.
pub(crate) struct Sources {
    /// By name, in the order of `Language::ALL`. A helper is in one language alone.
    regions: BTreeMap<String, Vec<Option<String>>>,
}

impl Sources {
    /// Reads them all; each region has to be in every language, or in one alone.
    pub(crate) fn read() -> Self {
        let mut found: Vec<BTreeMap<String, String>> = Vec::new();
        for language in Language::ALL {
            let mut regions = BTreeMap::new();
            for file in files(&language.folder()) {
                add_regions(language, &file, &mut regions);
            }
            found.push(regions);
        }
        let names: BTreeSet<&String> = found.iter().flat_map(BTreeMap::keys).collect();
        let mut regions = BTreeMap::new();
        for name in names {
            let of_each: Vec<_> = found
                .iter()
                .map(|regions| regions.get(name).cloned())
                .collect();
            let missing: Vec<_> = Language::ALL
                .iter()
                .zip(&of_each)
                .filter(|(_, region)| region.is_none())
                .map(|(language, _)| language.name())
                .collect();
            let is_helper = missing.len() == Language::ALL.len() - 1;
            assert!(
                missing.is_empty() || is_helper,
                "no region `{name}` in {missing:?}"
            );
            regions.insert(name.clone(), of_each);
        }
        Self { regions }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.regions.keys().map(String::as_str)
    }

    /// A region in all languages: Rust, and the others to be unfolded.
    pub(crate) fn side_by_side(&self, name: &str) -> String {
        let region = self.regions.get(name);
        let region = region.unwrap_or_else(|| panic!("no region `{name}` in plugins/patterns"));
        let mut text = String::new();
        let first = region.iter().position(Option::is_some);
        for (index, (language, code)) in Language::ALL.iter().zip(region).enumerate() {
            let Some(code) = code else { continue };
            let block = format!("```{}\n{code}```\n", language.fence());
            if Some(index) == first {
                text.push_str(&block);
            } else {
                let name = language.name();
                write!(
                    text,
                    "\n<details><summary>{name}</summary>\n\n{block}\n</details>\n"
                )
                .unwrap();
            }
        }
        text
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_source = ["rs", "py", "js", "c"]
            .iter()
            .any(|ending| path.extension().is_some_and(|of| of == *ending));
        if path.is_dir() && !["build", "node_modules", "vendor"].contains(&name.as_str()) {
            files.extend(self::files(&path));
        } else if is_source {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn add_regions(language: Language, file: &Path, regions: &mut BTreeMap<String, String>) {
    let text = fs::read_to_string(file).unwrap();
    let (begin, end) = (
        format!("{}guide: ", language.comment()),
        format!("{}end", language.comment()),
    );
    let mut open: Option<(&str, String)> = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix(&begin) {
            assert!(
                open.is_none(),
                "{}: `{name}` begins within another region",
                file.display()
            );
            open = Some((name, String::new()));
        } else if line == end {
            let (name, code) = open
                .take()
                .unwrap_or_else(|| panic!("{}: an end without a beginning", file.display()));
            // Only the guide's readers need no visibility.
            let code = code.replace("pub(crate) ", "");
            let before = regions.insert(name.to_owned(), code);
            assert!(
                before.is_none(),
                "{}: a second region `{name}`",
                file.display()
            );
        } else if let Some((_, code)) = &mut open {
            code.push_str(line);
            code.push('\n');
        }
    }
    assert!(open.is_none(), "{}: a region has no end", file.display());
}
