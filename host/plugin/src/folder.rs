//! The folder that a plugin may see: a handle rather than a path.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A folder that a plugin sees as `/`.
///
/// It is opened once, and is that folder from then on, wherever its path leads later. Clones are the same
/// folder.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The path by which it was opened, or will be.
    pub path: PathBuf,
    /// Whether the plugin may change it.
    pub write: bool,
    handle: Option<Arc<File>>,
}

impl Folder {
    /// A folder that is opened when its plugin is loaded.
    pub fn new(path: impl Into<PathBuf>, write: bool) -> Self {
        Self {
            path: path.into(),
            write,
            handle: None,
        }
    }

    /// Opens it, unless it is open already. Symbolic links in its path are followed.
    ///
    /// # Errors
    ///
    /// If it is not there, is not a folder, or may not be read.
    pub fn open(&mut self) -> io::Result<()> {
        self.open_with(system::open)
    }

    /// The same without following any symbolic link, the last part of the path included.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and if a part of the path is a link.
    pub fn open_without_links(&mut self) -> io::Result<()> {
        self.open_with(system::open_without_links)
    }

    fn open_with(&mut self, open: impl FnOnce(&Path) -> io::Result<File>) -> io::Result<()> {
        if self.handle.is_some() {
            return Ok(());
        }
        // A relative path means the same wherever the process goes, but the empty one is no path.
        let path = match self.path.as_os_str().is_empty() {
            true => Path::new("."),
            false => &self.path,
        };
        let folder = open(path)?;
        if !folder.metadata()?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        self.handle = Some(Arc::new(folder));
        Ok(())
    }

    /// Itself and the folders that it lies in, from the inside out.
    ///
    /// # Errors
    ///
    /// If it is not open, or a folder that it lies in cannot be looked at.
    pub fn holders(&self) -> io::Result<Vec<FolderId>> {
        let Some(handle) = &self.handle else {
            return Err(io::ErrorKind::NotFound.into());
        };
        system::holders(handle, &self.path)
    }

    pub(crate) fn handle(&self) -> Option<&Arc<File>> {
        self.handle.as_ref()
    }
}

/// What no two folders have in common, whatever they are called.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FolderId(u64, u64);

impl FolderId {
    /// The folders that decide what a path leads to, from the inside out: those that hold what it leads to,
    /// itself among them if it is a folder; and those that hold the links on the way. What is not there yet is
    /// held by the folders that it would be made in.
    pub fn holders_of(path: &Path) -> Vec<Self> {
        let (place, links) = walk(path);
        let mut holders = Vec::new();
        for start in std::iter::once(&place).chain(&links) {
            for folder in start.ancestors() {
                if let Ok(id) = system::open(folder).and_then(|found| system::identity(&found))
                    && !holders.contains(&id)
                {
                    holders.push(id);
                }
            }
        }
        holders
    }
}

/// Where a path leads to, part by part, whether it is there or not, and the folders with the links that were
/// followed.
fn walk(path: &Path) -> (PathBuf, Vec<PathBuf>) {
    let mut place = match path.is_absolute() {
        true => PathBuf::new(),
        false => std::env::current_dir().unwrap_or_default(),
    };
    let parts = |path: &Path| -> Vec<OsString> {
        let parts = path.components().rev();
        parts.map(|part| part.as_os_str().to_owned()).collect()
    };
    let mut links = Vec::new();
    // The next one is last.
    let mut rest = parts(path);
    while let Some(part) = rest.pop() {
        match Path::new(&part).components().next() {
            None | Some(Component::CurDir) => {}
            Some(Component::ParentDir) => {
                place.pop();
            }
            Some(Component::RootDir | Component::Prefix(_)) => place.push(part),
            Some(Component::Normal(_)) => match std::fs::read_link(place.join(&part)) {
                // As many links as the system follows.
                Ok(to) if links.len() < 40 => {
                    links.push(place.clone());
                    rest.extend(parts(&to));
                }
                _ => place.push(part),
            },
        }
    }
    (place, links)
}

#[cfg(unix)]
mod system {
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::MetadataExt as _;
    use std::path::{Component, Path};

    use rustix::fs::{CWD, Mode, OFlags, openat};

    use super::FolderId;

    const FOLDER: OFlags = OFlags::RDONLY
        .union(OFlags::DIRECTORY)
        .union(OFlags::CLOEXEC);

    /// Folders on the way need not be readable.
    #[cfg(target_os = "linux")]
    const ON_THE_WAY: OFlags = OFlags::PATH;
    #[cfg(not(target_os = "linux"))]
    const ON_THE_WAY: OFlags = OFlags::empty();

    pub(super) fn open(path: &Path) -> io::Result<File> {
        Ok(openat(CWD, path, FOLDER, Mode::empty())?.into())
    }

    pub(super) fn open_without_links(path: &Path) -> io::Result<File> {
        let start = match path.is_absolute() {
            true => "/",
            false => ".",
        };
        let mut at: OwnedFd = openat(CWD, start, FOLDER | ON_THE_WAY, Mode::empty())?;
        for part in path.components() {
            if let Component::Normal(_) | Component::ParentDir = part {
                let flags = FOLDER | ON_THE_WAY | OFlags::NOFOLLOW;
                at = openat(&at, part.as_os_str(), flags, Mode::empty())?;
            }
        }
        Ok(openat(&at, ".", FOLDER, Mode::empty())?.into())
    }

    pub(super) fn identity(folder: &File) -> io::Result<FolderId> {
        let metadata = folder.metadata()?;
        Ok(FolderId(metadata.dev(), metadata.ino()))
    }

    /// By the handle, as its path may lead elsewhere by now.
    pub(super) fn holders(folder: &File, _: &Path) -> io::Result<Vec<FolderId>> {
        let mut holders = vec![identity(folder)?];
        let mut at: File = openat(folder, "..", FOLDER | ON_THE_WAY, Mode::empty())?.into();
        loop {
            let id = identity(&at)?;
            // The root lies in itself.
            if holders.last() == Some(&id) {
                return Ok(holders);
            }
            holders.push(id);
            at = openat(&at, "..", FOLDER | ON_THE_WAY, Mode::empty())?.into();
        }
    }
}

#[cfg(windows)]
mod system {
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::os::windows::fs::{MetadataExt as _, OpenOptionsExt as _};
    use std::path::Path;

    use super::FolderId;

    /// Folders cannot be opened without `FILE_FLAG_BACKUP_SEMANTICS`.
    const BACKUP_SEMANTICS: u32 = 0x0200_0000;
    const OPEN_REPARSE_POINT: u32 = 0x0020_0000;

    pub(super) fn open(path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(BACKUP_SEMANTICS).open(path)
    }

    /// An open folder, and those on the way to it, cannot be exchanged here.
    pub(super) fn open_without_links(path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true);
        options.custom_flags(BACKUP_SEMANTICS | OPEN_REPARSE_POINT);
        options.open(path)
    }

    pub(super) fn identity(folder: &File) -> io::Result<FolderId> {
        let metadata = folder.metadata()?;
        Ok(FolderId(
            metadata.creation_time(),
            metadata.last_write_time(),
        ))
    }

    pub(super) fn holders(_: &File, path: &Path) -> io::Result<Vec<FolderId>> {
        let real = path.canonicalize()?;
        let folders = real.ancestors();
        folders.map(|folder| identity(&open(folder)?)).collect()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn opened(path: &Path) -> Folder {
        let mut folder = Folder::new(path, false);
        folder.open().unwrap();
        folder
    }

    #[test]
    fn no_link_is_followed_where_none_may_be() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path().canonicalize().unwrap();
        fs::create_dir_all(place.join("data/sub")).unwrap();
        symlink("data", place.join("link")).unwrap();
        symlink("../data/sub", place.join("data/last")).unwrap();
        for (path, is_open) in [
            ("data", true),
            ("data/sub", true),
            ("link", false),
            ("link/sub", false),
            ("data/last", false),
        ] {
            let mut folder = Folder::new(place.join(path), false);
            assert_eq!(folder.open_without_links().is_ok(), is_open, "{path}");
            let mut folder = Folder::new(place.join(path), false);
            folder.open().unwrap();
        }
        let mut nothing = Folder::new(place.join("nothing"), false);
        let error = nothing.open_without_links().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    fn id(folder: &Folder) -> FolderId {
        folder.holders().unwrap()[0]
    }

    #[test]
    fn what_is_in_a_folder_is_in_it_by_whatever_path() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path();
        fs::create_dir_all(place.join("data/sub")).unwrap();
        fs::write(place.join("data/sub/file"), "").unwrap();
        symlink("data/sub", place.join("link")).unwrap();
        symlink("data/sub/file", place.join("file")).unwrap();
        symlink("../file", place.join("data/out")).unwrap();
        fs::create_dir(place.join("other")).unwrap();
        symlink("../../other", place.join("data/sub/away")).unwrap();
        let (data, link) = (opened(&place.join("data")), opened(&place.join("link")));
        for (path, in_data, in_sub) in [
            ("", false, false),
            ("data", true, false),
            ("data/nothing", true, false),
            ("data/sub", true, true),
            ("data/sub/nothing", true, true),
            ("data/../data/sub/file", true, true),
            ("link", true, true),
            ("file", true, true),
            ("data/out", true, true),
            ("data/nothing/deeper", true, false),
            ("other", false, false),
            ("data/sub/away", true, true),
            ("data/sub/away/file", true, true),
            ("data/sub/away/../data", true, true),
            ("nothing", false, false),
        ] {
            let holders = FolderId::holders_of(&place.join(path));
            assert_eq!(holders.contains(&id(&data)), in_data, "{path}");
            assert_eq!(holders.contains(&id(&link)), in_sub, "{path}");
        }
        assert!(link.holders().unwrap().contains(&id(&data)));
        assert!(!data.holders().unwrap().contains(&id(&link)));
    }

    #[test]
    fn an_open_folder_stays_the_one_that_it_is() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path();
        fs::create_dir_all(place.join("data")).unwrap();
        fs::create_dir_all(place.join("secret")).unwrap();
        let folder = opened(&place.join("data"));
        fs::rename(place.join("data"), place.join("aside")).unwrap();
        symlink("secret", place.join("data")).unwrap();
        assert_eq!(id(&folder), id(&opened(&place.join("aside"))));
        assert_ne!(id(&folder), id(&opened(&place.join("data"))));
    }
}
