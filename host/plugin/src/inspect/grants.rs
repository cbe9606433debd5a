//! What a robot grants next to what a plugin asks for.

use serde::Serialize;

use super::Inspection;
use crate::description::Description;
use crate::policy::{Pattern, Policy};

/// What is granted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantKind {
    /// A mechanism that commands may require.
    Mechanism,
    /// An input channel that may be read.
    Channel,
    /// A topic that may be published.
    Topic,
    /// A command of another plugin that may be started.
    Command,
    /// A folder that may be seen.
    Folder,
}

/// How a grant compares with what is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantStatus {
    /// It is asked for, all of it.
    Used,
    /// It is asked for and not granted: the plugin is not loaded.
    Missing,
    /// More is granted than is asked for, and the plugin may use it nevertheless.
    Excessive,
    /// Plugins do not say whether they use such a grant; only running them shows it.
    Unknown,
}

/// One grant, or one that is missing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct GrantUse {
    /// What is granted.
    pub kind: GrantKind,
    /// Its name; one that ends in `*` is the beginning of names.
    pub name: String,
    /// How it compares.
    pub status: GrantStatus,
    /// What is asked for of it: for a mechanism the commands that require it, otherwise names.
    pub asked: Vec<String>,
}

impl Inspection {
    /// Compares what the plugin asks for with a robot's grants: first what is granted, in its order,
    /// then what is missing. None if the plugin does not describe itself.
    pub fn compare(&self, policy: &Policy) -> Option<Vec<GrantUse>> {
        let (description, asks) = (self.description.as_ref()?, self.asks.as_ref()?);
        let mut uses = mechanisms(description, &policy.mechanisms);
        for (kind, granted, asked) in [
            (GrantKind::Channel, &policy.reads, &asks.reads),
            (GrantKind::Topic, &policy.publishes, &asks.publishes),
        ] {
            uses.extend(names(kind, granted, asked));
        }
        uses.extend(policy.commands.iter().map(|grant| GrantUse {
            kind: GrantKind::Command,
            name: grant.to_string(),
            status: GrantStatus::Unknown,
            asked: Vec::new(),
        }));
        if let Some(folder) = &policy.folder {
            let asked = self.wasi.iter();
            let asked = asked.filter(|name| name.starts_with("wasi:filesystem/"));
            uses.push(GrantUse {
                kind: GrantKind::Folder,
                name: folder.path.display().to_string(),
                status: match asks.files {
                    true => GrantStatus::Used,
                    false => GrantStatus::Excessive,
                },
                asked: asked.cloned().collect(),
            });
        }
        uses.sort_by_key(|grant| grant.status == GrantStatus::Missing);
        Some(uses)
    }
}

fn mechanisms(description: &Description, granted: &[String]) -> Vec<GrantUse> {
    let mut names: Vec<&String> = granted.iter().collect();
    let required = description.commands.iter().flat_map(|c| &c.requirements);
    for name in required {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let uses = names.into_iter().map(|name| {
        let requiring = description.commands.iter();
        let requiring = requiring.filter(|command| command.requirements.contains(name));
        let asked: Vec<String> = requiring.map(|command| command.name.clone()).collect();
        GrantUse {
            kind: GrantKind::Mechanism,
            name: name.clone(),
            status: match (granted.contains(name), asked.is_empty()) {
                (true, true) => GrantStatus::Excessive,
                (true, false) => GrantStatus::Used,
                (false, _) => GrantStatus::Missing,
            },
            asked,
        }
    });
    uses.collect()
}

fn names(kind: GrantKind, granted: &[Pattern], asked: &[String]) -> Vec<GrantUse> {
    let wanted: Vec<Pattern> = asked.iter().map(|name| name.as_str().into()).collect();
    let grants = granted.iter().map(|grant| {
        let of_it = || wanted.iter().filter(|wanted| grant.covers(wanted));
        GrantUse {
            kind,
            name: grant.to_string(),
            status: match of_it().any(|wanted| wanted.covers(grant)) {
                true => GrantStatus::Used,
                false => GrantStatus::Excessive,
            },
            asked: of_it().map(ToString::to_string).collect(),
        }
    });
    let missing = wanted.iter().filter(|wanted| {
        let mut granted = granted.iter();
        !granted.any(|grant| grant.covers(wanted))
    });
    let missing = missing.map(|wanted| GrantUse {
        kind,
        name: wanted.to_string(),
        status: GrantStatus::Missing,
        asked: vec![wanted.to_string()],
    });
    grants.chain(missing).collect()
}
