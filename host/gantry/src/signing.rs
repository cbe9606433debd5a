//! Keys and signatures in minisign's format, and the files that they are in.
//!
//! Verifying is the plugin runtime's business: `gantry_plugin::Trust`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use base64ct::{Base64, Encoding as _};
use blake2::{Blake2b256, Blake2b512, Digest as _};
use ed25519_compact::{KeyPair, Noise, Seed};
use gantry_files::{PRIVATE, Partial};
use gantry_plugin::KeyId;

use crate::text;

/// Ed25519 over the message itself: what keys are for.
const ED25519: &[u8; 2] = b"Ed";
/// Ed25519 over BLAKE2b-512 of the message: what signatures are.
const HASHED: &[u8; 2] = b"ED";
/// The secret key is not encrypted.
const NO_PASSWORD: &[u8; 2] = &[0, 0];
/// The checksum is BLAKE2b-256.
const CHECKSUM: &[u8; 2] = b"B2";
/// Salt and costs of the password's hash, none without a password.
const PASSWORD_COSTS: usize = 32 + 8 + 8;

/// A key that makes signatures.
pub struct SigningKey {
    id: [u8; 8],
    pair: KeyPair,
}

impl SigningKey {
    /// A new key, from the system's random numbers.
    pub fn generate() -> anyhow::Result<Self> {
        let (mut id, mut seed) = ([0; 8], [0; 32]);
        getrandom::fill(&mut id).map_err(|error| anyhow!("no random numbers: {error}"))?;
        getrandom::fill(&mut seed).map_err(|error| anyhow!("no random numbers: {error}"))?;
        Ok(Self {
            id,
            pair: KeyPair::from_seed(Seed::new(seed)),
        })
    }

    /// Reads a secret key that has no password.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        check_private(path)?;
        let text =
            text::read(path).with_context(|| format!("cannot read the key {}", path.display()))?;
        Self::decode(&text).with_context(|| {
            let path = path.display();
            format!("{path} is not a secret key that `gantry keygen` or `minisign -G -W` makes")
        })
    }

    fn decode(text: &str) -> anyhow::Result<Self> {
        let line = text.lines().nth(1).context("it has no second line")?;
        let bytes = Base64::decode_vec(line.trim())
            .map_err(|_| anyhow!("its second line is not Base64"))?;
        let (algorithms, rest) = bytes.split_at_checked(6).context("it is too short")?;
        if algorithms[..2] != *ED25519 || algorithms[4..] != *CHECKSUM {
            bail!("it is not an Ed25519 key of minisign's");
        }
        if algorithms[2..4] != *NO_PASSWORD {
            bail!(
                "it is encrypted with a password, which is not supported; `minisign -C -W` takes \
                 the password off"
            );
        }
        let parts = rest
            .split_at_checked(PASSWORD_COSTS)
            .context("it is too short")?
            .1;
        if parts.len() != 8 + 64 + 32 {
            bail!("it has the wrong length");
        }
        let (id, rest) = parts.split_at(8);
        let (secret, checksum) = rest.split_at(64);
        if checksum != checksum_of(id, secret) {
            bail!("its checksum is wrong: it is damaged");
        }
        // The seed, then the public key that belongs to it.
        let pair = KeyPair::from_slice(secret).map_err(|error| anyhow!("{error}"))?;
        let mut key = Self { id: [0; 8], pair };
        key.id.copy_from_slice(id);
        Ok(key)
    }

    /// The text of the secret key's file.
    fn encode(&self) -> String {
        let secret = &self.pair.sk[..];
        let checksum = checksum_of(&self.id, secret);
        let bytes = [
            &ED25519[..],
            NO_PASSWORD,
            CHECKSUM,
            &[0; PASSWORD_COSTS],
            &self.id,
            secret,
            &checksum,
        ]
        .concat();
        let base64 = Base64::encode_string(&bytes);
        format!(
            "untrusted comment: gantry secret key {}\n{base64}\n",
            KeyId(self.id)
        )
    }

    /// The public key, as `[signatures.trusted]` takes it.
    pub fn public(&self) -> String {
        Base64::encode_string(&[&ED25519[..], &self.id, &self.pair.pk[..]].concat())
    }

    /// Says which key a signature is of.
    pub fn id(&self) -> KeyId {
        KeyId(self.id)
    }

    /// Writes the secret key to `<name>.key`, for its owner alone, and the public one to
    /// `<name>.pub`. Neither replaces a file.
    pub fn write(&self, name: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
        let with = |suffix: &str| {
            let mut path = name.as_os_str().to_owned();
            path.push(suffix);
            PathBuf::from(path)
        };
        let (secret, public) = (with(".key"), with(".pub"));
        let comment = format!("untrusted comment: gantry public key {}", self.id());
        let public_text = format!("{comment}\n{}\n", self.public());
        // Both are on the disk before either has its name.
        let secret_key = write_new(&secret, &self.encode(), PRIVATE)?;
        let public_key = write_new(&public, &public_text, 0o644)?;
        create(&secret, secret_key)?;
        if let Err(error) = create(&public, public_key) {
            // Half of a pair would be in the way of the next try.
            let _ = fs::remove_file(&secret);
            return Err(error);
        }
        Ok((secret, public))
    }

    /// The text of a signature's file: of these bytes, and of a line of text.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> anyhow::Result<String> {
        let signature = self.pair.sk.sign(Blake2b512::digest(bytes), Some(noise()?));
        let both = [&signature[..], comment.as_bytes()].concat();
        let global = self.pair.sk.sign(both, Some(noise()?));
        let of = Base64::encode_string(&[&HASHED[..], &self.id, &signature[..]].concat());
        let global = Base64::encode_string(&global[..]);
        Ok(format!(
            "untrusted comment: signature of gantry secret key {}\n{of}\ntrusted comment: \
             {comment}\n{global}\n",
            self.id(),
        ))
    }
}

/// Random numbers that make a signature harder to learn from than one that is always the same.
fn noise() -> anyhow::Result<Noise> {
    let mut noise = [0; Noise::BYTES];
    getrandom::fill(&mut noise).map_err(|error| anyhow!("no random numbers: {error}"))?;
    Ok(Noise::new(noise))
}

fn checksum_of(id: &[u8], secret: &[u8]) -> [u8; 32] {
    let mut hash = Blake2b256::new();
    hash.update(ED25519);
    hash.update(id);
    hash.update(secret);
    hash.finalize().into()
}

/// A public key: the file, or the key itself.
pub fn read_public(text: &str) -> anyhow::Result<String> {
    if text.len() == 56 && text.starts_with("RW") {
        return Ok(text.to_owned());
    }
    let file =
        text::read(Path::new(text)).with_context(|| format!("cannot read the key {text}"))?;
    match file.lines().nth(1) {
        Some(line) => Ok(line.trim().to_owned()),
        None => bail!("{text} is not a public key: it has no second line"),
    }
}

/// Writes a file that is not there yet; it has its name once it is [named](create).
fn write_new(path: &Path, text: &str, mode: u32) -> anyhow::Result<Partial> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(is_there(path));
    }
    Partial::write(path, mode, &[text.as_bytes()])
        .with_context(|| format!("cannot write {}", path.display()))
}

fn create(path: &Path, written: Partial) -> anyhow::Result<()> {
    written.create().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => is_there(path),
        _ => anyhow::Error::new(error).context(format!("cannot write {}", path.display())),
    })
}

fn is_there(path: &Path) -> anyhow::Error {
    anyhow!(
        "{} is there already, and keys are never replaced; give another name",
        path.display()
    )
}

#[cfg(unix)]
fn check_private(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if let Ok(metadata) = fs::metadata(path) {
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = path.display();
            bail!(
                "others can read the secret key {path} (mode {mode:03o}); `chmod 600 {path}` first"
            );
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> anyhow::Result<()> {
    Ok(())
}
