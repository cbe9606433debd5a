//! What the robot's own file says about a plugin: where it is, and what it is granted.

use std::collections::BTreeMap;
use std::fmt;

use gantry_scheduler::Value;

use crate::config::Limits;
use crate::folder::Folder;
use crate::signature::Trust;

/// A plugin that is to be loaded.
#[derive(Clone, Default)]
pub struct Source {
    /// What the plugin is called in this robot; the first half of its commands' names.
    pub name: String,
    /// Where the bytes come from, for messages.
    pub origin: String,
    /// The component.
    pub bytes: Vec<u8>,
    /// What came with it: the text of a signature in minisign's format.
    pub signature: Option<String>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .field("origin", &self.origin)
            .field("bytes", &self.bytes.len())
            .field("signed", &self.signature.is_some())
            .finish()
    }
}

/// What a plugin is granted, and how it is configured. The default grants nothing.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// What the component has to be, bit by bit: its SHA-256.
    pub digest: Option<[u8; 32]>,
    /// Who has to vouch for it.
    pub trust: Trust,
    /// Mechanisms that its commands may require.
    pub mechanisms: Vec<String>,
    /// Input channels that it may open.
    pub reads: Vec<Pattern>,
    /// Topics that it may publish.
    pub publishes: Vec<Pattern>,
    /// Commands of other plugins that it may look up, and so start, by their full names.
    pub commands: Vec<Pattern>,
    /// A folder that it may see.
    pub folder: Option<Folder>,
    /// What one run may use.
    pub limits: Limits,
    /// Its own table, nested keys joined by `.`.
    pub config: BTreeMap<String, Value>,
}

/// A name, or the beginning of names if it ends in `*`.
///
/// ```
/// use gantry_plugin::Pattern;
/// let pattern = Pattern::from("drive.*");
/// assert!(pattern.matches("drive.heading") && !pattern.matches("arm.angle"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    text: String,
    open: bool,
}

impl Pattern {
    /// Whether it stands for this name.
    pub fn matches(&self, name: &str) -> bool {
        match self.open {
            true => name.starts_with(&self.text),
            false => name == self.text,
        }
    }

    /// Whether it stands for every name that the other stands for.
    pub fn covers(&self, other: &Pattern) -> bool {
        match other.open {
            true => self.open && other.text.starts_with(&self.text),
            false => self.matches(&other.text),
        }
    }

    /// The name, if it stands for one only.
    pub fn exact(&self) -> Option<&str> {
        (!self.open).then_some(&self.text)
    }
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Self {
        let open = text.ends_with('*');
        let text = text.strip_suffix('*').unwrap_or(text).to_owned();
        Self { text, open }
    }
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl serde::Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if self.open { f.write_str("*") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_what_it_matches_and_no_more() {
        let pattern = Pattern::from;
        assert!(pattern("*").covers(&pattern("drive.*")));
        assert!(pattern("drive.*").covers(&pattern("drive.left.*")));
        assert!(pattern("drive.*").covers(&pattern("drive.heading")));
        assert!(!pattern("drive.left.*").covers(&pattern("drive.*")));
        assert!(!pattern("drive.heading").covers(&pattern("drive.*")));
        assert!(!pattern("drive.heading").covers(&pattern("drive.heading-rate")));
        assert_eq!(pattern("a*").to_string(), "a*");
        assert_eq!(pattern("a").exact(), Some("a"));
    }
}
