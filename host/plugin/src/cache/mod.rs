//! Compiled code on disk.
//!
//! Compiled code is machine code that this process will execute, so the folder is the owner's
//! alone, and an entry that is not exactly what was written is compiled again. An entry is named
//! after the component's digest, the engine's configuration and wasmtime's version, written under
//! another name first and then renamed, and begins with a digest of itself.

mod trusted;

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::load::hexadecimal;

/// What every entry begins with.
const MAGIC: &[u8; 8] = b"gantry\x00\x01";
const DIGEST: usize = 32;
/// Entries that are kept; the oldest go first.
const MAX_ENTRIES: usize = 256;

/// A folder of compiled code for one engine configuration.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    /// Digest of the engine's configuration and version.
    engine: String,
}

impl Cache {
    /// Opens the folder, making it if it is missing, for its owner alone.
    pub(crate) fn open(folder: &Path, engine: &Engine) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        close_to_others(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            engine: configuration(engine),
        })
    }

    /// The compiled component, if it is there and sound.
    pub(crate) fn find(&self, engine: &Engine, digest: &str) -> Option<Component> {
        let path = self.path(digest);
        let entry = fs::read(&path).ok()?;
        let Some(code) = self.verified(digest, &entry) else {
            tracing::warn!(path = %path.display(), "cached code is damaged and is compiled again");
            return None;
        };
        match trusted::component(engine, code) {
            Ok(component) => Some(component),
            Err(error) => {
                tracing::warn!(path = %path.display(), "cached code does not load: {error:#}");
                None
            }
        }
    }

    /// Keeps a compiled component.
    pub(crate) fn store(&self, digest: &str, component: &Component) -> wasmtime::Result<()> {
        let code = component.serialize()?;
        let path = self.path(digest);
        // A name of its own, for two processes may compile the same plugin.
        let partial = path.with_extension(format!("partial-{}", std::process::id()));
        let written = fs::File::create(&partial).and_then(|mut file| {
            file.write_all(MAGIC)?;
            file.write_all(&self.seal(digest, &code))?;
            file.write_all(&code)?;
            file.sync_all()?;
            fs::rename(&partial, &path)
        });
        if let Err(error) = written {
            // Best effort: what was written is not an entry under this name.
            let _ = fs::remove_file(&partial);
            return Err(error.into());
        }
        self.prune()?;
        Ok(())
    }

    fn verified<'a>(&self, digest: &str, entry: &'a [u8]) -> Option<&'a [u8]> {
        let rest = entry.strip_prefix(MAGIC)?;
        let (seal, code) = rest.split_at_checked(DIGEST)?;
        (seal == self.seal(digest, code)).then_some(code)
    }

    /// A digest of what the code is for, and of the code.
    fn seal(&self, digest: &str, code: &[u8]) -> [u8; DIGEST] {
        let mut hash = Sha256::new();
        hash.update(digest);
        hash.update(&self.engine);
        hash.update(code);
        hash.finalize().into()
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.folder
            .join(format!("{digest}-{}.code", &self.engine[..16]))
    }

    fn prune(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "code")
            {
                entries.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        entries.sort();
        for (_, path) in entries.iter().rev().skip(MAX_ENTRIES) {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

/// What compiled code depends on besides the component.
fn configuration(engine: &Engine) -> String {
    /// Hands what is hashed to SHA-256.
    struct Strong(Sha256);
    impl Hasher for Strong {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    // The hash covers wasmtime's version, the target, the compiler's settings and the features.
    let mut hasher = Strong(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hexadecimal(&hasher.0.finalize())
}

#[cfg(unix)]
fn close_to_others(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    let metadata = fs::symlink_metadata(folder)?;
    if !metadata.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::NotADirectory,
            "it is not a folder",
        ));
    }
    if metadata.mode() & 0o777 != 0o700 {
        // Only the owner can do this, so a folder of somebody else's ends here.
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}
