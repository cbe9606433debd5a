//! One plugin load, as stages: read, parse, contract, imports, compile, describe, check, grants.
//!
//! Nothing here touches what runs: a plugin that fails at any stage leaves nothing behind.

mod check;
mod compile;
mod describe;
mod error;
mod grants;
mod parse;
mod read;

pub use error::{LoadError, LoadErrorKind, Stage};
pub use parse::Sizes;
pub(crate) use parse::{Shape, parse};

use std::sync::{Arc, Mutex};

use gantry_scheduler::Supplier;
use sha2::{Digest, Sha256};
use wasmtime::component::Component;

use crate::contract::{ContractVersion, GuestPre};
use crate::description::Description;
use crate::plugin::{Counters, Plugin, Shared};
use crate::policy::{Policy, Source};
use crate::robot::Robot;
use crate::run::Context;
use crate::runtime::RuntimeShared;

/// A failure with its stage, before it is known whose it is.
pub(crate) type Staged<T> = Result<T, (Stage, LoadErrorKind)>;

/// Loads a plugin.
pub(crate) fn load(
    runtime: &Arc<RuntimeShared>,
    source: &Source,
    policy: &Policy,
    robot: &Robot,
) -> Result<Plugin, LoadError> {
    stages(runtime, source, policy, robot).map_err(|(stage, kind)| LoadError {
        plugin: source.name.clone(),
        origin: source.origin.clone(),
        stage,
        kind: Box::new(kind),
    })
}

fn stages(
    runtime: &Arc<RuntimeShared>,
    source: &Source,
    policy: &Policy,
    robot: &Robot,
) -> Staged<Plugin> {
    let name: Arc<str> = Arc::from(source.name.as_str());
    let linked = link(runtime, &source.bytes, policy)?;
    let described = describe::describe(
        runtime,
        &linked.pre,
        Arc::new(Context::describing(&name, policy, robot)),
    )?;
    let description = check::check(described).map_err(|kind| (Stage::Check, kind))?;
    let requirements =
        grants::check(&description, policy, robot).map_err(|kind| (Stage::Grants, kind))?;
    Ok(Plugin(Arc::new(Shared {
        context: Arc::new(Context::granted(&name, policy, robot)),
        description,
        requirements,
        version: linked.version,
        origin: source.origin.clone(),
        digest: linked.digest,
        pre: linked.pre,
        counters: Arc::new(Counters::default()),
        supplier: Supplier::default(),
        runtime: runtime.clone(),
        warm: Mutex::new(Vec::new()),
    })))
}

/// A component that passed every stage up to its linking.
pub(crate) struct Linked {
    pub(crate) shape: Shape,
    pub(crate) digest: String,
    pub(crate) version: ContractVersion,
    pub(crate) component: Component,
    pub(crate) pre: GuestPre,
}

/// The stages that need no instance.
pub(crate) fn link(runtime: &RuntimeShared, bytes: &[u8], policy: &Policy) -> Staged<Linked> {
    let shape = parse(bytes).map_err(|kind| (Stage::Parse, kind))?;
    let version = version_of(&shape)?;
    allowed(version, &shape)?;
    if shape.sizes.initial_memory > policy.limits.memory as u64 {
        let kind = LoadErrorKind::InitialMemory {
            needed: shape.sizes.initial_memory,
            limit: policy.limits.memory,
        };
        return Err((Stage::Compile, kind));
    }
    let digest = hexadecimal(&Sha256::digest(bytes));
    let component = compile::compile(runtime, bytes, &digest)?;
    let pre = runtime
        .linker(version)
        .instantiate_pre(&component)
        .map_err(|error| (Stage::Imports, LoadErrorKind::Mismatch(text(&error))))?;
    let pre = GuestPre::new(version, pre)
        .map_err(|error| (Stage::Contract, LoadErrorKind::Mismatch(text(&error))))?;
    Ok(Linked {
        shape,
        digest,
        version,
        component,
        pre,
    })
}

/// What the plugin says about itself, checked in itself but not against a robot.
pub(crate) fn description(
    runtime: &RuntimeShared,
    linked: &Linked,
    policy: &Policy,
    robot: &Robot,
) -> Staged<Description> {
    let context = Context::describing(&Arc::from("inspected"), policy, robot);
    let described = describe::describe(runtime, &linked.pre, Arc::new(context))?;
    check::check(described).map_err(|kind| (Stage::Check, kind))
}

fn version_of(shape: &Shape) -> Staged<ContractVersion> {
    ContractVersion::of_exports(shape.exports.iter().map(String::as_str))
        .map_err(|error| (Stage::Contract, LoadErrorKind::Version(error)))
}

fn allowed(version: ContractVersion, shape: &Shape) -> Staged<()> {
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

/// The whole chain of causes, for wasmtime puts the reason last.
fn text(error: &wasmtime::Error) -> String {
    format!("{error:#}")
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
