//! Builds guest crates to components, from a build script; `gantry build` shares its toolchain.
//!
//! ```no_run
//! use gantry_guest_build::Guests;
//!
//! let built = Guests::new("..").package("drivetrain").package("leds").build()?;
//! for guest in &built {
//!     println!("{} is at {}", guest.package, guest.path.display());
//! }
//! # Ok::<(), gantry_guest_build::BuildError>(())
//! ```
//!
//! The guests are built by one nested `cargo build --profile guest --target wasm32-wasip2`, which
//! turns a `cdylib` into a component. All build scripts of a workspace share the target folder
//! `<target>/guests`: it cannot be the outer one, whose lock the outer cargo holds, and cargo's
//! own lock on it makes the build scripts take turns. The script is run again when anything that
//! the guests were built from has changed.

mod depinfo;
mod environment;
mod toolchain;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use crate::environment::nested;
pub use crate::toolchain::{TARGET, ensure_target, is_installed};

/// The cargo profile that guests are built with; the workspace's `Cargo.toml` defines it.
const PROFILE: &str = "guest";

/// The guests to build.
#[derive(Debug, Clone)]
pub struct Guests {
    workspace: PathBuf,
    packages: Vec<String>,
    target_dir: Option<PathBuf>,
}

/// One guest that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The package's name, as in its `Cargo.toml`.
    pub package: String,
    /// The component, as an absolute path.
    pub path: PathBuf,
}

/// Why guests could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The workspace's folder cannot be found.
    #[error("the workspace {} is not a folder: {source}", path.display())]
    Workspace {
        /// The folder that was given.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// No target folder could be worked out.
    #[error(
        "cannot tell where to build guests: {reason}; call this from a build script, or name a \
         folder with `target_dir`"
    )]
    TargetDir {
        /// What is missing.
        reason: String,
    },
    /// The compiler has no standard library for the guests' target, and it could not be added.
    #[error(
        "guests need the Rust target `{TARGET}`, which is not installed, and installing it \
         failed: {reason}\nrun `{command}` and build again"
    )]
    TargetMissing {
        /// Why adding it failed.
        reason: String,
        /// What to run.
        command: String,
    },
    /// A program could not be started.
    #[error("cannot run `{program}`: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The guests do not compile.
    #[error("the guests {packages} do not build; cargo says:\n{output}")]
    Cargo {
        /// The packages that were to be built.
        packages: String,
        /// Cargo's standard error.
        output: String,
    },
    /// Cargo succeeded without making a component.
    #[error(
        "cargo built the package `{package}` without making {}; a guest needs `crate-type = \
         [\"cdylib\"]` under `[lib]` and no other library name",
        path.display()
    )]
    NoComponent {
        /// The package.
        package: String,
        /// Where the component was expected.
        path: PathBuf,
    },
    /// What cargo noted about a guest's sources cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    DepInfo {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl Guests {
    /// No guests yet, of the workspace in this folder. A relative path starts at the current
    /// folder, which is the package's own in a build script.
    pub fn new(workspace: impl Into<PathBuf>) -> Self {
        Self {
            workspace: workspace.into(),
            packages: Vec::new(),
            target_dir: None,
        }
    }

    /// Adds a guest by its package name.
    #[must_use]
    pub fn package(mut self, name: impl Into<String>) -> Self {
        self.packages.push(name.into());
        self
    }

    /// Builds in this folder, instead of the one that all build scripts share. It must not be the
    /// target folder of a cargo that is waiting for this build.
    #[must_use]
    pub fn target_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.target_dir = Some(folder.into());
        self
    }

    /// Builds the guests, in the order they were added, and tells the outer cargo which files to
    /// watch.
    ///
    /// # Errors
    ///
    /// When the target is missing and cannot be installed, when a guest does not compile, or when
    /// it is not a component.
    pub fn build(self) -> Result<Vec<Built>, BuildError> {
        if self.packages.is_empty() {
            return Ok(Vec::new());
        }
        let workspace = self
            .workspace
            .canonicalize()
            .map_err(|source| BuildError::Workspace {
                path: self.workspace.clone(),
                source,
            })?;
        let target_dir = match self.target_dir {
            Some(folder) => folder,
            None => shared_target_dir(std::env::var_os("OUT_DIR"))?,
        };
        toolchain::ensure_target()?;
        run_cargo(&workspace, &self.packages, &target_dir)?;

        let folder = target_dir.join(TARGET).join(PROFILE);
        println!("cargo:rerun-if-env-changed=RUSTUP_TOOLCHAIN");
        watch(&workspace.join("Cargo.toml"));
        watch(&workspace.join("Cargo.lock"));
        self.packages
            .into_iter()
            .map(|package| locate(&folder, package))
            .collect()
    }
}

fn run_cargo(workspace: &Path, packages: &[String], target_dir: &Path) -> Result<(), BuildError> {
    let mut cargo = environment::nested("CARGO", "cargo");
    cargo
        .current_dir(workspace)
        .args(["build", "--quiet", "--profile", PROFILE])
        .args(["--target", TARGET])
        .arg("--target-dir")
        .arg(target_dir);
    for package in packages {
        cargo.args(["--package", package]);
    }
    let output = cargo.output().map_err(|source| BuildError::Start {
        program: cargo.get_program().to_string_lossy().into_owned(),
        source,
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(BuildError::Cargo {
        packages: packages.join(", "),
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Finds a package's component and has its sources watched.
fn locate(folder: &Path, package: String) -> Result<Built, BuildError> {
    let name = package.replace('-', "_");
    let path = folder.join(format!("{name}.wasm"));
    if !path.is_file() {
        return Err(BuildError::NoComponent { package, path });
    }
    let notes = folder.join(format!("{name}.d"));
    let text = std::fs::read_to_string(&notes).map_err(|source| BuildError::DepInfo {
        path: notes.clone(),
        source,
    })?;
    let sources = depinfo::sources(&text);
    let manifests: BTreeSet<PathBuf> = sources.iter().filter_map(|file| manifest(file)).collect();
    for file in manifests.iter().chain(&sources) {
        watch(file);
    }
    Ok(Built { package, path })
}

/// The `Cargo.toml` of the package that a source belongs to.
fn manifest(source: &Path) -> Option<PathBuf> {
    source
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("Cargo.toml"))
        .find(|manifest| manifest.is_file())
}

fn watch(path: &Path) {
    println!("cargo:rerun-if-changed={}", path.display());
}

/// `guests` next to the profile's folder of the outer build, found from the build script's
/// `OUT_DIR`, which is `<target>/<profile>/build/<package>/out` or lies deeper.
fn shared_target_dir(out_dir: Option<OsString>) -> Result<PathBuf, BuildError> {
    let Some(out_dir) = out_dir.map(PathBuf::from) else {
        return Err(BuildError::TargetDir {
            reason: "`OUT_DIR` is not set".to_owned(),
        });
    };
    out_dir
        .ancestors()
        .find(|folder| folder.file_name().is_some_and(|name| name == "build"))
        .and_then(|build| build.parent()?.parent())
        .map(|target| target.join("guests"))
        .ok_or_else(|| BuildError::TargetDir {
            reason: format!(
                "`OUT_DIR` is {}, which is not in a target folder",
                out_dir.display()
            ),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_scripts_share_one_folder() {
        let of = |path: &str| shared_target_dir(Some(OsString::from(path))).unwrap();
        assert_eq!(
            of("/w/target/debug/build/gantry-plugins-0f3a/out"),
            Path::new("/w/target/guests")
        );
        assert_eq!(
            of("/w/target/release/build/gantry-test-guests-77/out"),
            Path::new("/w/target/guests")
        );
    }

    #[test]
    fn a_source_belongs_to_the_nearest_package() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(
            manifest(&here.join("src/lib.rs")),
            Some(here.join("Cargo.toml"))
        );
    }

    #[test]
    fn outside_a_build_script_the_error_names_the_way_out() {
        let error = shared_target_dir(None).unwrap_err().to_string();
        assert!(error.contains("`OUT_DIR` is not set"), "{error}");
        assert!(error.contains("`target_dir`"), "{error}");
    }

    #[test]
    fn a_guest_that_does_not_compile_is_reported_with_the_compilers_words() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path();
        std::fs::write(
            workspace.join("Cargo.toml"),
            "[package]\nname = \"broken\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [lib]\ncrate-type = [\"cdylib\"]\n[profile.guest]\ninherits = \"dev\"\n[workspace]\n",
        )
        .unwrap();
        std::fs::create_dir(workspace.join("src")).unwrap();
        std::fs::write(workspace.join("src/lib.rs"), "fn oops() -> u8 { \"no\" }\n").unwrap();

        let error = Guests::new(workspace)
            .package("broken")
            .target_dir(workspace.join("out"))
            .build()
            .unwrap_err();
        let BuildError::Cargo { packages, output } = &error else {
            panic!("not a compile error: {error}");
        };
        assert_eq!(packages, "broken");
        assert!(output.contains("mismatched types"), "{output}");
        assert!(output.contains("src/lib.rs:1"), "{output}");
    }

    #[test]
    fn a_library_that_is_no_cdylib_is_not_a_guest() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path();
        std::fs::write(
            workspace.join("Cargo.toml"),
            "[package]\nname = \"plain-lib\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [profile.guest]\ninherits = \"dev\"\n[workspace]\n",
        )
        .unwrap();
        std::fs::create_dir(workspace.join("src")).unwrap();
        std::fs::write(workspace.join("src/lib.rs"), "").unwrap();

        let error = Guests::new(workspace)
            .package("plain-lib")
            .target_dir(workspace.join("out"))
            .build()
            .unwrap_err()
            .to_string();
        assert!(error.contains("`plain-lib`"), "{error}");
        assert!(error.contains("plain_lib.wasm"), "{error}");
        assert!(error.contains("crate-type = [\"cdylib\"]"), "{error}");
    }
}
