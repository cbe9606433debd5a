//! Looking at a plugin: what it is, what it asks for, and how that compares with a robot's grants.

mod grants;

use serde::Serialize;

use crate::contract::ContractVersion;
use crate::description::Description;
use crate::load::{self, LoadError, Sizes};
use crate::policy::{Policy, Source};
use crate::robot::Robot;
use crate::runtime::Runtime;
use crate::signature::{self, Access, Declared, KeyId, Signed};

pub use grants::{GrantKind, GrantStatus, GrantUse};

/// What can be said about a plugin's file.
#[derive(Clone, Debug, Serialize)]
pub struct Inspection {
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    /// The version of the contract that it speaks.
    pub contract: ContractVersion,
    /// How large it is.
    pub sizes: Sizes,
    /// What it becomes when it is compiled, in bytes.
    pub compiled: u64,
    /// The interfaces that it imports.
    pub imports: Vec<String>,
    /// Those of them that are WASI's.
    pub wasi: Vec<String>,
    /// The interfaces that it exports.
    pub exports: Vec<String>,
    /// What it asks a robot for, if it describes itself.
    pub asks: Option<Asks>,
    /// Who vouches for it.
    pub signature: SignatureReport,
    /// What it says about itself, if it does.
    pub description: Option<Description>,
    /// Why it does not say anything: it may want a configuration, for instance.
    pub problem: Option<String>,
}

/// What a plugin asks a robot for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Asks {
    /// Mechanisms that its commands require.
    pub mechanisms: Vec<String>,
    /// Input channels that it reads. A name may end in `*`.
    pub reads: Vec<String>,
    /// Topics that it publishes. A name may end in `*`.
    pub publishes: Vec<String>,
    /// Whether it imports `wasi:filesystem`. Languages' standard libraries often do without ever
    /// using it; the plugin sees a folder only if it is granted one.
    pub files: bool,
}

/// Who vouches for a plugin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum SignatureReport {
    /// Nobody.
    None,
    /// Somebody who is trusted.
    Trusted {
        /// What the key is called in the robot.
        key: String,
        /// Its number.
        key_id: String,
        /// How much of a robot the component may use, as the signer says.
        declared: Declared,
    },
    /// Somebody whose key is not known here, so that nothing about it is known.
    Untrusted {
        /// Which key it says it is of.
        key_id: String,
    },
    /// It is no signature, or not of this component.
    Invalid {
        /// Why.
        reason: String,
    },
}

impl Runtime {
    /// Looks at a plugin. Its `describe` is run, with the policy's configuration and limits and
    /// with nothing granted; that it fails is told, and no error, and so is a signature that does
    /// not fit.
    pub fn inspect(&self, source: &Source, policy: &Policy) -> Result<Inspection, LoadError> {
        let trust = signature::Trust {
            required: false,
            signer: None,
            ..policy.trust.clone()
        };
        let signature = report(signature::verify(
            &source.bytes,
            source.signature.as_deref(),
            &trust,
        ));
        let anyone = Policy {
            digest: None,
            trust: signature::Trust::default(),
            ..policy.clone()
        };
        let unsigned = Source {
            signature: None,
            ..source.clone()
        };
        let admission = unsigned.admit(&anyone)?;
        let linked = load::link(&self.0, &source.bytes, &admission, None)
            .map_err(|failure| LoadError::of(source, failure))?;
        let described = load::description(&self.0, &linked, policy, &Robot::absent());
        let (description, problem) = match described {
            Ok(description) => (Some(description), None),
            Err((stage, kind)) => (None, Some(format!("{stage}: {kind}"))),
        };
        let compiled = linked.component.image_range();
        let shape = admission.shape;
        let is_wasi = |name: &&String| name.starts_with("wasi:");
        let wasi: Vec<String> = shape.imports.iter().filter(is_wasi).cloned().collect();
        let files = wasi.iter().any(|name| name.starts_with("wasi:filesystem/"));
        Ok(Inspection {
            digest: admission.digest,
            contract: admission.contract,
            sizes: shape.sizes,
            compiled: (compiled.end as u64).saturating_sub(compiled.start as u64),
            asks: description
                .as_ref()
                .map(|description| asks(description, files)),
            imports: shape.imports,
            wasi,
            exports: shape.exports,
            signature,
            description,
            problem,
        })
    }
}

fn asks(description: &Description, files: bool) -> Asks {
    let declared = Declared::of(description, Access::None);
    Asks {
        mechanisms: declared.mechanisms,
        reads: declared.reads,
        publishes: declared.publishes,
        files,
    }
}

fn report(verified: Result<Signed, signature::SignatureError>) -> SignatureReport {
    let number = |id: KeyId| id.to_string();
    match verified {
        Ok(Signed::No) => SignatureReport::None,
        Ok(Signed::Unknown(id)) => SignatureReport::Untrusted { key_id: number(id) },
        Ok(Signed::By { key, id, declared }) => SignatureReport::Trusted {
            key,
            key_id: number(id),
            declared,
        },
        Err(error) => SignatureReport::Invalid {
            reason: error.to_string(),
        },
    }
}
