//! Compiled code on disk.
//!
//! Compiled code is machine code that this process will execute, so nobody else may get any in. The
//! folder has to belong to the host's user and to be closed to the changes of others, and every entry
//! carries an HMAC under a secret of this machine and user, which is kept elsewhere: over the
//! component's digest, the engine's configuration, the host's version, and the code. An entry that
//! was forged, cut off, renamed, or brought from another machine is not looked at any further.
//!
//! There are two folders of this kind: the cache, from which entries go when it becomes too large, and
//! the one with the code of locked robots, whose entries are [pinned](pins) by their locks.

mod eviction;
mod pins;
mod private;
mod trusted;

use std::collections::BTreeSet;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use gantry_files::{PRIVATE, Partial};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::config::CacheConfig;
use crate::load::hexadecimal;

pub use pins::Pins;
pub use private::CacheError;
pub(crate) use trusted::component as component_of_code;

/// What every entry begins with.
const MAGIC: &[u8; 8] = b"gantry\x00\x02";
/// Bytes of the HMAC, which comes next.
const SEAL: usize = 32;
/// The largest file that can be an entry.
const MAX_BYTES: u64 = 2 << 30;

/// A folder of compiled code for one engine configuration.
pub(crate) struct Cache {
    folder: PathBuf,
    /// Whether code may come from nowhere else.
    pub(crate) only: bool,
    /// Digest of the engine's configuration and version.
    engine: String,
    /// With the secret, and with nothing hashed yet. None: there is no folder or no secret, and nothing
    /// is to be written, so that there is no entry either.
    sealer: Option<Hmac<Sha256>>,
    /// Names of the entries that this process has found or stored, which are not evicted.
    used: Mutex<BTreeSet<String>>,
}

/// Why there is no code in the cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotCached {
    /// There is no entry.
    #[error("there is no compiled code for it")]
    Missing,
    /// There is one that this host did not write, or not like this.
    #[error("its compiled code was not written by this host, or has been changed")]
    NotOurs,
}

impl Cache {
    /// Opens the folder. One that is missing is made, unless nothing is to be written.
    pub(crate) fn open(config: &CacheConfig, engine: &Engine) -> Result<Self, CacheError> {
        let there = |path: &PathBuf| fs::symlink_metadata(path).is_ok();
        let sealer = if config.only && !(there(&config.folder) && there(&config.key)) {
            None
        } else {
            private::folder(&config.folder)?;
            let secret = private::secret(&config.key)?;
            Some(Hmac::new(&secret.into()))
        };
        Ok(Self {
            folder: config.folder.clone(),
            only: config.only,
            engine: configuration(engine),
            sealer,
            used: Mutex::default(),
        })
    }

    /// The compiled component, if it is there and sound.
    pub(crate) fn find(&self, engine: &Engine, digest: &str) -> Result<Component, NotCached> {
        let sealer = self.sealer.as_ref().ok_or(NotCached::Missing)?;
        let path = self.folder.join(self.name(digest));
        let metadata = fs::symlink_metadata(&path).map_err(|_| NotCached::Missing)?;
        // A link leads out of the folder, a pipe would never end.
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return Err(NotCached::NotOurs);
        }
        let entry = fs::read(&path).map_err(|_| NotCached::Missing)?;
        let code = self.verified(sealer, digest, &entry);
        let code = code.ok_or(NotCached::NotOurs)?;
        let component = trusted::component(engine, code).map_err(|error| {
            tracing::warn!(path = %path.display(), "cached code does not load: {error:#}");
            NotCached::NotOurs
        })?;
        self.note_used(digest);
        eviction::renew(&path, &metadata);
        Ok(component)
    }

    /// Keeps a compiled component.
    pub(crate) fn store(&self, digest: &str, component: &Component) -> wasmtime::Result<()> {
        let Some(sealer) = &self.sealer else {
            return Ok(());
        };
        let code = component.serialize()?;
        let seal = self.seal(sealer, digest, &code).finalize().into_bytes();
        let path = self.folder.join(self.name(digest));
        Partial::write(&path, PRIVATE, &[MAGIC, &seal, &code])?.replace()?;
        self.note_used(digest);
        // What is too much is removed another time if it cannot be now.
        if let Err(error) = self.evict() {
            tracing::debug!(folder = %self.folder.display(), "nothing was evicted: {error}");
        }
        Ok(())
    }

    /// Keeps a compiled component, unless it is there already, sound.
    pub(crate) fn ensure(
        &self,
        engine: &Engine,
        digest: &str,
        component: &Component,
    ) -> wasmtime::Result<()> {
        match self.find(engine, digest) {
            Ok(_) => Ok(()),
            Err(_) => self.store(digest, component),
        }
    }

    /// Names of the entries that this process has found or stored.
    pub(crate) fn used(&self) -> BTreeSet<String> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.clone()
    }

    fn note_used(&self, digest: &str) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.insert(self.name(digest));
    }

    fn evict(&self) -> io::Result<()> {
        let mut keep = Pins::new(&self.folder).all()?;
        keep.extend(self.used());
        eviction::evict(&self.folder, &keep, eviction::MOST_BYTES)
    }

    fn verified<'a>(
        &self,
        sealer: &Hmac<Sha256>,
        digest: &str,
        entry: &'a [u8],
    ) -> Option<&'a [u8]> {
        let rest = entry.strip_prefix(MAGIC)?;
        let (seal, code) = rest.split_at_checked(SEAL)?;
        self.seal(sealer, digest, code).verify_slice(seal).ok()?;
        Some(code)
    }

    /// What binds the code to what it is for, each part with its length before it.
    fn seal(&self, sealer: &Hmac<Sha256>, digest: &str, code: &[u8]) -> Hmac<Sha256> {
        let mut seal = sealer.clone();
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

    fn name(&self, digest: &str) -> String {
        format!("{digest}-{}.{}", &self.engine[..16], eviction::ENTRY)
    }
}

/// What compiled code depends on besides the component.
pub(crate) fn configuration(engine: &Engine) -> String {
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
