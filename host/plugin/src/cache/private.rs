//! Files and folders that belong to the host's own user alone.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use gantry_files::PRIVATE;

/// Bytes of the secret: a block of SHA-256, so that HMAC takes it as it is.
const SECRET: usize = 64;

/// Why a folder or a secret cannot be relied upon.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The system says no.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is a symbolic link, a device, or the like.
    #[error("{} is {found}, and a {wanted} is wanted; remove it, or choose another place", path.display())]
    Kind {
        /// The file or folder.
        path: PathBuf,
        /// What it is.
        found: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
    /// It belongs to somebody else.
    #[error(
        "{} belongs to user {owner}, and this is user {user}; remove it, or choose another place",
        path.display()
    )]
    Owner {
        /// The file or folder.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who the host is.
        user: u32,
    },
    /// Others may change it, or read what is secret.
    #[error(
        "{} is open to others (mode {mode:03o}), who could have put code of theirs there; remove \
         it, so that a new one is made, or choose another place", path.display()
    )]
    Open {
        /// The file or folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The secret is not one.
    #[error(
        "{} does not hold {SECRET} bytes; remove it, so that a new secret is made, and plugins \
         are compiled anew", path.display()
    )]
    NoSecret {
        /// The file.
        path: PathBuf,
    },
}

/// Makes a folder if it is missing, and says whether others can put anything into it.
pub(super) fn folder(path: &Path) -> Result<(), CacheError> {
    let failed = |error| CacheError::Io {
        path: path.to_owned(),
        error,
    };
    if let Err(error) = fs::symlink_metadata(path)
        && error.kind() == io::ErrorKind::NotFound
    {
        gantry_files::create_folder(path, 0o700).map_err(failed)?;
    }
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if !metadata.is_dir() {
        return Err(CacheError::Kind {
            path: path.to_owned(),
            found: kind(&metadata),
            wanted: "folder",
        });
    }
    check_owner(path, &metadata, 0o022)
}

/// The secret of this machine and user, made if it is missing.
pub(super) fn secret(path: &Path) -> Result<[u8; SECRET], CacheError> {
    let failed = |error| CacheError::Io {
        path: path.to_owned(),
        error,
    };
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    folder(parent.unwrap_or(Path::new(".")))?;
    if let Err(error) = fs::symlink_metadata(path)
        && error.kind() == io::ErrorKind::NotFound
    {
        make_secret(path).map_err(failed)?;
    }
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(CacheError::Kind {
            path: path.to_owned(),
            found: kind(&metadata),
            wanted: "file",
        });
    }
    check_owner(path, &metadata, 0o077)?;
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    file.take(SECRET as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    bytes.try_into().map_err(|_| CacheError::NoSecret {
        path: path.to_owned(),
    })
}

/// Writes a new secret, unless another process was faster.
fn make_secret(path: &Path) -> io::Result<()> {
    let mut secret = [0; SECRET];
    getrandom::fill(&mut secret).map_err(io::Error::other)?;
    match gantry_files::create(path, PRIVATE, &secret) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn kind(metadata: &fs::Metadata) -> &'static str {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_file() {
        "a file"
    } else {
        "neither a file nor a folder"
    }
}

#[cfg(unix)]
fn check_owner(path: &Path, metadata: &fs::Metadata, closed: u32) -> Result<(), CacheError> {
    use std::os::unix::fs::MetadataExt as _;

    let user = rustix::process::geteuid().as_raw();
    if metadata.uid() != user {
        return Err(CacheError::Owner {
            path: path.to_owned(),
            owner: metadata.uid(),
            user,
        });
    }
    if metadata.mode() & closed != 0 {
        return Err(CacheError::Open {
            path: path.to_owned(),
            mode: metadata.mode() & 0o777,
        });
    }
    Ok(())
}

/// Where there are no such permissions, the user's own folders are closed to others by the system.
#[cfg(not(unix))]
fn check_owner(_: &Path, _: &fs::Metadata, _: u32) -> Result<(), CacheError> {
    Ok(())
}
