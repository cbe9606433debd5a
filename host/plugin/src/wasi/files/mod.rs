//! Files, in the one folder that a plugin may be granted.
//!
//! wasmtime-wasi does the work, and sees to it that no path leads out of the folder. What it would
//! do that a robot cannot have is not let through to it: nothing may block the scheduler's thread.

mod descriptor;
mod listing;
mod metadata;
mod position;
mod quota;
mod shared;
mod streams;

pub(crate) use quota::Full;
pub(crate) use shared::Files;

use wasmtime::component::Resource;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::{WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::filesystem::types::{
    self, DescriptorStat, DescriptorType, ErrorCode, HostDescriptor as _, MetadataHashValue,
    PathFlags,
};
use wasmtime_wasi::p2::{FsError, FsResult};

use crate::run::{Cost, RunState};

/// Bytes of a path. Longer ones no system takes, and they would be looked at part by part.
const MAX_PATH: usize = 4096;

type Descriptor = Resource<types::Descriptor>;

/// What wasmtime-wasi needs: no sockets, and files that are opened and looked at on the spot. The folder
/// that a plugin may see is not in it, but handed out by [`Files`].
pub(crate) fn closed() -> WasiCtx {
    let mut wasi = WasiCtx::builder();
    wasi.allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .allow_blocking_current_thread(true);
    wasi.build()
}

impl types::Host for RunState {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        error.downcast()
    }

    fn filesystem_error_code(
        &mut self,
        error: Resource<wasmtime::Error>,
    ) -> wasmtime::Result<Option<ErrorCode>> {
        if self.table.get(&error)?.is::<Full>() {
            return Ok(Some(ErrorCode::Quota));
        }
        self.filesystem().filesystem_error_code(error)
    }
}

impl RunState {
    /// wasmtime-wasi's files, for one call of the system.
    fn disk(&mut self) -> WasiFilesystemCtxView<'_> {
        self.control.charge(Cost::File);
        self.filesystem()
    }

    /// A path that is not too long.
    fn checked(&self, path: String) -> FsResult<String> {
        self.control.charge(Cost::Bytes(path.len()));
        if path.len() > MAX_PATH {
            return Err(ErrorCode::NameTooLong.into());
        }
        self.control.charge(Cost::Parts(path.split('/').count()));
        Ok(path)
    }

    /// What there is at a path, if there is anything.
    async fn look_at(
        &mut self,
        folder: &Descriptor,
        flags: PathFlags,
        path: &str,
    ) -> FsResult<Option<DescriptorStat>> {
        let path = self.checked(path.to_owned())?;
        let folder = Resource::new_borrow(folder.rep());
        let found = self.disk().stat_at(folder, flags, path).await;
        match found {
            Ok(stat) => Ok(Some(stat)),
            Err(error) if matches!(error.downcast_ref(), Some(ErrorCode::NoEntry)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The same. It is an error if opening it could block, or do something to a device: pipes,
    /// sockets and devices are no files here.
    async fn look_for_file(
        &mut self,
        folder: &Descriptor,
        flags: PathFlags,
        path: &str,
    ) -> FsResult<Option<DescriptorStat>> {
        let found = self.look_at(folder, flags, path).await?;
        match found.as_ref().map(|stat| stat.type_) {
            None
            | Some(
                DescriptorType::RegularFile
                | DescriptorType::Directory
                // If it is not to be followed, it is not opened either.
                | DescriptorType::SymbolicLink,
            ) => Ok(found),
            Some(_) => Err(ErrorCode::Unsupported.into()),
        }
    }

    /// What tells apart what there is at a path, if there is anything.
    async fn hash_at(
        &mut self,
        at: &Descriptor,
        path: &str,
    ) -> FsResult<Option<MetadataHashValue>> {
        let (at, path) = (
            Resource::new_borrow(at.rep()),
            self.checked(path.to_owned())?,
        );
        let mut files = self.disk();
        match files.metadata_hash_at(at, PathFlags::empty(), path).await {
            Ok(hash) => Ok(Some(hash)),
            Err(error) if error.downcast_ref().is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
