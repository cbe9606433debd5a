//! Open files and folders, and paths that start at them.

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::WasiFilesystemView as _;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntryStream, Filesize,
    HostDescriptor, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsResult};

use super::metadata::seen;
use super::{Descriptor, checked};
use crate::run::RunState;

/// Calls that are wasmtime-wasi's as they are.
macro_rules! passed_on {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(async fn $name(&mut self, at: Descriptor, $($argument: $type),*) -> FsResult<$answer> {
            self.filesystem().$name(at, $($argument),*).await
        })*
    };
}

/// The same, of those with a path.
macro_rules! passed_on_with_a_path {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(async fn $name(
            &mut self,
            at: Descriptor,
            $($argument: $type,)*
            path: String,
        ) -> FsResult<$answer> {
            self.filesystem().$name(at, $($argument,)* checked(path)?).await
        })*
    };
}

impl HostDescriptor for RunState {
    passed_on! {
        advise(offset: Filesize, len: Filesize, advice: Advice) -> ();
        get_flags() -> DescriptorFlags;
        get_type() -> DescriptorType;
        set_size(size: Filesize) -> ();
        set_times(accessed: NewTimestamp, modified: NewTimestamp) -> ();
        read(len: Filesize, offset: Filesize) -> (Vec<u8>, bool);
        write(bytes: Vec<u8>, offset: Filesize) -> Filesize;
    }

    passed_on_with_a_path! {
        create_directory_at() -> ();
        readlink_at() -> String;
    }

    async fn read_directory(&mut self, at: Descriptor) -> FsResult<Resource<DirectoryEntryStream>> {
        self.list(at).await
    }

    async fn stat(&mut self, at: Descriptor) -> FsResult<DescriptorStat> {
        Ok(seen(self.filesystem().stat(at).await?))
    }

    async fn stat_at(
        &mut self,
        at: Descriptor,
        flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        let stat = self.filesystem().stat_at(at, flags, checked(path)?).await;
        Ok(seen(stat?))
    }

    async fn metadata_hash(&mut self, at: Descriptor) -> FsResult<MetadataHashValue> {
        let hash = self.filesystem().metadata_hash(at).await?;
        Ok(self.context.files.numbers().of(&hash))
    }

    async fn metadata_hash_at(
        &mut self,
        at: Descriptor,
        flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        let mut files = self.filesystem();
        let hash = files.metadata_hash_at(at, flags, checked(path)?).await?;
        Ok(self.context.files.numbers().of(&hash))
    }

    async fn unlink_file_at(&mut self, at: Descriptor, path: String) -> FsResult<()> {
        let gone = self.hash_at(&at, &path).await?;
        self.filesystem().unlink_file_at(at, path).await?;
        self.forget(gone);
        Ok(())
    }

    async fn remove_directory_at(&mut self, at: Descriptor, path: String) -> FsResult<()> {
        let gone = self.hash_at(&at, &path).await?;
        self.filesystem().remove_directory_at(at, path).await?;
        self.forget(gone);
        Ok(())
    }

    /// The system writes to the disk when it sees fit. Waiting for that can take seconds, which a
    /// tick does not have.
    async fn sync(&mut self, at: Descriptor) -> FsResult<()> {
        self.table.get(&at)?;
        Ok(())
    }

    async fn sync_data(&mut self, at: Descriptor) -> FsResult<()> {
        self.sync(at).await
    }

    async fn open_at(
        &mut self,
        at: Descriptor,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Descriptor> {
        self.look_for_file(&at, path_flags, &path).await?;
        let mut files = self.filesystem();
        files.open_at(at, path_flags, path, open_flags, flags).await
    }

    async fn set_times_at(
        &mut self,
        at: Descriptor,
        flags: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        // The file is opened for that.
        self.look_for_file(&at, flags, &path).await?;
        let mut files = self.filesystem();
        files
            .set_times_at(at, flags, path, accessed, modified)
            .await
    }

    async fn link_at(
        &mut self,
        at: Descriptor,
        flags: PathFlags,
        path: String,
        new_at: Descriptor,
        new_path: String,
    ) -> FsResult<()> {
        let (path, new_path) = (checked(path)?, checked(new_path)?);
        let mut files = self.filesystem();
        files.link_at(at, flags, path, new_at, new_path).await
    }

    async fn rename_at(
        &mut self,
        at: Descriptor,
        path: String,
        new_at: Descriptor,
        new_path: String,
    ) -> FsResult<()> {
        let moved = self.hash_at(&at, &path).await?;
        let there = self.hash_at(&new_at, &new_path).await?;
        let mut files = self.filesystem();
        files.rename_at(at, path, new_at, new_path).await?;
        // Two names of the same file both stay.
        if !is_same(&moved, &there) {
            self.forget(there);
        }
        Ok(())
    }

    async fn symlink_at(&mut self, at: Descriptor, to: String, path: String) -> FsResult<()> {
        let (to, path) = (checked(to)?, checked(path)?);
        self.filesystem().symlink_at(at, to, path).await
    }

    fn read_via_stream(
        &mut self,
        at: Descriptor,
        offset: Filesize,
    ) -> FsResult<Resource<DynInputStream>> {
        self.filesystem().read_via_stream(at, offset)
    }

    fn write_via_stream(
        &mut self,
        at: Descriptor,
        offset: Filesize,
    ) -> FsResult<Resource<DynOutputStream>> {
        self.filesystem().write_via_stream(at, offset)
    }

    fn append_via_stream(&mut self, at: Descriptor) -> FsResult<Resource<DynOutputStream>> {
        self.filesystem().append_via_stream(at)
    }

    async fn is_same_object(&mut self, a: Descriptor, b: Descriptor) -> wasmtime::Result<bool> {
        self.filesystem().is_same_object(a, b).await
    }

    fn drop(&mut self, descriptor: Descriptor) -> wasmtime::Result<()> {
        HostDescriptor::drop(&mut self.filesystem(), descriptor)
    }
}

fn is_same(one: &Option<MetadataHashValue>, other: &Option<MetadataHashValue>) -> bool {
    let key = |hash: &MetadataHashValue| (hash.lower, hash.upper);
    one.as_ref().map(key) == other.as_ref().map(key)
}
