//! The versions of the contract. Each converts to plain types and calls what is below; nothing
//! above knows which version a plugin speaks.

mod v0_1;
mod version;

pub use version::{ContractVersion, VersionError};

use gantry_scheduler::Value;
use wasmtime::Store;
use wasmtime::component::{InstancePre, Linker};

use crate::description::Description;
use crate::run::RunState;

/// Links what plugins of a version import.
pub(crate) fn link(
    version: ContractVersion,
    linker: &mut Linker<RunState>,
) -> wasmtime::Result<()> {
    match version {
        ContractVersion::V0_1 => v0_1::link(linker),
    }
}

/// A linked plugin, ready to be instantiated.
#[derive(Clone)]
pub(crate) enum GuestPre {
    V0_1(v0_1::GuestPre),
}

/// An instance of a plugin.
pub(crate) enum Guest {
    V0_1(v0_1::Guest),
}

impl GuestPre {
    pub(crate) fn new(
        version: ContractVersion,
        pre: InstancePre<RunState>,
    ) -> wasmtime::Result<Self> {
        match version {
            ContractVersion::V0_1 => v0_1::GuestPre::new(pre).map(GuestPre::V0_1),
        }
    }

    pub(crate) async fn instantiate(&self, store: &mut Store<RunState>) -> wasmtime::Result<Guest> {
        match self {
            GuestPre::V0_1(pre) => pre.instantiate(store).await.map(Guest::V0_1),
        }
    }
}

impl Guest {
    /// What the plugin says about itself, or why it rejects its configuration.
    pub(crate) async fn describe(
        &self,
        store: &mut Store<RunState>,
    ) -> wasmtime::Result<Result<Description, String>> {
        match self {
            Guest::V0_1(guest) => guest.describe(store).await,
        }
    }

    /// Runs a command to its end.
    pub(crate) async fn run(
        &self,
        store: &mut Store<RunState>,
        command: &str,
        arguments: &[(String, Value)],
    ) -> wasmtime::Result<Result<Option<Value>, String>> {
        match self {
            Guest::V0_1(guest) => guest.run(store, command, arguments).await,
        }
    }
}
