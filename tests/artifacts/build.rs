//! Builds every guest in `tests/guests`, and the guide's examples, and writes a constant for each.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use gantry_guest_build::Guests;

/// What a test guest's package is called in front of its folder's name.
const PREFIX: &str = "test-guest-";

/// The package of the guide's examples.
const PATTERNS: &str = "patterns";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("../guests");
    // A new folder is a new guest.
    println!("cargo:rerun-if-changed={}", folder.display());

    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().into_string().map_err(|name| {
                format!("the folder {name:?} in tests/guests has no readable name")
            })?);
        }
    }
    names.sort();

    let mut guests = Guests::new("../..");
    for name in &names {
        guests = guests.package(format!("{PREFIX}{name}"));
    }
    let built = guests.package(PATTERNS).build()?;
    let (patterns, built) = built.split_last().ok_or("no guest was built")?;

    let mut constants = String::new();
    let mut all = String::new();
    writeln!(
        constants,
        "/// The examples of the guide, `plugins/patterns/rust`.\n\
         pub const PATTERNS: &[u8] = include_bytes!({:?});",
        patterns.path
    )?;
    for (name, guest) in names.iter().zip(built) {
        let constant = name.replace('-', "_").to_uppercase();
        writeln!(constants, "/// The guest `tests/guests/{name}`.")?;
        writeln!(
            constants,
            "pub const {constant}: &[u8] = include_bytes!({:?});",
            guest.path
        )?;
        writeln!(all, "    ({name:?}, {constant}),")?;
    }
    writeln!(
        constants,
        "/// Every test guest with its folder's name, sorted."
    )?;
    writeln!(constants, "pub const ALL: &[(&str, &[u8])] = &[\n{all}];")?;
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("guests.rs"),
        constants,
    )?;
    Ok(())
}
