//! Open files and folders, and paths that start at them.

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::Descriptor as Opened;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntryStream, ErrorCode,
    Filesize, HostDescriptor, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsError, FsResult};

use super::Descriptor;
use super::metadata::seen;
use super::quota::Open;
use crate::run::{Cost, RunState};

/// Parts of the path that a link may have which a plugin makes.
const MAX_LINK_PARTS: usize = 32;

/// Calls that are wasmtime-wasi's as they are.
macro_rules! passed_on {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(async fn $name(&mut self, at: Descriptor, $($argument: $type),*) -> FsResult<$answer> {
            self.disk().$name(at, $($argument),*).await
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
            let path = self.checked(path)?;
            self.disk().$name(at, $($argument,)* path).await
        })*
    };
}

impl HostDescriptor for RunState {
    passed_on! {
        advise(offset: Filesize, len: Filesize, advice: Advice) -> ();
        get_flags() -> DescriptorFlags;
        get_type() -> DescriptorType;
        set_times(accessed: NewTimestamp, modified: NewTimestamp) -> ();
    }

    passed_on_with_a_path! {
        readlink_at() -> String;
    }

    async fn read(
        &mut self,
        at: Descriptor,
        len: Filesize,
        offset: Filesize,
    ) -> FsResult<(Vec<u8>, bool)> {
        let (bytes, is_end) = self.disk().read(at, len, offset).await?;
        self.control.charge(Cost::Bytes(bytes.len()));
        Ok((bytes, is_end))
    }

    async fn write(
        &mut self,
        at: Descriptor,
        bytes: Vec<u8>,
        offset: Filesize,
    ) -> FsResult<Filesize> {
        self.may_change(&at)?;
        let hole = self.hole(&at, offset)?;
        let account = self.context.account();
        account.write(hole.saturating_add(bytes.len() as u64))?;
        self.hand_over(bytes.len()).map_err(FsError::trap)?;
        self.disk().write(at, bytes, offset).await
    }

    async fn set_size(&mut self, at: Descriptor, size: Filesize) -> FsResult<()> {
        self.may_change(&at)?;
        let file = Resource::new_borrow(at.rep());
        let before = self.disk().stat(file).await?.size;
        let growth = size.saturating_sub(before);
        self.context.account().write(growth)?;
        self.disk().set_size(at, size).await
    }

    async fn create_directory_at(&mut self, at: Descriptor, path: String) -> FsResult<()> {
        let path = self.checked(path)?;
        self.context.account().make()?;
        let made = self.disk().create_directory_at(at, path).await;
        self.context.account().made(made)
    }

    async fn read_directory(&mut self, at: Descriptor) -> FsResult<Resource<DirectoryEntryStream>> {
        self.list(at).await
    }

    async fn stat(&mut self, at: Descriptor) -> FsResult<DescriptorStat> {
        Ok(seen(self.disk().stat(at).await?))
    }

    async fn stat_at(
        &mut self,
        at: Descriptor,
        flags: PathFlags,
        path: String,
    ) -> FsResult<DescriptorStat> {
        let path = self.checked(path)?;
        let stat = self.disk().stat_at(at, flags, path).await;
        Ok(seen(stat?))
    }

    async fn metadata_hash(&mut self, at: Descriptor) -> FsResult<MetadataHashValue> {
        let file = Resource::new_borrow(at.rep());
        let is_there = self.disk().stat(file).await?.link_count > 0;
        let hash = self.disk().metadata_hash(at).await?;
        let mut numbers = self.context.files.numbers();
        Ok(match is_there {
            true => numbers.of(&hash),
            // What it has for the disk is another one's at once, or never.
            false => numbers.new_one(),
        })
    }

    async fn metadata_hash_at(
        &mut self,
        at: Descriptor,
        flags: PathFlags,
        path: String,
    ) -> FsResult<MetadataHashValue> {
        let path = self.checked(path)?;
        let hash = self.disk().metadata_hash_at(at, flags, path).await?;
        Ok(self.context.files.numbers().of(&hash))
    }

    async fn unlink_file_at(&mut self, at: Descriptor, path: String) -> FsResult<()> {
        let gone = self.hash_at(&at, &path).await?;
        self.disk().unlink_file_at(at, path).await?;
        self.removed(gone);
        Ok(())
    }

    async fn remove_directory_at(&mut self, at: Descriptor, path: String) -> FsResult<()> {
        let gone = self.hash_at(&at, &path).await?;
        self.disk().remove_directory_at(at, path).await?;
        self.removed(gone);
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
        let there = self.look_for_file(&at, path_flags, &path).await?;
        let makes = open_flags.contains(OpenFlags::CREATE) && there.is_none();
        self.context.account().may_open()?;
        if makes {
            self.context.account().make()?;
        }
        let mut files = self.disk();
        let opened = files.open_at(at, path_flags, path, open_flags, flags).await;
        let opened = match makes {
            true => self.context.account().made(opened)?,
            false => opened?,
        };
        let file: Open = match self.table.get(&opened)? {
            Opened::File(file) => file.file.clone(),
            Opened::Dir(folder) => folder.dir.clone(),
        };
        self.context.account().opened(&file);
        Ok(opened)
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
        let mut files = self.disk();
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
        let (path, new_path) = (self.checked(path)?, self.checked(new_path)?);
        self.context.account().make()?;
        let mut files = self.disk();
        let made = files.link_at(at, flags, path, new_at, new_path).await;
        self.context.account().made(made)
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
        let mut files = self.disk();
        files.rename_at(at, path, new_at, new_path).await?;
        // Two names of the same file both stay.
        if there.is_some() && !is_same(&moved, &there) {
            self.removed(there);
        }
        Ok(())
    }

    async fn symlink_at(&mut self, at: Descriptor, to: String, path: String) -> FsResult<()> {
        let (to, path) = (self.checked(to)?, self.checked(path)?);
        // Whoever follows it looks at each part, and forty of them may follow each other.
        if to.split('/').count() > MAX_LINK_PARTS {
            return Err(ErrorCode::NameTooLong.into());
        }
        self.context.account().make()?;
        let made = self.disk().symlink_at(at, to, path).await;
        self.context.account().made(made)
    }

    fn read_via_stream(
        &mut self,
        at: Descriptor,
        offset: Filesize,
    ) -> FsResult<Resource<DynInputStream>> {
        let open = self.context.account().stream()?;
        self.reader(at, offset, open)
    }

    fn write_via_stream(
        &mut self,
        at: Descriptor,
        offset: Filesize,
    ) -> FsResult<Resource<DynOutputStream>> {
        let hole = self.hole(&at, offset)?;
        let open = self.context.account().stream()?;
        self.writer(at, Some(offset), hole, open)
    }

    fn append_via_stream(&mut self, at: Descriptor) -> FsResult<Resource<DynOutputStream>> {
        let open = self.context.account().stream()?;
        self.writer(at, None, 0, open)
    }

    async fn is_same_object(&mut self, a: Descriptor, b: Descriptor) -> wasmtime::Result<bool> {
        self.disk().is_same_object(a, b).await
    }

    fn drop(&mut self, descriptor: Descriptor) -> wasmtime::Result<()> {
        HostDescriptor::drop(&mut self.disk(), descriptor)
    }
}

impl RunState {
    /// What had this hash is gone.
    fn removed(&self, hash: Option<MetadataHashValue>) {
        self.context.account().removed();
        if let Some(hash) = hash {
            self.context.files.numbers().forget(&hash);
        }
    }

    /// How much larger a file becomes by writing so far out, besides what is written. Not every disk
    /// has room for that without taking it.
    fn hole(&self, at: &Descriptor, offset: Filesize) -> FsResult<Filesize> {
        self.control.charge(Cost::File);
        Ok(match self.table.get(at)? {
            Opened::File(file) => offset.saturating_sub(file.file.metadata()?.len()),
            Opened::Dir(_) => 0,
        })
    }

    /// What may not be changed does not count as changed.
    pub(super) fn may_change(&self, at: &Descriptor) -> FsResult<()> {
        match self.table.get(at)? {
            Opened::File(file) if file.perms.write_not_permitted() => {
                Err(ErrorCode::NotPermitted.into())
            }
            _ => Ok(()),
        }
    }
}

fn is_same(one: &Option<MetadataHashValue>, other: &Option<MetadataHashValue>) -> bool {
    let key = |hash: &MetadataHashValue| (hash.lower, hash.upper);
    one.as_ref().map(key) == other.as_ref().map(key)
}
