//! Reading a plugin's file.

use std::path::Path;

use super::{LoadError, LoadErrorKind, Stage};
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
        let metadata = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?;
        if !metadata.is_file() {
            return Err(failed("it is not a file".to_owned()));
        }
        if metadata.len() > MAX_BYTES {
            let size = metadata.len();
            return Err(failed(format!(
                "it has {size} bytes, and {MAX_BYTES} is the most"
            )));
        }
        let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
        Ok(Source {
            bytes,
            name,
            origin,
        })
    }
}
