//! `gantry build`: the component of a project, made by its language's own tools.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use gantry_guest_build::{TARGET, ensure_target, is_installed, nested};
use serde_json::Value;

use super::tools::{Tools, run, start, start_shown};
use super::{Language, ProjectError, Say, embedded, new};

const NO_RUST: &str = "cargo and rustc, which compile Rust, cannot be run";
const RUSTUP: &str = "install Rust with rustup: https://rustup.rs (then open a new terminal)";

/// What is built, and how.
pub struct BuildOptions<'a> {
    /// The folder of the project.
    pub folder: &'a Path,
    /// Its language, if its files are not to tell.
    pub language: Option<Language>,
    /// The folder for tools that come from a package registry; it is made when it is needed.
    pub tools: Option<PathBuf>,
    /// Whether nothing may be fetched.
    pub offline: bool,
    /// Arguments for the language's own tool.
    pub more: &'a [String],
    /// Where to announce what takes long.
    pub say: Say<'a>,
}

/// A component that nobody has looked at yet.
pub struct Built {
    /// Where it is for now.
    pub component: PathBuf,
    /// The name of the project's folder.
    pub name: String,
    folder: PathBuf,
}

impl Built {
    /// Where the component of a plugin goes unless somebody wants it elsewhere.
    pub fn default_output(&self, plugin: &str) -> PathBuf {
        self.folder.join("build").join(format!("{plugin}.wasm"))
    }

    /// Puts the component where it belongs, at once: whoever watches the file sees all of it.
    pub fn place(&self, output: &Path) -> Result<(), ProjectError> {
        if let Some(parent) = output.parent() {
            fs::create_dir_all(parent).map_err(ProjectError::file("make", parent))?;
        }
        fs::read(&self.component)
            .and_then(|bytes| gantry_files::replace(output, gantry_files::SHARED, &bytes))
            .map_err(ProjectError::file("write", output))?;
        let _ = fs::remove_file(&self.component);
        // Stays if there is anything else in it.
        let _ = fs::remove_dir(self.folder.join("build"));
        Ok(())
    }
}

/// Makes the component of a project.
pub fn build(options: &BuildOptions<'_>) -> Result<Built, ProjectError> {
    let folder = options.folder;
    let absolute = folder
        .canonicalize()
        .map_err(ProjectError::file("find", folder))?;
    let language = match options.language {
        Some(language) => language,
        None => Language::of(&absolute)?,
    };
    if wants_sdk(&absolute) {
        new::unpack_sdk(&absolute, language)?;
    }
    let name = absolute
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let component = absolute.join("build").join("unchecked.wasm");
    let parent = absolute.join("build");
    fs::create_dir_all(&parent).map_err(ProjectError::file("make", &parent))?;
    match fs::remove_file(&component) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(ProjectError::file("replace", &component)(error));
        }
        _ => {}
    }
    let tools = Tools {
        folder: options.tools.as_deref(),
        offline: options.offline,
        say: options.say,
    };
    let step = Step {
        folder: &absolute,
        output: &component,
        tools: &tools,
        more: options.more,
    };
    let made = match language {
        Language::Rust => step.rust(),
        Language::C | Language::Cpp => step.c(),
        Language::Python => step.python(),
        Language::Javascript | Language::Typescript => step.javascript(),
    };
    made?;
    Ok(Built {
        component,
        name,
        folder: folder.to_owned(),
    })
}

/// Whether a project uses the SDK that is unpacked into it.
fn wants_sdk(folder: &Path) -> bool {
    [
        "Cargo.toml",
        "package.json",
        "compile_flags.txt",
        "pyrightconfig.json",
    ]
    .iter()
    .filter_map(|file| fs::read_to_string(folder.join(file)).ok())
    .any(|text| text.contains(&format!("{}/guest-sdk", new::SDK)))
}

/// One build: from a folder to a file.
struct Step<'a> {
    folder: &'a Path,
    output: &'a Path,
    tools: &'a Tools<'a>,
    more: &'a [String],
}

impl Step<'_> {
    fn rust(&self) -> Result<(), ProjectError> {
        let missing = |what: String, remedy: &str| ProjectError::Tool {
            what,
            remedy: remedy.to_owned(),
        };
        match is_installed() {
            Ok(true) => {}
            Ok(false) if self.tools.offline => {
                return Err(missing(
                    format!(
                        "the Rust target {TARGET} is not installed, and --offline forbids to fetch it"
                    ),
                    &format!("with a network: rustup target add {TARGET}"),
                ));
            }
            Ok(false) => {
                (self.tools.say)(&format!(
                    "Adding the target {TARGET} to your Rust toolchain…"
                ));
                ensure_target().map_err(|error| missing(error.to_string(), RUSTUP))?;
            }
            Err(error) => return Err(missing(format!("{NO_RUST}: {error}"), RUSTUP)),
        }
        let mut cargo = nested("CARGO", "cargo");
        cargo
            .current_dir(self.folder)
            .args(["build", "--release", "--target", TARGET])
            .args(["--message-format", "json-render-diagnostics"])
            .args(self.tools.offline.then_some("--offline"))
            .args(self.more);
        let output = start_shown(&mut cargo, NO_RUST, RUSTUP)?;
        if !output.status.success() {
            return Err(ProjectError::Failed {
                what: "cargo build".to_owned(),
                said: String::new(),
            });
        }
        let artifact =
            artifact(&output.stdout, &self.folder.join("Cargo.toml")).ok_or_else(|| {
                ProjectError::Folder {
                    path: self.folder.join("Cargo.toml"),
                    why: "cargo built it without making a component; a plugin needs `crate-type = \
                      [\"cdylib\"]` under `[lib]`"
                        .to_owned(),
                }
            })?;
        fs::copy(&artifact, self.output).map_err(ProjectError::file("write", self.output))?;
        Ok(())
    }

    fn c(&self) -> Result<(), ProjectError> {
        let sdk = self.tools.sdk(Language::Cpp, "")?;
        let script = sdk.join("guest-sdk/c/build.py");
        let own = self.tools.python()?;
        let check = start(
            Command::new(&own)
                .arg(&script)
                .arg("--check-tools")
                .arg(self.folder),
            "Python cannot be run",
            "install it again",
        )?;
        let python = match check.status.success() {
            true => own,
            false => {
                let requirements = embedded::text("guest-sdk/c/requirements.txt")?;
                let lines: Vec<&str> = requirements.lines().collect();
                let said = String::from_utf8_lossy(&check.stderr).into_owned();
                self.tools.python_with(&own, "c", &lines, &said)?
            }
        };
        let mut build = Command::new(python);
        build
            .arg(script)
            .arg(self.folder)
            .arg("-o")
            .arg(self.output)
            .args(self.more);
        run(&mut build, "compiling")
    }

    fn python(&self) -> Result<(), ProjectError> {
        let sdk = self.tools.sdk(Language::Python, "")?;
        let manifest: toml::Table = embedded::text("guest-sdk/python/pyproject.toml")?
            .parse()
            .map_err(|error: toml::de::Error| ProjectError::Failed {
                what: "reading the embedded pyproject.toml".to_owned(),
                said: error.to_string(),
            })?;
        let requirements: Vec<&str> = manifest["project"]["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect();
        let own = self.tools.python()?;
        let python = self.tools.python_with(&own, "python", &requirements, "")?;
        let mut build = Command::new(python);
        build
            .env("PYTHONPATH", sdk.join("guest-sdk/python/src"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args(["-m", "gantry", "build", "--quiet"])
            .arg(self.folder)
            .arg("-o")
            .arg(self.output)
            .args(self.more);
        run(&mut build, "making a component of Python")
    }

    fn javascript(&self) -> Result<(), ProjectError> {
        let node = self.tools.node()?;
        let sdk = self.tools.node_with("javascript", "guest-sdk/javascript")?;
        self.own_packages()?;
        let mut build = Command::new(node);
        build
            .arg(sdk.join("guest-sdk/javascript/build/cli.js"))
            .arg(self.folder)
            .arg("-o")
            .arg(self.output)
            .args(self.more);
        run(&mut build, "making a component of JavaScript")
    }

    /// What the project uses besides the SDK.
    fn own_packages(&self) -> Result<(), ProjectError> {
        // Whether it is right is for the SDK's own build to say.
        let about: Value = fs::read_to_string(self.folder.join("package.json"))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let dependencies = about["dependencies"].as_object();
        let others = dependencies.is_some_and(|all| all.keys().any(|name| name != "gantry-sdk"));
        if others && !self.folder.join("node_modules").is_dir() {
            self.tools.npm(
                self.folder,
                &["install"],
                "the packages that package.json asks for",
            )?;
        }
        Ok(())
    }
}

/// The component of the package with this manifest, by what cargo says.
fn artifact(messages: &[u8], manifest: &Path) -> Option<PathBuf> {
    let messages = String::from_utf8_lossy(messages);
    let of_package = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter(|message| {
            message["manifest_path"]
                .as_str()
                .is_some_and(|path| Path::new(path) == manifest)
        });
    of_package
        .filter_map(|message| {
            let files = message["filenames"].as_array()?;
            let wasm = files
                .iter()
                .filter_map(Value::as_str)
                .find(|file| file.ends_with(".wasm"))?;
            Some(PathBuf::from(wasm))
        })
        .next_back()
}
