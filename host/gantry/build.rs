//! Puts the SDKs and their hello plugins into the binary, for `gantry new` and `gantry build`.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

/// What is embedded, from the repository's root: files, and folders with all that is in them.
const PARTS: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "docs/robot-toml.md",
    "guest-sdk/c/README.md",
    "guest-sdk/c/bindings",
    "guest-sdk/c/build.py",
    "guest-sdk/c/gantry.h",
    "guest-sdk/c/hello/hello.c",
    "guest-sdk/c/hello/robot.toml",
    "guest-sdk/c/requirements.txt",
    "guest-sdk/c/src",
    "guest-sdk/c/wasi",
    "guest-sdk/cpp/README.md",
    "guest-sdk/cpp/gantry",
    "guest-sdk/cpp/gantry.hpp",
    "guest-sdk/cpp/hello/hello.cpp",
    "guest-sdk/cpp/hello/robot.toml",
    "guest-sdk/cpp/src",
    "guest-sdk/javascript/README.md",
    "guest-sdk/javascript/build",
    "guest-sdk/javascript/hello/hello.js",
    "guest-sdk/javascript/hello/package.json",
    "guest-sdk/javascript/hello/robot.toml",
    "guest-sdk/javascript/package-lock.json",
    "guest-sdk/javascript/package.json",
    "guest-sdk/javascript/src",
    "guest-sdk/javascript/wit/random.wit",
    "guest-sdk/javascript/wit/world.wit",
    "guest-sdk/python/README.md",
    "guest-sdk/python/hello/hello.py",
    "guest-sdk/python/hello/pyproject.toml",
    "guest-sdk/python/hello/robot.toml",
    "guest-sdk/python/pyproject.toml",
    "guest-sdk/python/src/gantry",
    "guest-sdk/rust/Cargo.toml",
    "guest-sdk/rust/README.md",
    "guest-sdk/rust/hello/Cargo.toml",
    "guest-sdk/rust/hello/robot.toml",
    "guest-sdk/rust/hello/src/lib.rs",
    "guest-sdk/rust/macros/Cargo.toml",
    "guest-sdk/rust/macros/src",
    "guest-sdk/rust/src",
    "wit/command",
];
/// What Python leaves beside its modules.
const CACHE: &str = "__pycache__";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .join("../..")
        .canonicalize()?;
    let mut files = Vec::new();
    for part in PARTS {
        collect(&root, part, &mut files)?;
    }
    let mut table = String::from("&[\n");
    for file in files {
        let path = root.join(&file);
        println!("cargo:rerun-if-changed={}", path.display());
        writeln!(table, "    ({file:?}, include_bytes!({path:?})),")?;
    }
    table.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("embedded.rs"), table)?;
    Ok(())
}

/// The files of a part, in the order of their names. Links are followed.
fn collect(root: &Path, part: &str, files: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    let path = root.join(part);
    let about = fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    if !about.is_dir() {
        files.push(part.to_owned());
        return Ok(());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(&path)? {
        let name = entry?.file_name();
        names.push(
            name.into_string()
                .map_err(|name| format!("{name:?} is not UTF-8"))?,
        );
    }
    names.sort();
    // A folder is watched for new files, unless others than people write into it.
    if !names.iter().any(|name| name == CACHE) {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    for name in names.iter().filter(|name| *name != CACHE) {
        collect(root, &format!("{part}/{name}"), files)?;
    }
    Ok(())
}
