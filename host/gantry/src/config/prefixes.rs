//! Sets of names that are given by how they begin, and names that such patterns cover.

use std::collections::{BTreeSet, HashSet};
use std::ops::Bound::{Included, Unbounded};

use super::{PluginConfig, names};

/// Beginnings of names. None of them begins with another one, so a name has at most one of them, and that
/// is the greatest that is not greater than the name.
#[derive(Debug, Default)]
pub(super) struct Prefixes(BTreeSet<String>);

impl Prefixes {
    pub(super) fn insert(&mut self, prefix: &str) {
        if self.cover(prefix) {
            return;
        }
        while let Some(longer) = self.first_with(prefix).map(str::to_owned) {
            self.0.remove(&longer);
        }
        self.0.insert(prefix.to_owned());
    }

    /// Whether a name begins with one of them.
    pub(super) fn cover(&self, name: &str) -> bool {
        let mut before = self.0.range::<str, _>((Unbounded, Included(name)));
        before
            .next_back()
            .is_some_and(|prefix| name.starts_with(prefix.as_str()))
    }

    /// Whether one of them begins like this.
    pub(super) fn any_starts_with(&self, start: &str) -> bool {
        self.first_with(start).is_some()
    }

    fn first_with(&self, start: &str) -> Option<&str> {
        first_with(&self.0, start)
    }
}

/// The first of the names that begins like this.
pub(super) fn first_with<'a>(names: &'a BTreeSet<String>, start: &str) -> Option<&'a str> {
    let mut names = names.range::<str, _>((Included(start), Unbounded));
    let first = names.next()?;
    first.starts_with(start).then_some(first.as_str())
}

/// The topics that the plugins of a file may publish.
#[derive(Debug, Default)]
pub(super) struct Published<'a> {
    names: HashSet<&'a str>,
    prefixes: Prefixes,
    /// Names and beginnings, in the order of the file.
    written: Vec<&'a str>,
}

impl<'a> Published<'a> {
    pub(super) fn new(plugins: &'a [PluginConfig]) -> Self {
        let mut published = Self::default();
        for grant in plugins.iter().flat_map(|plugin| &plugin.publishes) {
            let written = grant.name.as_str();
            match written.strip_suffix('*') {
                Some(prefix) => published.prefixes.insert(prefix),
                None => {
                    published.names.insert(written);
                }
            }
            published.written.push(written);
        }
        published
    }

    /// Whether somebody may publish a topic.
    pub(super) fn has(&self, topic: &str) -> bool {
        self.names.contains(topic) || self.prefixes.cover(topic)
    }

    /// What was probably meant by a topic that nobody may publish.
    pub(super) fn suggest(&self, topic: &str) -> String {
        if self.written.is_empty() {
            return "no plugin has `publishes`: add the topic to that of the plugin that knows it"
                .to_owned();
        }
        // Of a pattern, only the beginning can be compared: as much of the topic as it has parts.
        let nearest = self.written.iter().find_map(|written| {
            let Some(prefix) = written.strip_suffix('*') else {
                return names::nearest(topic, [*written]).map(str::to_owned);
            };
            let parts = prefix.matches('/').count();
            let (cut, _) = topic.match_indices('/').nth(parts.checked_sub(1)?)?;
            let (start, rest) = topic.split_at(cut + 1);
            names::nearest(start, [prefix]).map(|prefix| format!("{prefix}{rest}"))
        });
        match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!(
                "plugins may publish {}; add the topic to `publishes` of the plugin that knows it",
                names::list(self.written.iter().copied())
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_covered_by_the_shortest_of_its_beginnings() {
        let mut prefixes = Prefixes::default();
        for prefix in ["b/long", "b/", "b/other", "d"] {
            prefixes.insert(prefix);
        }
        assert_eq!(prefixes.0.len(), 2, "{prefixes:?}");
        for (name, covered) in [
            ("b/longer", true),
            ("b/", true),
            ("b", false),
            ("c", false),
            ("dd", true),
            ("a", false),
        ] {
            assert_eq!(prefixes.cover(name), covered, "{name}");
        }
        prefixes.insert("");
        assert!(prefixes.cover("anything") && prefixes.0.len() == 1);
    }
}
