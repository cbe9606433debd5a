//! Why a plugin was not loaded.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::cache::NotCached;
use crate::compiler::CompileFailure;
use crate::contract::VersionError;
use crate::description::Kind;
use crate::escape::escape_line;
use crate::nearest::suggestion;
use crate::policy::Source;
use crate::run::bytes;
use crate::signature::SignatureError;

use super::bounds::TooLarge;

/// Why a plugin was not loaded. What runs is not disturbed.
#[derive(Clone, PartialEq, Debug)]
pub struct LoadError {
    /// What the plugin is called in the robot.
    pub plugin: String,
    /// Where its bytes come from.
    pub origin: String,
    /// How far the load got.
    pub stage: Stage,
    /// What is wrong.
    pub kind: Box<LoadErrorKind>,
}

impl LoadError {
    pub(crate) fn of(source: &Source, (stage, kind): (Stage, LoadErrorKind)) -> Self {
        Self {
            plugin: source.name.clone(),
            origin: source.origin.clone(),
            stage,
            kind: Box::new(kind),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            plugin,
            origin,
            stage,
            kind,
        } = self;
        write!(
            f,
            "plugin `{plugin}` ({}) was not loaded: {stage}: {kind}",
            escape_line(origin),
        )
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // The message has it all.
        None
    }
}

/// A stage of a load.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// The file is read.
    Read,
    /// The bytes are compared with the digest that the robot names.
    Digest,
    /// Who vouches for it, and for what, is compared with what the robot requires.
    Signature,
    /// The bytes are taken apart.
    Parse,
    /// The version of the contract is found.
    Contract,
    /// The imports are compared with what may be imported.
    Imports,
    /// The code is validated and compiled.
    Compile,
    /// The plugin describes itself.
    Describe,
    /// The description is checked in itself.
    Check,
    /// The description is compared with what the robot has and grants.
    Grants,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Read => "reading the file",
            Stage::Digest => "comparing the digest",
            Stage::Signature => "checking the signature",
            Stage::Parse => "parsing",
            Stage::Contract => "finding the contract's version",
            Stage::Imports => "checking imports",
            Stage::Compile => "compiling",
            Stage::Describe => "asking it to describe itself",
            Stage::Check => "checking its description",
            Stage::Grants => "checking grants",
        })
    }
}

/// What is wrong with a plugin.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// The file cannot be read.
    #[error("{0}; check the path and who may read it")]
    Unreadable(String),
    /// The file is not the one that the robot names.
    #[error(
        "its digest is sha256:{found}, and the robot's file says sha256:{wanted}; put the right \
         file there, or write the new digest if the change is meant"
    )]
    Digest {
        /// In hexadecimal.
        wanted: String,
        /// In hexadecimal.
        found: String,
    },
    /// Nobody vouches for it as the robot requires.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The file is empty.
    #[error("the file is empty; it may not have been copied to its end")]
    Empty,
    /// The file is not WebAssembly.
    #[error("it is not WebAssembly: it does not begin with the bytes `\\0asm`{0}")]
    NotWasm(&'static str),
    /// It is a core module.
    #[error(
        "it is a core module, and plugins are components; build it for `wasm32-wasip2`, or wrap \
         it with `wasm-tools component new`"
    )]
    CoreModule,
    /// It ends too early.
    #[error("it ends in the middle, after {0} bytes; it may not have been copied to its end")]
    Truncated(usize),
    /// It is not well-formed.
    #[error("it is damaged at byte {offset}: {message}; build or copy it again")]
    Malformed {
        /// Where.
        offset: usize,
        /// What is wrong there.
        message: String,
    },
    /// It does not speak a version of the contract that this host speaks.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// It imports what no plugin may import.
    #[error(
        "the import `{name}` is not allowed; a plugin may import {version} and WASI 0.2 (without \
         `wasi:http`), and nothing else"
    )]
    Import {
        /// The import.
        name: String,
        /// The plugin's version of the contract.
        version: String,
    },
    /// An import or export has another type than in the contract.
    #[error("it does not fit the contract: {0}; build it with the released WIT files")]
    Mismatch(String),
    /// It is not valid, or uses what is switched off.
    #[error("it is not valid here: {0}")]
    Invalid(String),
    /// There is more of something in it than can be compiled in reasonable time.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The process that compiles it did not get through.
    #[error(transparent)]
    Compile(#[from] CompileFailure),
    /// Nothing may be compiled, and there is no compiled code for it.
    #[error(
        "{0}, and a locked robot compiles nothing; `gantry lock` keeps the code, for this machine and \
         this user"
    )]
    NotCached(NotCached),
    /// The code of a robot that is being locked cannot be kept.
    #[error("its compiled code cannot be kept for the locked robot: {0}")]
    NotKept(String),
    /// Its initial memory is larger than its limit.
    #[error(
        "it starts with {} of memory and its limit is {}; raise `limits.memory`, or give it a \
         smaller stack or less static data", bytes(*.needed as usize), bytes(*.limit)
    )]
    InitialMemory {
        /// Bytes.
        needed: u64,
        /// Bytes.
        limit: usize,
    },
    /// The granted folder is not there.
    #[error("the folder {} cannot be granted: {reason}; make it, or take the grant out", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// It trapped, or did something it must not, while it started or described itself.
    #[error("{0}")]
    Fault(String),
    /// It took too long.
    #[error(
        "it did not answer within {0:?} of computing; `describe` only says what the plugin offers"
    )]
    OutOfTime(Duration),
    /// It rejected its configuration.
    #[error("it rejects its `config` table: {0}")]
    Rejected(String),
    /// A name is not made of lower-case words.
    #[error("`{name}` cannot be the name of {what}; use lower-case words joined by `-`")]
    Name {
        /// `a command`, `a parameter`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A command is described twice.
    #[error("the command `{0}` is described twice; each needs a name of its own")]
    DuplicateCommand(String),
    /// A parameter is described twice.
    #[error(
        "the parameter `{parameter}` of `{command}` is described twice; each needs a name of its own"
    )]
    DuplicateParameter {
        /// The command.
        command: String,
        /// The parameter.
        parameter: String,
    },
    /// A default is of another type than its parameter.
    #[error(
        "the default of `{command}`'s parameter `{parameter}` is a {default}, and the parameter takes a {kind}"
    )]
    DefaultType {
        /// The command.
        command: String,
        /// The parameter.
        parameter: String,
        /// What it takes.
        kind: Kind,
        /// What its default is.
        default: Kind,
    },
    /// The version is not a semantic one.
    #[error("`{0}` is not a semantic version; write it as `1.2.3`")]
    SemanticVersion(String),
    /// There is too much of something.
    #[error("it describes {count} {what}; {most} is the most")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// A command requires a mechanism that the robot does not have.
    #[error("`{command}` requires the mechanism `{mechanism}`, which this robot does not have{}", suggestion(.nearest.as_deref()))]
    UnknownMechanism {
        /// The command.
        command: String,
        /// The mechanism.
        mechanism: String,
        /// The robot's mechanism most like it.
        nearest: Option<String>,
    },
    /// A command requires a mechanism that was not granted.
    #[error(
        "`{command}` requires the mechanism `{mechanism}`, which was not granted; add it to the plugin's `mechanisms`"
    )]
    MechanismNotGranted {
        /// The command.
        command: String,
        /// The mechanism.
        mechanism: String,
    },
    /// The plugin reads a channel that the robot does not have.
    #[error("it reads the channel `{channel}`, which this robot does not have{}", suggestion(.nearest.as_deref()))]
    UnknownChannel {
        /// The channel.
        channel: String,
        /// The robot's channel most like it.
        nearest: Option<String>,
    },
    /// The plugin reads a channel that was not granted.
    #[error("it reads the channel `{0}`, which was not granted; add it to the plugin's `reads`")]
    ReadNotGranted(String),
    /// The plugin publishes a topic that was not granted.
    #[error("it publishes `{0}`, which was not granted; add it to the plugin's `publishes`")]
    PublishNotGranted(String),
}
