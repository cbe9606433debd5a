//! The vectors' format.

use std::path::Path;

use anyhow::{Context, Result};
use gantry_scenario::{Scenario, Trace};
use serde::{Deserialize, Serialize};

/// One scenario and what the reference did with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Says which rule it shows.
    pub name: String,
    /// What is done.
    pub scenario: Scenario,
    /// What the reference did; none if nobody asked it: then only the invariants count, and that
    /// both kinds of bodies agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
}

/// What the reference did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Expect {
    /// From this tick on the reference misbehaves and nothing is expected.
    pub before_tick: Option<usize>,
    /// How it misbehaves.
    #[serde(default)]
    pub reference_bugs: Vec<String>,
    /// The trace.
    #[serde(flatten)]
    pub trace: Trace,
    /// Other traces that are as good, where the reference's order depends on a hash.
    #[serde(default)]
    pub alternatives: Vec<Trace>,
}

impl Expect {
    /// The traces that are right.
    pub fn traces(&self) -> impl Iterator<Item = &Trace> {
        std::iter::once(&self.trace).chain(&self.alternatives)
    }
}

/// The vectors of a file, or for each line that is none what is wrong with it. The outer error is
/// the file's.
pub fn read(path: &Path) -> Result<Vec<Result<Vector>>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().enumerate();
    let vectors = lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}:{}: not a vector", path.display(), number + 1))
        });
    Ok(vectors.collect())
}
