//! Reading a plugin's files.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{LoadError, LoadErrorKind, Stage};
use crate::escape::escape_line;
use crate::policy::Source;
use crate::signature::{MAX_SIGNATURE_BYTES, SIGNATURE_SUFFIX};

/// The most bytes that a plugin's file may have: three times what Python needs.
pub(crate) const MAX_BYTES: usize = 64 << 20;

impl Source {
    /// A plugin's file, and its signature if there is one beside it.
    pub fn read(name: impl Into<String>, path: &Path) -> Result<Source, LoadError> {
        let mut source = Source {
            name: name.into(),
            origin: path.display().to_string(),
            ..Source::default()
        };
        let failed = |source: &Source, error: io::Error| {
            let kind = LoadErrorKind::Unreadable(escape_line(error.to_string()));
            LoadError::of(source, (Stage::Read, kind))
        };
        source.bytes = read_file(path).map_err(|error| failed(&source, error))?;
        source.signature =
            Source::read_signature(path, read_file).map_err(|error| failed(&source, error))?;
        Ok(source)
    }

    /// Where the signature of a plugin's file is.
    pub fn signature_path(path: &Path) -> PathBuf {
        let mut name = OsString::from(path);
        name.push(SIGNATURE_SUFFIX);
        PathBuf::from(name)
    }

    /// The signature of a plugin's file, if it has one, from wherever its files come.
    ///
    /// # Errors
    ///
    /// If it is there and cannot be read, or is no text.
    pub fn read_signature(
        path: &Path,
        read: impl FnOnce(&Path) -> io::Result<Vec<u8>>,
    ) -> io::Result<Option<String>> {
        let path = Source::signature_path(path);
        let bytes = match read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let path = path.display();
                let message = format!("its signature {path} cannot be read: {error}");
                return Err(io::Error::new(error.kind(), message));
            }
        };
        let text = String::from_utf8(bytes).ok();
        match text.filter(|text| text.len() <= MAX_SIGNATURE_BYTES) {
            Some(text) => Ok(Some(text)),
            None => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} is not a signature", path.display()),
            )),
        }
    }
}

/// The bytes of a plugin's file, all at once. What is not a file, or larger than a plugin may be, is an
/// error.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    read_at_most(path, MAX_BYTES)
}

/// The bytes of a file, all at once. What is not a file, or has more bytes than that, is an error.
pub fn read_at_most(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    // Opening a pipe would wait for somebody to write into it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        let message = format!("it has more than {most} bytes, which is the most");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}
