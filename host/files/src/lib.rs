//! Files that are written as a whole or not at all, also if the process is killed or the power fails.
//!
//! The bytes go to a file of another name in the same folder, which is synced to the disk before it
//! takes the name that is meant; then the folder is synced. Whoever looks sees the file that was
//! there before or the new one, never a part of one, and what was written without an error is
//! there after the next start.
//!
//! ```
//! # let folder = tempfile::tempdir()?;
//! let path = folder.path().join("robot.lock");
//! gantry_files::replace(&path, gantry_files::SHARED, b"version = 1\n")?;
//! assert_eq!(std::fs::read(&path)?, b"version = 1\n");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`Partial`] has the two halves apart, for a file that is to be tried out before it counts, or for two
//! files of which neither is to be there without the other.

mod disk;
mod partial;

use std::io;
use std::path::Path;

pub use disk::{Disk, FileSystem};
pub use partial::{PARTIAL, Partial};

/// Permissions of a file that everybody may read, as far as the user's umask lets them.
pub const SHARED: u32 = 0o666;
/// Permissions of a file that nobody but its owner may read.
pub const PRIVATE: u32 = 0o600;

/// Writes a file of these permissions, in place of the one that may be there. A symbolic link of
/// this name is replaced, not followed.
///
/// # Errors
///
/// If the system fails to. Then the file that was there before still is, unless all that has failed was
/// to sync the folder.
pub fn replace(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    Partial::write(path, mode, &[bytes])?.replace()
}

/// Makes a folder of these permissions, and those in which it is, as far as they are missing. After the
/// next start they are still there.
///
/// # Errors
///
/// If the system fails to, or there is something else of one of these names.
pub fn create_folder(path: &Path, mode: u32) -> io::Result<()> {
    if path == Path::new("") || path.is_dir() {
        return Ok(());
    }
    let parent = partial::folder(path);
    create_folder(parent, mode)?;
    #[cfg(unix)]
    let made = {
        let mut builder = std::fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
        builder.create(path)
    };
    #[cfg(not(unix))]
    let made = std::fs::create_dir(path);
    match made {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        made => made?,
    }
    Disk.sync_folder(parent)
}

/// Writes a file of these permissions where there is none.
///
/// # Errors
///
/// [`AlreadyExists`](io::ErrorKind::AlreadyExists) if there is one, and if the system fails to
/// write it. Then there is none.
pub fn create(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    Partial::write(path, mode, &[bytes])?.create()
}
