//! What is in a folder: read at once, so that it is the same list whatever is done meanwhile, and
//! sorted, since every disk has an order of its own.

use std::sync::Arc;
use std::vec::IntoIter;

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::Descriptor as Opened;
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    DirectoryEntry, DirectoryEntryStream, ErrorCode, HostDirectoryEntryStream,
};

use super::Descriptor;
use super::quota::Open;
use crate::run::{Cost, RunState};

/// The most entries of a folder that can be listed: it takes a millisecond of the tick.
const MAX_ENTRIES: usize = 4096;

/// An entry, or that its name is no text.
type Entry = Result<DirectoryEntry, ErrorCode>;

/// Entries that the guest has not been told yet. It stands behind what is a stream to the guest.
pub(super) struct Listing {
    entries: IntoIter<Entry>,
    /// It counts as an open file.
    _open: Open,
}

impl RunState {
    pub(super) async fn list(
        &mut self,
        at: Descriptor,
    ) -> FsResult<Resource<DirectoryEntryStream>> {
        self.context.account().may_open()?;
        self.control.charge(Cost::File);
        let mut entries = self.entries(at).await?;
        self.control.charge(Cost::Entries(entries.len()));
        if entries.len() > MAX_ENTRIES {
            return Err(ErrorCode::Overflow.into());
        }
        entries.sort_by(|one, other| name(one).cmp(&name(other)));
        let open: Open = Arc::new(());
        self.context.account().opened(&open);
        let listing = self.table.push(Listing {
            entries: entries.into_iter(),
            _open: open,
        })?;
        Ok(Resource::new_own(listing.rep()))
    }

    /// What is in the folder, up to one more than can be listed.
    #[cfg(unix)]
    async fn entries(&mut self, at: Descriptor) -> FsResult<Vec<Entry>> {
        let Opened::Dir(folder) = self.table.get(&at)? else {
            return Err(ErrorCode::NotDirectory.into());
        };
        Ok(unix::entries(&folder.dir, MAX_ENTRIES + 1)?)
    }

    /// What is in the folder, up to one more than can be listed.
    #[cfg(not(unix))]
    async fn entries(&mut self, at: Descriptor) -> FsResult<Vec<Entry>> {
        use wasmtime_wasi::filesystem::WasiFilesystemView as _;
        use wasmtime_wasi::p2::bindings::filesystem::types::HostDescriptor as _;

        let stream = self.filesystem().read_directory(at).await?;
        let entries = self.table.delete(stream)?.into_iter();
        let entries = entries.take(MAX_ENTRIES + 1);
        entries
            .map(|entry| match entry {
                Ok(entry) => Ok(Ok(entry)),
                Err(error) => Ok(Err(error.downcast()?)),
            })
            .collect::<wasmtime::Result<_>>()
            .map_err(wasmtime_wasi::p2::FsError::trap)
    }
}

fn name(entry: &Entry) -> Option<&str> {
    entry.as_ref().ok().map(|entry| entry.name.as_str())
}

impl HostDirectoryEntryStream for RunState {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        let listing: Resource<Listing> = Resource::new_borrow(stream.rep());
        let next = self.table.get_mut(&listing)?.entries.next();
        Ok(next.transpose()?)
    }

    fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        let listing: Resource<Listing> = Resource::new_own(stream.rep());
        self.table.delete(listing)?;
        Ok(())
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::CStr;
    use std::fs::File;
    use std::io;

    use rustix::fs::{AtFlags, Dir, FileType, statat};
    use wasmtime_wasi::p2::bindings::filesystem::types::{
        DescriptorType, DirectoryEntry, ErrorCode,
    };

    use super::Entry;

    /// So many entries, or all if there are fewer.
    pub(super) fn entries(folder: &File, most: usize) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in Dir::read_from(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if entries.len() == most {
                break;
            }
            if name != c"." && name != c".." {
                entries.push(match name.to_str() {
                    Ok(text) => Ok(DirectoryEntry {
                        type_: kind(folder, name, entry.file_type()),
                        name: text.to_owned(),
                    }),
                    Err(_) => Err(ErrorCode::IllegalByteSequence),
                });
            }
        }
        Ok(entries)
    }

    fn kind(folder: &File, name: &CStr, told: FileType) -> DescriptorType {
        // Not all file systems tell it along with the name.
        let told = match told {
            FileType::Unknown => statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
                .map_or(told, |stat| FileType::from_raw_mode(stat.st_mode)),
            told => told,
        };
        match told {
            FileType::RegularFile => DescriptorType::RegularFile,
            FileType::Directory => DescriptorType::Directory,
            FileType::Symlink => DescriptorType::SymbolicLink,
            FileType::BlockDevice => DescriptorType::BlockDevice,
            FileType::CharacterDevice => DescriptorType::CharacterDevice,
            _ => DescriptorType::Unknown,
        }
    }
}
