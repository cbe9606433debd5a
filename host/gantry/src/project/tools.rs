//! The tools of the languages: found on the machine, or installed into a folder of their own.
//!
//! A folder is named after what it has, so that projects share it, and a newer `gantry` that needs
//! other versions makes another one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use sha2::{Digest, Sha256};

use super::{Language, ProjectError, Say, child, embedded};

const PYTHONS: [&str; 2] = ["python3", "python"];
const OLDEST_PYTHON: (u32, u32) = (3, 10);
const OLDEST_NODE: u32 = 20;
const GET_PYTHON: &str = "install it: https://www.python.org/downloads, or on Debian and Ubuntu: apt install \
                          python3 python3-venv";
const GET_NODE: &str =
    "install it, with npm: https://nodejs.org, or a package manager's `nodejs` and `npm`";
/// Written into a folder when all of it is there.
const COMPLETE: &str = "complete";

pub(super) struct Tools<'a> {
    pub(super) folder: Option<&'a Path>,
    pub(super) offline: bool,
    pub(super) say: Say<'a>,
}

impl Tools<'_> {
    /// A folder with the SDK of a language, for tools that are known by `needs`.
    pub(super) fn sdk(&self, language: Language, needs: &str) -> Result<PathBuf, ProjectError> {
        let folder = self.place(language.sdk(), needs)?;
        embedded::unpack(&folder, language, &[])?;
        Ok(folder)
    }

    /// A Python that is new enough.
    pub(super) fn python(&self) -> Result<PathBuf, ProjectError> {
        let ask = "import sys; print(*sys.version_info[:2]); print(sys.executable)";
        let mut old = None;
        for name in PYTHONS {
            let Ok(output) = Command::new(name)
                .args(["-c", ask])
                .stdin(Stdio::null())
                .output()
            else {
                continue;
            };
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let mut lines = said.lines();
            let version = lines.next().and_then(|line| {
                let (major, minor) = line.split_once(' ')?;
                Some((major.parse().ok()?, minor.parse().ok()?))
            });
            match version {
                Some(version) if version >= OLDEST_PYTHON => {
                    return Ok(lines.next().unwrap_or(name).trim().into());
                }
                Some((major, minor)) => old = Some(format!("{name} is Python {major}.{minor}")),
                None => {}
            }
        }
        let (major, minor) = OLDEST_PYTHON;
        let found = old.unwrap_or_else(|| "there is no python3 on the PATH".to_owned());
        Err(ProjectError::Tool {
            what: format!("the build needs Python {major}.{minor} or later; {found}"),
            remedy: GET_PYTHON.to_owned(),
        })
    }

    /// A Python that has these packages, for which it makes an environment. `without` says what is
    /// to be done by somebody who cannot have it.
    pub(super) fn python_with(
        &self,
        python: &Path,
        name: &str,
        packages: &[&str],
        without: &str,
    ) -> Result<PathBuf, ProjectError> {
        // An environment belongs to the Python that made it.
        let needs = format!("{} {}", python.display(), packages.join(" "));
        let folder = self.place(&format!("{name}-packages"), &needs)?;
        let program = match cfg!(windows) {
            true => folder.join("Scripts/python.exe"),
            false => folder.join("bin/python"),
        };
        self.install(&folder, &packages.join(", "), without, || {
            let venv = start(
                Command::new(python)
                    .args(["-m", "venv", "--clear"])
                    .arg(&folder),
                "Python cannot be run",
                GET_PYTHON,
            )?;
            if !venv.status.success() {
                return Err(ProjectError::Tool {
                    what: format!(
                        "Python cannot make an environment for its packages:\n{}",
                        said(&venv)
                    ),
                    remedy: "on Debian and Ubuntu: apt install python3-venv".to_owned(),
                });
            }
            let mut pip = Command::new(&program);
            pip.args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--retries", "2"])
            .args(packages);
            self.fetched(&mut pip, "pip install", "PyPI", GET_PYTHON)
        })?;
        Ok(program)
    }

    /// A node that is new enough.
    pub(super) fn node(&self) -> Result<PathBuf, ProjectError> {
        let wrong = |found: &str| ProjectError::Tool {
            what: format!("the build needs Node {OLDEST_NODE} or later; {found}"),
            remedy: GET_NODE.to_owned(),
        };
        let output = Command::new("node").arg("--version").output();
        let output = output.map_err(|_| wrong("there is no node on the PATH"))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let major = version
            .trim_start_matches('v')
            .split('.')
            .next()
            .and_then(|n| n.parse::<u32>().ok());
        match major {
            Some(major) if major >= OLDEST_NODE => Ok("node".into()),
            Some(_) => Err(wrong(&format!("node is {version}"))),
            None => Err(wrong("`node --version` does not say what it is")),
        }
    }

    /// A folder with an SDK and, for it, the packages that its lock names.
    pub(super) fn node_with(&self, name: &str, sdk: &str) -> Result<PathBuf, ProjectError> {
        let lock = embedded::text(&format!("{sdk}/package-lock.json"))?;
        let manifest = embedded::text(&format!("{sdk}/package.json"))?;
        let folder = self.sdk(Language::Javascript, lock)?;
        self.install(
            &folder,
            &format!("what the {name} SDK is built with"),
            "",
            || {
                embedded::write(&folder.join("package.json"), manifest.as_bytes())?;
                embedded::write(&folder.join("package-lock.json"), lock.as_bytes())?;
                self.npm_quietly(&folder, &["ci", "--omit=dev"])
            },
        )?;
        Ok(folder)
    }

    /// Has npm install something, after saying so.
    pub(super) fn npm(
        &self,
        folder: &Path,
        arguments: &[&str],
        what: &str,
    ) -> Result<(), ProjectError> {
        self.announce(what, folder, "")?;
        self.npm_quietly(folder, arguments)
    }

    fn npm_quietly(&self, folder: &Path, arguments: &[&str]) -> Result<(), ProjectError> {
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.current_dir(folder).args(arguments).args([
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            "--fetch-retries=1",
        ]);
        self.fetched(&mut npm, "npm install", "the npm registry", GET_NODE)
    }

    /// Runs a tool that fetches something. `get` says what to do if it is not there.
    fn fetched(
        &self,
        command: &mut Command,
        what: &str,
        from: &str,
        get: &str,
    ) -> Result<(), ProjectError> {
        let missing = format!("{} cannot be run", command.get_program().to_string_lossy());
        let output = start(command, &missing, get)?;
        match output.status.success() {
            true => Ok(()),
            false => Err(ProjectError::Tool {
                what: format!("{what} failed:\n{}", said(&output)),
                remedy: format!("the first build needs {from}: check the network, and build again"),
            }),
        }
    }

    /// Makes a folder complete, unless it is.
    fn install(
        &self,
        folder: &Path,
        what: &str,
        without: &str,
        make: impl FnOnce() -> Result<(), ProjectError>,
    ) -> Result<(), ProjectError> {
        let complete = folder.join(COMPLETE);
        if complete.is_file() {
            return Ok(());
        }
        fs::create_dir_all(folder).map_err(ProjectError::file("make", folder))?;
        // Beside it, for the folder may be cleared.
        let lock = folder.with_extension("lock");
        let _lock = File::create(&lock)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(ProjectError::file("lock", &lock))?;
        if complete.is_file() {
            return Ok(());
        }
        self.announce(what, folder, without)?;
        make()?;
        embedded::write(&complete, b"")
    }

    fn announce(&self, what: &str, folder: &Path, without: &str) -> Result<(), ProjectError> {
        if self.offline {
            let or = if without.is_empty() {
                ""
            } else {
                "; or else, "
            };
            return Err(ProjectError::Tool {
                what: format!("{what}: not installed yet, and --offline forbids to fetch it"),
                remedy: format!(
                    "build once with a network{or}{}",
                    without.trim().trim_start_matches("error: ")
                ),
            });
        }
        (self.say)(&format!(
            "Installing {what} into {} (once)…",
            folder.display()
        ));
        Ok(())
    }

    fn place(&self, name: &str, needs: &str) -> Result<PathBuf, ProjectError> {
        let Some(folder) = self.folder else {
            return Err(ProjectError::Tool {
                what:
                    "there is no folder for the tools of the build: this user has no cache folder"
                        .to_owned(),
                remedy: "say where they may be, with --tools DIR or the variable GANTRY_TOOLS"
                    .to_owned(),
            });
        };
        let absolute = std::path::absolute(folder).map_err(ProjectError::file("find", folder))?;
        let digest = embedded::hex(&Sha256::digest(needs.as_bytes())[..6]);
        Ok(absolute.join(format!("{name}-{digest}")))
    }
}

/// Runs a tool that says itself what is wrong.
pub(super) fn run(command: &mut Command, what: &str) -> Result<(), ProjectError> {
    let output = start(command, "the tool cannot be run", "install it again")?;
    match output.status.success() {
        true => {
            let warnings = said(&output);
            if !warnings.is_empty() {
                crate::console::complain(&warnings);
            }
            Ok(())
        }
        false => Err(ProjectError::Failed {
            what: what.to_owned(),
            said: said(&output),
        }),
    }
}

/// Runs a program that may not be there.
pub(super) fn start(
    command: &mut Command,
    missing: &str,
    remedy: &str,
) -> Result<Output, ProjectError> {
    child::output(command, false).map_err(|error| not_started(missing, &error, remedy))
}

/// Runs a program that may not be there and that itself shows what it does.
pub(super) fn start_shown(
    command: &mut Command,
    missing: &str,
    remedy: &str,
) -> Result<Output, ProjectError> {
    child::output(command, true).map_err(|error| not_started(missing, &error, remedy))
}

fn not_started(missing: &str, error: &io::Error, remedy: &str) -> ProjectError {
    ProjectError::Tool {
        what: format!("{missing}: {error}"),
        remedy: remedy.to_owned(),
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr)
        .trim()
        .trim_start_matches("error: ")
        .to_owned()
}
