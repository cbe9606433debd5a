//! `robot.lock`: which plugins a robot runs, bit by bit, and what each is given.
//!
//! `gantry lock` writes it; with `--locked` whatever differs from it is refused. It has the plugins
//! with their grants, limits and tables spelled out, so that people can read what a robot was
//! allowed, and digests of the other sections of the robot.toml, so that what differs can be named.

mod difference;
mod held;
mod plugin;
mod sections;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use gantry_files::{Partial, SHARED};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::config::{ConfigErrors, Diagnostic, RobotConfig, syntax};
use crate::robot::{self, PluginFiles};
use crate::text;

pub use difference::{Difference, differences};
pub use held::Held;
use plugin::LockedPlugin;

/// The version of the file's format.
const VERSION: u32 = 1;

/// What a robot is locked to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    version: u32,
    /// The version of the host.
    host: String,
    /// Digests of the sections of the robot.toml that are not spelled out below, by their names.
    sections: BTreeMap<String, String>,
    /// The plugins, by their names.
    plugins: BTreeMap<String, LockedPlugin>,
}

/// Why a robot is not locked, or not as it should be.
#[derive(Debug, Error)]
pub enum LockError {
    /// There is no lock.
    #[error("there is no {}; `gantry lock {}` writes it", lock.display(), robot.display())]
    Missing {
        /// Where it should be.
        lock: PathBuf,
        /// The robot.toml.
        robot: PathBuf,
    },
    /// It would be the robot's file.
    #[error(
        "{} cannot be locked: its lock would be called {}, and take its place; give the robot's file \
         another extension, such as .toml", robot.display(), lock.display()
    )]
    Itself {
        /// Where it would be.
        lock: PathBuf,
        /// The robot.toml.
        robot: PathBuf,
    },
    /// It cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is of a version that this host does not know.
    #[error(
        "{} is of version {found}, and this host knows version {VERSION}; `gantry lock {}` writes \
         it anew", path.display(), robot.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: String,
        /// The robot.toml.
        robot: PathBuf,
    },
    /// It is not a lock.
    #[error("{} is not a lock: {message}`gantry lock {}` writes it anew", path.display(), robot.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where; ends with a line break.
        message: String,
        /// The robot.toml.
        robot: PathBuf,
    },
    /// Something is not as it was locked.
    #[error(
        "the robot is not what {} says, and nothing of it was run:\n{}\nIf this is meant, accept it \
         with `gantry lock {}`.", path.display(), listed(.differences), robot.display()
    )]
    Differs {
        /// The file.
        path: PathBuf,
        /// What differs.
        differences: Vec<Difference>,
        /// The robot.toml.
        robot: PathBuf,
    },
    /// A plugin cannot be loaded at all.
    #[error(transparent)]
    Plugins(#[from] ConfigErrors),
}

impl Lock {
    /// Where the lock of a robot is: beside its file, and called after it.
    ///
    /// # Errors
    ///
    /// If that is the robot's file itself.
    pub fn path_of(robot: &Path) -> Result<PathBuf, LockError> {
        let lock = robot.with_extension("lock");
        // The one may also be a link to the other, or only be written differently.
        let real = |path: &Path| path.canonicalize().ok();
        let same = lock == robot || real(&lock).is_some_and(|lock| Some(lock) == real(robot));
        match same {
            true => Err(LockError::Itself {
                lock,
                robot: robot.to_owned(),
            }),
            false => Ok(lock),
        }
    }

    /// What this robot is now.
    ///
    /// # Errors
    ///
    /// If there is a plugin that cannot be loaded.
    pub fn of(config: &RobotConfig, files: &dyn PluginFiles) -> Result<Self, ConfigErrors> {
        // It is to be what it is when it is locked.
        let mut config = config.clone();
        config.lock();
        let (lock, wrong) = Self::attempt(&config, files);
        match wrong.is_empty() {
            true => Ok(lock),
            false => Err(ConfigErrors::new(wrong)),
        }
    }

    /// Holds the robot to the lock of this path. The plugins' files have been read by then, and are what
    /// is loaded afterwards, whatever becomes of those on disk; their folders are looked for once, here.
    ///
    /// # Errors
    ///
    /// If anything differs, or cannot be loaded.
    pub fn verify(
        path: &Path,
        config: &mut RobotConfig,
        files: &dyn PluginFiles,
    ) -> Result<Self, LockError> {
        config.lock();
        let robot = config.source.path();
        let locked = Self::read(path, robot)?;
        let (now, wrong) = Self::attempt(config, files);
        let differences = differences(&locked, &now);
        if !differences.is_empty() {
            return Err(LockError::Differs {
                path: path.to_owned(),
                differences,
                robot: robot.to_owned(),
            });
        }
        match wrong.is_empty() {
            true => Ok(locked),
            false => Err(ConfigErrors::new(wrong).into()),
        }
    }

    /// What a robot that [is held to it](RobotConfig::lock) is, as far as its plugins can be loaded, and
    /// what is wrong with the others.
    fn attempt(config: &RobotConfig, files: &dyn PluginFiles) -> (Self, Vec<Diagnostic>) {
        let mut wrong = Vec::new();
        let mut plugins = BTreeMap::new();
        for plugin in &config.plugins {
            let source = match robot::source(plugin, files) {
                Ok(source) => source,
                Err(error) => {
                    let file = plugin.file.display();
                    let message = format!("plugin `{}`: cannot read {file}: {error}", plugin.name);
                    wrong.push(config.diagnostic(plugin.file_span, message, None));
                    continue;
                }
            };
            let admission = source.admit(&robot::policy(plugin, &config.trust));
            let entry = LockedPlugin::of(config, plugin, &source, &admission);
            plugins.insert(plugin.name.clone(), entry);
            if let Err(error) = admission {
                wrong.push(config.diagnostic(plugin.place_of(&error), error.to_string(), None));
            }
        }
        let lock = Self {
            version: VERSION,
            host: env!("CARGO_PKG_VERSION").to_owned(),
            sections: sections::digests(config.source.text()),
            plugins,
        };
        (lock, wrong)
    }

    /// Reads a lock.
    ///
    /// # Errors
    ///
    /// If there is none, or as for [`parse`](Self::parse).
    pub fn read(path: &Path, robot: &Path) -> Result<Self, LockError> {
        let io = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => LockError::Missing {
                lock: path.to_owned(),
                robot: robot.to_owned(),
            },
            _ => LockError::Io {
                path: path.to_owned(),
                error,
            },
        };
        Self::parse(&text::read(path).map_err(io)?, path, robot)
    }

    /// Reads the text of a lock, which has to be exactly of the form that is written. The paths are
    /// what messages show.
    ///
    /// # Errors
    ///
    /// If it is of another version, or not a lock.
    pub fn parse(text: &str, path: &Path, robot: &Path) -> Result<Self, LockError> {
        let malformed = |error: toml::de::Error| LockError::Malformed {
            path: path.to_owned(),
            message: syntax::describe(&error, text),
            robot: robot.to_owned(),
        };
        let table: toml::Table = toml::from_str(text).map_err(malformed)?;
        // Before anything else: a newer version may have other keys.
        match table.get("version") {
            Some(toml::Value::Integer(version)) if *version == i64::from(VERSION) => {}
            version => {
                return Err(LockError::Version {
                    path: path.to_owned(),
                    found: version.map_or("none".to_owned(), ToString::to_string),
                    robot: robot.to_owned(),
                });
            }
        }
        toml::from_str(text).map_err(malformed)
    }

    /// Writes it beside the place where it belongs. It counts once it is [put there](Partial::replace).
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn prepare(&self, path: &Path, robot: &Path) -> Result<Partial, LockError> {
        let text = self.to_text(robot);
        Partial::write(path, SHARED, &[text.as_bytes()]).map_err(|error| LockError::Io {
            path: path.to_owned(),
            error,
        })
    }

    /// A number that two people can compare: of everything that is locked.
    pub fn digest(&self) -> String {
        sections::sha256(&Sha256::digest(self.to_text(Path::new(""))))
    }

    /// The text that [`prepare`](Self::prepare) writes.
    pub fn to_text(&self, robot: &Path) -> String {
        let name = robot.file_name().unwrap_or_default().to_string_lossy();
        // Tables with plain values always are TOML.
        let body = toml::to_string(self).unwrap_or_default();
        format!(
            "# What {name} was locked to. `gantry run --locked` refuses whatever differs.\n\
             # Written by `gantry lock`; to accept a change, run it again.\n{body}"
        )
    }
}

fn listed(differences: &[Difference]) -> String {
    let lines: Vec<String> = differences.iter().map(|d| format!("  {d}")).collect();
    lines.join("\n")
}
