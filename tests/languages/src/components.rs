//! Builds the behaviour list with each SDK's one build command, unless nothing has changed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::Language;

/// Of all threads, so that a component is built once.
static BUILDING: [Mutex<()>; Language::ALL.len()] = [const { Mutex::new(()) }; Language::ALL.len()];

/// Folders of an SDK that no component is made from.
const NOT_SOURCES: [&str; 7] = [
    "node_modules",
    "__pycache__",
    "build",
    "hello",
    "test",
    "tests",
    "target",
];
/// Files that no component is made from.
const NOT_EXTENSIONS: [&str; 3] = ["md", "wasm", "pyc"];

impl Language {
    /// The component of the behaviour list in this language. It is kept in `target/languages` and built
    /// again when its sources, its SDK or the contract have changed.
    ///
    /// # Errors
    ///
    /// When a tool is missing or the build fails, with what the tool says.
    pub fn component(self) -> Result<PathBuf> {
        if self == Self::Rust {
            return Ok(PathBuf::from(env!("LANG_RUST")));
        }
        let _one = BUILDING[self as usize].lock();
        let folder = root().join("target/languages");
        let file = folder.join(format!("{}-{}.wasm", self.name(), self.digest()?));
        if !file.is_file() {
            fs::create_dir_all(&folder)?;
            let fresh = folder.join(format!("{}.new.wasm", self.name()));
            self.build(&fresh)?;
            fs::rename(&fresh, &file)?;
        }
        Ok(file)
    }

    /// Builds the component, whether anything has changed or not.
    ///
    /// # Errors
    ///
    /// When a tool is missing or the build fails, with what the tool says.
    pub fn build(self, output: &Path) -> Result<()> {
        let (mut command, install) = self.command(output);
        let done = command
            .output()
            .with_context(|| format!("cannot run {:?}; {install}", command.get_program()))?;
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stderr);
            bail!("{self} does not build ({command:?}):\n{said}\n{install}");
        }
        if self == Self::Rust {
            let made = "target/languages/rust/wasm32-wasip2/guest/lang_rust.wasm";
            fs::copy(root().join(made), output)?;
        }
        Ok(())
    }

    /// The one build command of the language's SDK, and how its tools are installed.
    fn command(self, output: &Path) -> (Command, &'static str) {
        let root = root();
        let folder = self.folder();
        let mut command;
        match self {
            Self::Rust => {
                // A flag that is new every time: only this crate is built again.
                let now = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
                command
                    .current_dir(&root)
                    .args([
                        "rustc",
                        "--quiet",
                        "--profile",
                        "guest",
                        "--target",
                        "wasm32-wasip2",
                    ])
                    .args([
                        "--package",
                        "lang-rust",
                        "--target-dir",
                        "target/languages/rust",
                        "--",
                    ])
                    .arg(format!("--cfg=at_{}", now.as_nanos()));
                (
                    command,
                    "it needs the target: rustup target add wasm32-wasip2",
                )
            }
            Self::C | Self::Cpp => {
                command = Command::new(python("c-tools"));
                command.arg(root.join("guest-sdk/c/build.py")).arg(folder);
                command.args(["--wasi", "-o"]).arg(output);
                (
                    command,
                    "its tools: python3 -m venv target/c-tools && \
                     target/c-tools/bin/python -m pip install --requirement guest-sdk/c/requirements.txt",
                )
            }
            Self::Python => {
                command = Command::new(python("python-tools"));
                command.args(["-m", "gantry", "build"]).arg(folder);
                command.arg("-o").arg(output);
                (
                    command,
                    "its tools: python3 -m venv target/python-tools && \
                     target/python-tools/bin/python -m pip install --editable guest-sdk/python",
                )
            }
            Self::JavaScript | Self::StarlingMonkey => {
                let engine = match self {
                    Self::JavaScript => "quickjs",
                    _ => "starlingmonkey",
                };
                command = Command::new("node");
                command.arg(root.join("guest-sdk/javascript/build/cli.js"));
                command
                    .arg(folder)
                    .args(["--engine", engine, "-o"])
                    .arg(output);
                (command, "its tools: npm ci --prefix guest-sdk/javascript")
            }
        }
    }

    fn folder(self) -> PathBuf {
        let name = match self {
            Self::StarlingMonkey => Self::JavaScript.name(),
            other => other.name(),
        };
        root().join("tests/languages").join(name)
    }

    /// Of all that the component is made from.
    fn digest(self) -> Result<String> {
        let mut folders = vec![self.folder(), root().join("wit/command/0.1")];
        folders.extend(match self {
            Self::Rust => vec![root().join("guest-sdk/rust")],
            Self::C => vec![root().join("guest-sdk/c")],
            Self::Cpp => vec![root().join("guest-sdk/c"), root().join("guest-sdk/cpp")],
            Self::Python => vec![root().join("guest-sdk/python")],
            Self::JavaScript | Self::StarlingMonkey => vec![root().join("guest-sdk/javascript")],
        });
        let mut files = BTreeSet::new();
        for folder in folders {
            collect(&folder, &mut files)?;
        }
        let mut digest = Sha256::new();
        for file in files {
            digest.update(
                file.strip_prefix(root())
                    .unwrap_or(&file)
                    .as_os_str()
                    .as_encoded_bytes(),
            );
            digest.update(fs::read(&file)?);
        }
        let bytes: [u8; 32] = digest.finalize().into();
        Ok(bytes[..6]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect())
    }
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            // `guest-sdk/javascript/build` is the build command itself.
            let is_tool = name == "build" && path.join("cli.js").is_file();
            if (is_tool || !NOT_SOURCES.contains(&&*name)) && !name.ends_with(".egg-info") {
                collect(&path, files)?;
            }
        } else if !NOT_EXTENSIONS
            .iter()
            .any(|extension| path.extension().is_some_and(|it| it == *extension))
        {
            files.insert(path);
        }
    }
    Ok(())
}

/// The Python of a virtual environment in `target`, or the system's.
fn python(environment: &str) -> PathBuf {
    let own = root().join("target").join(environment).join("bin/python");
    if own.is_file() {
        own
    } else {
        PathBuf::from("python3")
    }
}
