//! Files, in the one folder that a plugin may be granted.
//!
//! wasmtime-wasi does the work, and sees to it that no path leads out of the folder. What it would
//! do that a robot cannot have is not let through to it: nothing may block the scheduler's thread.

mod descriptor;
mod listing;
mod metadata;
mod quota;
mod shared;
mod streams;

pub(crate) use shared::Files;

use wasmtime::component::Resource;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::WasiFilesystemView as _;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    self, DescriptorStat, DescriptorType, ErrorCode, HostDescriptor as _, MetadataHashValue,
    PathFlags,
};
use wasmtime_wasi::p2::{FsError, FsResult};

use self::quota::Full;
use crate::run::{Context, RunState};

/// Bytes of a path. Longer ones no system takes, and they would be looked at part by part.
const MAX_PATH: usize = 4096;

type Descriptor = Resource<types::Descriptor>;

/// The files that a plugin may see, and no sockets.
pub(crate) fn granted(context: &Context) -> WasiCtx {
    let mut wasi = WasiCtx::builder();
    wasi.allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false);
    let mut wasi = wasi.build();
    *wasi.filesystem() = context.files.open(&context.name);
    wasi
}

/// A path that is not too long.
fn checked(path: String) -> FsResult<String> {
    match path.len() {
        ..=MAX_PATH => Ok(path),
        _ => Err(ErrorCode::NameTooLong.into()),
    }
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
    /// What there is at a path, if there is anything.
    async fn look_at(
        &mut self,
        folder: &Descriptor,
        flags: PathFlags,
        path: &str,
    ) -> FsResult<Option<DescriptorStat>> {
        let path = checked(path.to_owned())?;
        let folder = Resource::new_borrow(folder.rep());
        let found = self.filesystem().stat_at(folder, flags, path).await;
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
        let (at, path) = (Resource::new_borrow(at.rep()), checked(path.to_owned())?);
        let mut files = self.filesystem();
        match files.metadata_hash_at(at, PathFlags::empty(), path).await {
            Ok(hash) => Ok(Some(hash)),
            Err(error) if error.downcast_ref().is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
