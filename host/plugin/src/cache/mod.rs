//! Compiled code on disk.
//!
//! Compiled code is machine code that this process will execute, so nobody else may get any in. The
//! folder has to belong to the host's user and to be closed to the changes of others, and every entry
//! carries an HMAC under a secret of this machine and user, which is kept elsewhere: over the
//! component's digest, the engine's configuration, the host's version, and the code. An entry that
//! was forged, cut off, renamed, or brought from another machine is not looked at any further.

mod private;
mod trusted;

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::config::CacheConfig;
use crate::load::hexadecimal;

pub use private::CacheError;

/// What every entry begins with.
const MAGIC: &[u8; 8] = b"gantry\x00\x02";
/// Bytes of the HMAC, which comes next.
const SEAL: usize = 32;
/// Entries that are kept; the oldest go first.
const MAX_ENTRIES: usize = 256;
/// How long nobody writes an entry.
const PARTIAL: Duration = Duration::from_secs(3600);
/// The largest file that can be an entry.
const MAX_BYTES: u64 = 2 << 30;

/// A folder of compiled code for one engine configuration.
pub(crate) struct Cache {
    folder: PathBuf,
    /// Whether code may come from nowhere else.
    pub(crate) only: bool,
    /// Digest of the engine's configuration and version.
    engine: String,
    /// With the secret, and with nothing hashed yet.
    sealer: Hmac<Sha256>,
}

/// Why there is no code in the cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotCached {
    /// There is no entry.
    #[error("there is no compiled code for it in the cache")]
    Missing,
    /// There is one that this host did not write, or not like this.
    #[error("its compiled code in the cache was not written by this host, or has been changed")]
    NotOurs,
}

impl Cache {
    /// Opens the folder, making it if it is missing.
    pub(crate) fn open(config: &CacheConfig, engine: &Engine) -> Result<Self, CacheError> {
        private::folder(&config.folder)?;
        let secret = private::secret(&config.key)?;
        Ok(Self {
            folder: config.folder.clone(),
            only: config.only,
            engine: configuration(engine),
            sealer: Hmac::new(&secret.into()),
        })
    }

    /// The compiled component, if it is there and sound.
    pub(crate) fn find(&self, engine: &Engine, digest: &str) -> Result<Component, NotCached> {
        let path = self.path(digest);
        let metadata = fs::symlink_metadata(&path).map_err(|_| NotCached::Missing)?;
        // A link leads out of the folder, a pipe would never end.
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return Err(NotCached::NotOurs);
        }
        let entry = fs::read(&path).map_err(|_| NotCached::Missing)?;
        let code = self.verified(digest, &entry).ok_or(NotCached::NotOurs)?;
        trusted::component(engine, code).map_err(|error| {
            tracing::warn!(path = %path.display(), "cached code does not load: {error:#}");
            NotCached::NotOurs
        })
    }

    /// Keeps a compiled component.
    pub(crate) fn store(&self, digest: &str, component: &Component) -> wasmtime::Result<()> {
        let code = component.serialize()?;
        let path = self.path(digest);
        // Under a name of its own first, for two hosts may compile the same plugin.
        let (partial, file) = private::create_partial(&path)?;
        let written = self.write(file, digest, &code);
        if let Err(error) = written.and_then(|()| fs::rename(&partial, &path)) {
            // Best effort: what was written is not an entry under this name.
            let _ = fs::remove_file(&partial);
            return Err(error.into());
        }
        self.prune()?;
        Ok(())
    }

    fn write(&self, mut file: fs::File, digest: &str, code: &[u8]) -> io::Result<()> {
        file.write_all(MAGIC)?;
        file.write_all(&self.seal(digest, code).finalize().into_bytes())?;
        file.write_all(code)?;
        file.sync_all()
    }

    fn verified<'a>(&self, digest: &str, entry: &'a [u8]) -> Option<&'a [u8]> {
        let rest = entry.strip_prefix(MAGIC)?;
        let (seal, code) = rest.split_at_checked(SEAL)?;
        self.seal(digest, code).verify_slice(seal).ok()?;
        Some(code)
    }

    /// What binds the code to what it is for, each part with its length before it.
    fn seal(&self, digest: &str, code: &[u8]) -> Hmac<Sha256> {
        let mut seal = self.sealer.clone();
        let host = env!("CARGO_PKG_VERSION");
        for part in [
            digest.as_bytes(),
            self.engine.as_bytes(),
            host.as_bytes(),
            code,
        ] {
            seal.update(&(part.len() as u64).to_le_bytes());
            seal.update(part);
        }
        seal
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.folder
            .join(format!("{digest}-{}.code", &self.engine[..16]))
    }

    /// Removes the oldest entries, and what is left of writers that were cut off.
    fn prune(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let (path, metadata) = {
                let entry = entry?;
                (entry.path(), entry.metadata()?)
            };
            let extension = path.extension().unwrap_or_default().to_string_lossy();
            let modified = metadata.modified()?;
            if extension == "code" {
                entries.push((modified, path));
            } else if extension.starts_with("partial-")
                && modified.elapsed().is_ok_and(|age| age > PARTIAL)
            {
                fs::remove_file(path)?;
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
    // And what a component is made into before it is compiled.
    hasher.write(&crate::load::PIECES_REVISION.to_le_bytes());
    hexadecimal(&hasher.0.finalize())
}
