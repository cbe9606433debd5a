//! Who vouches for a component, and for how much of a robot it may use.
//!
//! A signature is a file of its own in minisign's format: Ed25519 over BLAKE2b-512 of the component,
//! and once more over that signature and one line of text, the trusted comment. That line is the
//! component's [declared policy](Declared), so that both are signed, and neither can be exchanged
//! without the other. `docs/signatures.md` has the reasons.

mod declared;

use std::fmt;

use base64ct::{Base64, Encoding as _};
use minisign_verify::{Error, PublicKey, Signature};

pub use declared::{Access, Declared, DeclaredError};

/// What the name of a signature's file has after that of the component.
pub const SIGNATURE_SUFFIX: &str = ".minisig";
/// An untrusted comment, the signature, the trusted comment, and the signature of both.
const LINES: usize = 4;
/// The most bytes that a signature's file may have.
pub const MAX_SIGNATURE_BYTES: usize = 256 << 10;

/// Whose signatures count, and whether there has to be one. The default trusts nobody and asks for
/// nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// The keys that count.
    pub keys: Vec<TrustedKey>,
    /// Whether a plugin needs a signature of one of them.
    pub required: bool,
    /// The name of the key that has to have signed the plugin; none: any may have.
    pub signer: Option<String>,
}

/// A public key, and what it is called in the robot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// Whose it is.
    pub name: String,
    key: PublicKey,
    id: KeyId,
}

impl TrustedKey {
    /// A key from the second line of a `.pub` file: 56 characters that begin with `RW`.
    ///
    /// # Errors
    ///
    /// If it is not such a key.
    pub fn new(name: impl Into<String>, base64: &str) -> Result<Self, NoKey> {
        Ok(Self {
            name: name.into(),
            key: PublicKey::from_base64(base64).map_err(|_| NoKey)?,
            id: KeyId::of(base64).ok_or(NoKey)?,
        })
    }

    /// By which signatures say that they are of this key.
    pub fn id(&self) -> KeyId {
        self.id
    }
}

/// A text is not a public key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("one of minisign's is 56 characters of Base64 that begin with `RW`")]
pub struct NoKey;

/// Says which key a signature is of; anybody can write any into a signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyId(pub [u8; 8]);

impl KeyId {
    /// Of a key or a signature in Base64: two bytes say which algorithm, then eight which key.
    fn of(base64: &str) -> Option<Self> {
        let bytes = Base64::decode_vec(base64.trim()).ok()?;
        Some(Self(bytes.get(2..10)?.try_into().ok()?))
    }
}

/// As minisign shows it.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

/// Who vouches for a component.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Signed {
    /// Nobody.
    No,
    /// Somebody whose key is not trusted, so that nothing about it is known.
    Unknown(KeyId),
    /// Somebody who is trusted.
    By {
        /// What the key is called in the robot.
        key: String,
        /// Its number.
        id: KeyId,
        /// How much of a robot the component may use, as the signer says.
        declared: Declared,
    },
}

/// Why a component is not as well vouched for as the robot wants.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignatureError {
    /// There is none.
    #[error(
        "it is not signed, and this robot requires signatures; `gantry sign` writes one beside it, \
         as a file that ends in `{SIGNATURE_SUFFIX}`"
    )]
    Missing,
    /// There is none, and the robot wants that of one signer.
    #[error(
        "it is not signed, and its `signed-by` says that `{0}` has signed it; get the file that ends in \
         `{SIGNATURE_SUFFIX}` from them, and put it beside the plugin"
    )]
    MissingOf(String),
    /// It is of another signer than the one that the robot wants.
    #[error(
        "it is signed by {found}, and its `signed-by` says that `{wanted}` has signed it; put the file \
         there that they have signed, with its signature"
    )]
    OtherSigner {
        /// What the key is called that should have signed it.
        wanted: String,
        /// Which has.
        found: String,
    },
    /// It is of a key that is not trusted.
    #[error(
        "it is signed by the key {0}, which this robot does not trust; if you do, put it under \
         `[signatures.trusted]`"
    )]
    Untrusted(KeyId),
    /// The file is not a signature.
    #[error(
        "its `{SIGNATURE_SUFFIX}` file is not a signature in minisign's format, which has four lines; sign it again"
    )]
    Malformed,
    /// It is of an older kind, which does not hash first.
    #[error("its signature is of minisign's legacy kind; sign it again with `gantry sign`")]
    Legacy,
    /// The component or the signature is not what was signed.
    #[error(
        "the signature of `{0}` does not fit: the component, its declared policy or the signature \
         was changed after signing; get both files anew, or sign it again"
    )]
    Tampered(String),
    /// The signature says nothing about a policy.
    #[error("the signature of `{key}` is genuine, but {error}; sign it again with `gantry sign`")]
    Undeclared {
        /// What the key is called in the robot.
        key: String,
        /// What is wrong with the trusted comment.
        error: DeclaredError,
    },
    /// The plugin asks for more than its signature declares.
    #[error(
        "it asks for the {what} `{name}`, which its signature does not declare; it is not what its \
         signer has looked at"
    )]
    Exceeded {
        /// `mechanism`, `channel`, `topic`.
        what: &'static str,
        /// Which.
        name: String,
    },
}

/// Compares a component with its signature, and that with the keys that are trusted.
pub(crate) fn verify(
    component: &[u8],
    signature: Option<&str>,
    trust: &Trust,
) -> Result<Signed, SignatureError> {
    let Some(text) = signature else {
        return match &trust.signer {
            Some(signer) => Err(SignatureError::MissingOf(signer.clone())),
            None if trust.required => Err(SignatureError::Missing),
            None => Ok(Signed::No),
        };
    };
    // What comes after it would be vouched for by nobody.
    if text.lines().count() != LINES {
        return Err(SignatureError::Malformed);
    }
    let signature = Signature::decode(text).map_err(|_| SignatureError::Malformed)?;
    let id = text.lines().nth(1).and_then(KeyId::of);
    let id = id.ok_or(SignatureError::Malformed)?;
    let mut failure = None;
    let mut others = Vec::new();
    for trusted in trust.keys.iter().filter(|trusted| trusted.id == id) {
        if trust
            .signer
            .as_ref()
            .is_some_and(|signer| *signer != trusted.name)
        {
            others.push(trusted.name.as_str());
            continue;
        }
        match trusted.key.verify(component, &signature, false) {
            Ok(()) => {
                let declared = Declared::from_comment(signature.trusted_comment());
                return match declared {
                    Ok(declared) => Ok(Signed::By {
                        key: trusted.name.clone(),
                        id,
                        declared,
                    }),
                    Err(error) => Err(SignatureError::Undeclared {
                        key: trusted.name.clone(),
                        error,
                    }),
                };
            }
            Err(Error::UnexpectedAlgorithm) => failure = Some(SignatureError::Legacy),
            Err(_) => failure = Some(SignatureError::Tampered(trusted.name.clone())),
        }
    }
    match failure {
        Some(failure) => Err(failure),
        None if let Some(wanted) = &trust.signer => Err(SignatureError::OtherSigner {
            wanted: wanted.clone(),
            // Nothing of it was verified: it is what the signature says.
            found: match others.first() {
                Some(name) => format!("`{name}`"),
                None => format!("the key {id}, which this robot does not trust"),
            },
        }),
        None if trust.required => Err(SignatureError::Untrusted(id)),
        None => Ok(Signed::Unknown(id)),
    }
}
