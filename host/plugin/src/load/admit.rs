//! What is decided about a plugin by its bytes alone, before any of its code is compiled or run.

use sha2::{Digest, Sha256};

use super::parse::{Shape, parse};
use super::{LoadError, LoadErrorKind, Stage, Staged, hexadecimal};
use crate::contract::ContractVersion;
use crate::policy::{Policy, Source};
use crate::signature::{self, Signed};

/// A plugin that passed the stages which need no code of its.
#[derive(Debug)]
pub struct Admission {
    /// SHA-256 of the component, in hexadecimal.
    pub digest: String,
    /// The version of the contract that it speaks.
    pub contract: ContractVersion,
    /// Who vouches for it.
    pub signed: Signed,
    /// What it is given: what the robot grants, as far as its signature, if it has one, declares it.
    pub policy: Policy,
    /// Grants of the robot of which its signature declares nothing.
    pub withheld: Vec<String>,
    pub(crate) shape: Shape,
}

impl Source {
    /// SHA-256 of the component, in hexadecimal.
    pub fn digest(&self) -> String {
        hexadecimal(&Sha256::digest(&self.bytes))
    }

    /// Looks at everything about a plugin that can be known without running it.
    ///
    /// # Errors
    ///
    /// If it would not be loaded either.
    pub fn admit(&self, policy: &Policy) -> Result<Admission, LoadError> {
        admit(self, policy).map_err(|failure| LoadError::of(self, failure))
    }
}

pub(super) fn admit(source: &Source, policy: &Policy) -> Staged<Admission> {
    let digest = check_digest(source, policy)?;
    let signed = signature::verify(&source.bytes, source.signature.as_deref(), &policy.trust)
        .map_err(|error| (Stage::Signature, LoadErrorKind::Signature(error)))?;
    let shape = parse(&source.bytes).map_err(|kind| (Stage::Parse, kind))?;
    let contract = ContractVersion::of_exports(shape.exports.iter().map(String::as_str))
        .map_err(|error| (Stage::Contract, LoadErrorKind::Version(error)))?;
    check_imports(contract, &shape)?;
    let (policy, withheld) = match &signed {
        Signed::By { declared, .. } => declared.narrow(policy),
        Signed::No | Signed::Unknown(_) => (policy.clone(), Vec::new()),
    };
    Ok(Admission {
        digest,
        contract,
        signed,
        policy,
        withheld,
        shape,
    })
}

fn check_digest(source: &Source, policy: &Policy) -> Staged<String> {
    let found = source.digest();
    match &policy.digest {
        Some(wanted) if hexadecimal(wanted) != found => {
            let wanted = hexadecimal(wanted);
            Err((Stage::Digest, LoadErrorKind::Digest { wanted, found }))
        }
        _ => Ok(found),
    }
}

fn check_imports(version: ContractVersion, shape: &Shape) -> Staged<()> {
    match shape.imports.iter().find(|name| !version.may_import(name)) {
        None => Ok(()),
        Some(name) => Err((
            Stage::Imports,
            LoadErrorKind::Import {
                name: name.clone(),
                version: version.to_string(),
            },
        )),
    }
}
