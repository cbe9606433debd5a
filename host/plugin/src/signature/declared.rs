//! How much of a robot a component may use, as its signer says.

use serde::{Deserialize, Serialize};

use super::SignatureError;
use crate::description::Description;
use crate::escape::escape_line;
use crate::policy::{Pattern, Policy};

/// What the trusted comment begins with.
const PREFIX: &str = "gantry-policy: ";

/// How much of a robot a component may use, as its signer says. A robot may grant less; what it
/// grants beyond this is not given.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    version: Version,
    /// Mechanisms that its commands require.
    pub mechanisms: Vec<String>,
    /// Input channels that it reads. A name may end in `*`.
    pub reads: Vec<String>,
    /// Topics that it publishes. A name may end in `*`.
    pub publishes: Vec<String>,
    /// What it does with a folder.
    pub folder: Access,
}

/// The one version of this format.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct Version;

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        1
    }
}

impl TryFrom<u32> for Version {
    type Error = String;

    fn try_from(version: u32) -> Result<Self, String> {
        match version {
            1 => Ok(Version),
            other => Err(format!("version {other} is not known")),
        }
    }
}

/// What a component does with a folder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// It needs none.
    #[default]
    None,
    /// It reads what is in it.
    Read,
    /// It changes what is in it.
    Write,
}

/// Why a trusted comment declares nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DeclaredError {
    /// It is about something else.
    #[error("its trusted comment declares no policy (it does not begin with `{PREFIX}`)")]
    Missing,
    /// It cannot be understood.
    #[error("the policy in its trusted comment cannot be read: {0}")]
    Malformed(String),
}

impl Declared {
    /// What a component asks for by its own account.
    pub fn of(description: &Description, folder: Access) -> Self {
        let mut mechanisms: Vec<String> = description
            .commands
            .iter()
            .flat_map(|command| command.requirements.iter().cloned())
            .collect();
        mechanisms.sort();
        mechanisms.dedup();
        Self {
            version: Version,
            mechanisms,
            reads: description.reads.clone(),
            publishes: description.publishes.clone(),
            folder,
        }
    }

    /// The line that is signed.
    pub fn to_comment(&self) -> String {
        // Plain lists of strings always are JSON, and JSON of serde has no line breaks.
        let json = serde_json::to_string(self).unwrap_or_default();
        format!("{PREFIX}{json}")
    }

    pub(super) fn from_comment(comment: &str) -> Result<Self, DeclaredError> {
        let json = comment.strip_prefix(PREFIX).ok_or(DeclaredError::Missing)?;
        serde_json::from_str(json)
            .map_err(|error| DeclaredError::Malformed(escape_line(error.to_string())))
    }

    /// Whether a component asks for no more than this.
    pub(crate) fn check(&self, description: &Description) -> Result<(), SignatureError> {
        let exceeded = |what, name: &str| SignatureError::Exceeded {
            what,
            name: name.to_owned(),
        };
        let asked = Self::of(description, Access::None);
        for name in &asked.mechanisms {
            if !self.mechanisms.contains(name) {
                return Err(exceeded("mechanism", name));
            }
        }
        for (what, asked, declared) in [
            ("channel", &asked.reads, &self.reads),
            ("topic", &asked.publishes, &self.publishes),
        ] {
            let declared = patterns(declared);
            for name in asked {
                let wanted = Pattern::from(name.as_str());
                if !declared.iter().any(|declared| declared.covers(&wanted)) {
                    return Err(exceeded(what, name));
                }
            }
        }
        Ok(())
    }

    /// What is left of a policy, and the grants of it of which nothing is.
    pub(crate) fn narrow(&self, policy: &Policy) -> (Policy, Vec<String>) {
        let mut narrowed = policy.clone();
        let mut withheld = Vec::new();
        narrowed.mechanisms.retain(|name| {
            let declared = self.mechanisms.contains(name);
            if !declared {
                withheld.push(name.clone());
            }
            declared
        });
        narrowed.reads = common(&policy.reads, &patterns(&self.reads), &mut withheld);
        narrowed.publishes = common(&policy.publishes, &patterns(&self.publishes), &mut withheld);
        match (&mut narrowed.folder, self.folder) {
            (None, _) | (_, Access::Write) => {}
            (Some(folder), Access::Read) if folder.write => {
                folder.write = false;
                withheld.push(format!("writing to {}", folder.path.display()));
            }
            (Some(_), Access::Read) => {}
            (Some(folder), Access::None) => {
                withheld.push(folder.path.display().to_string());
                narrowed.folder = None;
            }
        }
        (narrowed, withheld)
    }
}

fn patterns(names: &[String]) -> Vec<Pattern> {
    names.iter().map(|name| name.as_str().into()).collect()
}

/// What both grant and declaration stand for. Two patterns share nothing unless one covers the
/// other, for each is the beginning of a name.
fn common(granted: &[Pattern], declared: &[Pattern], withheld: &mut Vec<String>) -> Vec<Pattern> {
    let mut common: Vec<Pattern> = Vec::new();
    for grant in granted {
        if declared.iter().any(|declared| declared.covers(grant)) {
            common.push(grant.clone());
            continue;
        }
        let before = common.len();
        for declared in declared.iter().filter(|declared| grant.covers(declared)) {
            if !common.contains(declared) {
                common.push(declared.clone());
            }
        }
        if common.len() == before {
            withheld.push(grant.to_string());
        }
    }
    common
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::folder::Folder;

    fn declared(reads: &[&str], folder: Access) -> Declared {
        Declared {
            mechanisms: vec!["arm".to_owned()],
            reads: reads.iter().map(|&name| name.to_owned()).collect(),
            folder,
            ..Declared::default()
        }
    }

    #[test]
    fn a_policy_survives_being_a_comment() {
        let declared = declared(&["arm.*", "line\nbreak\u{1b}"], Access::Read);
        let comment = declared.to_comment();
        assert!(
            comment.lines().count() == 1 && !comment.contains('\u{1b}'),
            "{comment}"
        );
        assert_eq!(Declared::from_comment(&comment), Ok(declared));
    }

    #[test]
    fn what_is_not_a_policy_of_this_version_is_refused() {
        let read = |comment: &str| Declared::from_comment(comment).unwrap_err().to_string();
        assert!(read("timestamp:1 file:a.wasm").contains("declares no policy"));
        let newer = declared(&[], Access::None)
            .to_comment()
            .replace(":1,", ":2,");
        assert!(read(&newer).contains("version 2 is not known"), "{newer}");
        let more = declared(&[], Access::None)
            .to_comment()
            .replace("{", "{\"sockets\":[],");
        assert!(read(&more).contains("unknown field `sockets`"), "{more}");
    }

    #[test]
    fn a_policy_is_narrowed_to_what_is_declared() {
        let policy = Policy {
            mechanisms: vec!["arm".to_owned(), "lift".to_owned()],
            reads: ["arm.*", "driver.a", "lift.height"]
                .map(Pattern::from)
                .to_vec(),
            folder: Some(Folder::new("data", true)),
            ..Policy::default()
        };
        let wanted = declared(&["arm.angle", "arm.speed", "driver.*"], Access::Read);
        let (narrowed, withheld) = wanted.narrow(&policy);
        assert_eq!(narrowed.mechanisms, ["arm"]);
        assert_eq!(
            narrowed.reads,
            ["arm.angle", "arm.speed", "driver.a"].map(Pattern::from)
        );
        assert_eq!(narrowed.folder.map(|folder| folder.write), Some(false));
        assert_eq!(withheld, ["lift", "lift.height", "writing to data"]);
    }
}
