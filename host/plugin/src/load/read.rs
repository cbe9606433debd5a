//! Reading a plugin's file.

use std::io::Read as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{LoadError, LoadErrorKind, Stage, hexadecimal};
use crate::policy::Source;

/// The most bytes that a plugin's file may have.
const MAX_BYTES: u64 = 256 << 20;

impl Source {
    /// A plugin's file.
    pub fn read(name: impl Into<String>, path: &Path) -> Result<Source, LoadError> {
        let (name, origin) = (name.into(), path.display().to_string());
        let failed = |reason: String| LoadError {
            plugin: name.clone(),
            origin: origin.clone(),
            stage: Stage::Read,
            kind: Box::new(LoadErrorKind::Unreadable(reason)),
        };
        let unreadable = |error: std::io::Error| failed(error.to_string());
        // Opening what is not a file might block.
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(failed("it is not a file".to_owned()));
        }
        if metadata.len() > MAX_BYTES {
            let size = metadata.len();
            return Err(failed(format!(
                "it has {size} bytes, and {MAX_BYTES} is the most"
            )));
        }
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
        // It may have grown since.
        let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        if read.map_err(unreadable)? as u64 > MAX_BYTES {
            return Err(failed(format!("it has more than {MAX_BYTES} bytes")));
        }
        Ok(Source {
            bytes,
            name,
            origin,
        })
    }

    /// SHA-256 of the bytes, in hexadecimal.
    pub fn digest(&self) -> String {
        hexadecimal(&Sha256::digest(&self.bytes))
    }
}
