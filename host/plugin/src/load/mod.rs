//! One plugin load, as stages: read, digest, signature, parse, contract, imports, compile, describe,
//! check, grants.
//!
//! Nothing here touches what runs: a plugin that fails at any stage leaves nothing behind.

mod admit;
mod bounds;
mod check;
mod compile;
mod describe;
mod error;
mod grants;
mod parse;
mod pieces;
mod read;

pub use admit::Admission;
pub use bounds::TooLarge;
pub use error::{LoadError, LoadErrorKind, Stage};
pub use parse::Sizes;
pub(crate) use pieces::{NOP_COST, PIECES_REVISION};
pub(crate) use read::MAX_BYTES as MAX_COMPONENT_BYTES;
pub use read::{read_at_most, read_file};

use std::sync::Arc;

use gantry_scheduler::Supplier;
use wasmtime::component::Component;

use crate::compiler::Cancellation;
use crate::contract::GuestPre;
use crate::description::Description;
use crate::log::visible;
use crate::plugin::{Counters, Plugin, Shared};
use crate::policy::{Policy, Source};
use crate::quarantine::Quarantine;
use crate::robot::Robot;
use crate::run::{Context, Warm};
use crate::runtime::RuntimeShared;
use crate::signature::Signed;

/// A failure with its stage, before it is known whose it is.
pub(crate) type Staged<T> = Result<T, (Stage, LoadErrorKind)>;

/// Loads a plugin; in the background if that can be canceled.
pub(crate) fn load(
    runtime: &Arc<RuntimeShared>,
    source: &Source,
    policy: &Policy,
    robot: &Robot,
    background: Option<&Cancellation>,
) -> Result<Plugin, LoadError> {
    stages(runtime, source, policy, robot, background)
        .map_err(|failure| LoadError::of(source, failure))
}

fn stages(
    runtime: &Arc<RuntimeShared>,
    source: &Source,
    policy: &Policy,
    robot: &Robot,
    background: Option<&Cancellation>,
) -> Staged<Plugin> {
    let name: Arc<str> = Arc::from(source.name.as_str());
    let admission = admit::admit(source, policy)?;
    let policy = &admission.policy;
    if !admission.withheld.is_empty() {
        let withheld = admission.withheld.join(", ");
        tracing::warn!(
            "plugin `{name}` does not get {withheld}, which the robot grants and its signature \
             does not declare"
        );
    }
    let linked = link(runtime, &source.bytes, &admission, background)?;
    let described = describe::describe(
        runtime,
        &linked.pre,
        Arc::new(Context::describing(&name, policy, robot)),
    )?;
    let description = check::check(described).map_err(|kind| (Stage::Check, kind))?;
    if let Signed::By { declared, .. } = &admission.signed {
        declared
            .check(&description)
            .map_err(|error| (Stage::Signature, LoadErrorKind::Signature(error)))?;
    }
    let files = grants::files(policy).map_err(|kind| (Stage::Grants, kind))?;
    let requirements =
        grants::check(&description, policy, robot).map_err(|kind| (Stage::Grants, kind))?;
    let supplier = Supplier::named(&name, policy.limits.of_supplier());
    Ok(Plugin(Arc::new(Shared {
        context: Arc::new(Context::granted(&name, policy, files, robot, &supplier)),
        description,
        requirements,
        version: admission.contract,
        origin: source.origin.clone(),
        digest: admission.digest,
        signed: admission.signed,
        pre: linked.pre,
        counters: Arc::new(Counters::default()),
        quarantine: Arc::new(Quarantine::new(policy.limits.quarantine, supplier.clone())),
        supplier,
        runtime: runtime.clone(),
        warm: Warm::default(),
    })))
}

/// A component that passed every stage up to its linking.
pub(crate) struct Linked {
    pub(crate) component: Component,
    pub(crate) pre: GuestPre,
}

/// The stages that need code, but no instance.
pub(crate) fn link(
    runtime: &RuntimeShared,
    bytes: &[u8],
    admission: &Admission,
    background: Option<&Cancellation>,
) -> Staged<Linked> {
    let (version, limits) = (admission.contract, &admission.policy.limits);
    let sizes = &admission.shape.sizes;
    if sizes.initial_memory > limits.memory as u64 {
        let kind = LoadErrorKind::InitialMemory {
            needed: sizes.initial_memory,
            limit: limits.memory,
        };
        return Err((Stage::Compile, kind));
    }
    let component = compile::compile(runtime, bytes, &admission.digest, background)?;
    let pre = runtime
        .linker(version)
        .instantiate_pre(&component)
        .map_err(|error| (Stage::Imports, LoadErrorKind::Mismatch(text(&error))))?;
    let pre = GuestPre::new(version, pre)
        .map_err(|error| (Stage::Contract, LoadErrorKind::Mismatch(text(&error))))?;
    Ok(Linked { component, pre })
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

/// The whole chain of causes, for wasmtime puts the reason last. It quotes names of the component.
fn text(error: &wasmtime::Error) -> String {
    visible(format!("{error:#}").as_bytes())
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
