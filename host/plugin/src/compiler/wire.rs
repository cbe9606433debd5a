//! What the host and the process that compiles for it tell each other.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::config::{Preemption, RuntimeConfig};

/// The most bytes of a header.
const MAX_HEADER: u32 = 64 << 10;

/// What compiled code depends on, besides the component and this version of the host.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Whether instructions are counted; otherwise epochs are looked at.
    pub(crate) fuel: bool,
    pub(crate) stack: usize,
    pub(crate) memory_address_space: u64,
}

impl Settings {
    pub(crate) fn of(config: &RuntimeConfig) -> Self {
        Self {
            fuel: matches!(config.preemption, Preemption::Fuel { .. }),
            stack: config.stack,
            memory_address_space: config.pool.memory_address_space,
        }
    }
}

/// What is to be done. The component follows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) settings: Settings,
    /// Seconds of processor time.
    pub(super) seconds: u64,
    /// Bytes of address space.
    pub(super) memory: u64,
    /// Whether everything else on this computer is more important.
    pub(super) background: bool,
}

/// What has come of it. The code follows, if there is no error.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    /// What the code depends on, to be compared.
    pub(super) configuration: String,
    /// Why the component is not valid.
    pub(super) error: Option<String>,
}

/// Writes a header and the bytes that belong to it.
pub(super) fn send(header: &impl Serialize, bytes: &[u8], to: &mut impl Write) -> io::Result<()> {
    let header = serde_json::to_vec(header)?;
    // A header is a few numbers and an error's message, which is cut.
    to.write_all(&(header.len() as u32).to_le_bytes())?;
    to.write_all(&header)?;
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

/// Reads a header.
pub(super) fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > MAX_HEADER {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut header = vec![0; length as usize];
    from.read_exact(&mut header)?;
    Ok(serde_json::from_slice(&header)?)
}

/// Reads the bytes after a header, of which there may be so many.
pub(super) fn receive_bytes(from: &mut impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > most {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_arrives_and_half_of_it_does_not() {
        let answer = Answer {
            configuration: "abc".to_owned(),
            error: None,
        };
        let mut sent = Vec::new();
        send(&answer, b"code", &mut sent).unwrap();
        let read = |mut bytes: &[u8], most| {
            let answer: Answer = receive(&mut bytes)?;
            Ok::<_, io::Error>((answer.configuration, receive_bytes(&mut bytes, most)?))
        };
        let expected = ("abc".to_owned(), b"code".to_vec());
        assert_eq!(read(&sent, 4).unwrap(), expected);
        assert!(read(&sent, 3).is_err());
        for end in 0..sent.len() {
            assert!(read(&sent[..end], 4).is_err(), "{end}");
        }
        assert!(read(&[0xff; 100], 4).is_err());
    }
}
