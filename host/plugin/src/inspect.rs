//! Looking at a plugin without a robot.

use serde::Serialize;

use crate::contract::ContractVersion;
use crate::description::Description;
use crate::load::{self, LoadError, Sizes};
use crate::policy::{Policy, Source};
use crate::robot::Robot;
use crate::runtime::Runtime;

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
    /// The interfaces that it exports.
    pub exports: Vec<String>,
    /// What it says about itself, if it does.
    pub description: Option<Description>,
    /// Why it does not say anything: it may want a configuration, for instance.
    pub problem: Option<String>,
}

impl Runtime {
    /// Looks at a plugin. Its `describe` is run, with the policy's configuration and limits and
    /// with nothing granted; that it fails is told, and no error.
    pub fn inspect(&self, source: &Source, policy: &Policy) -> Result<Inspection, LoadError> {
        let linked =
            load::link(&self.0, &source.bytes, policy).map_err(|(stage, kind)| LoadError {
                plugin: source.name.clone(),
                origin: source.origin.clone(),
                stage,
                kind: Box::new(kind),
            })?;
        let described = load::description(&self.0, &linked, policy, &Robot::absent());
        let (description, problem) = match described {
            Ok(description) => (Some(description), None),
            Err((stage, kind)) => (None, Some(format!("{stage}: {kind}"))),
        };
        let compiled = linked.component.image_range();
        Ok(Inspection {
            digest: linked.digest,
            contract: linked.version,
            sizes: linked.shape.sizes,
            compiled: (compiled.end as u64).saturating_sub(compiled.start as u64),
            imports: linked.shape.imports,
            exports: linked.shape.exports,
            description,
            problem,
        })
    }
}
