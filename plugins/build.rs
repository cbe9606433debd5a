//! Builds the example plugins and writes a constant for each.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use gantry_guest_build::Guests;

const PLUGINS: [&str; 4] = ["autos", "drivetrain", "leds", "superstructure"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    let mut guests = Guests::new("..");
    for plugin in PLUGINS {
        guests = guests.package(plugin);
    }

    let mut constants = String::new();
    let mut all = String::new();
    for guest in guests.build()? {
        let (name, constant) = (&guest.package, guest.package.to_uppercase());
        writeln!(constants, "/// The plugin `plugins/{name}`.")?;
        writeln!(
            constants,
            "pub const {constant}: &[u8] = include_bytes!({:?});",
            guest.path
        )?;
        writeln!(all, "    ({name:?}, {constant}),")?;
    }
    writeln!(constants, "/// Every example plugin with its name, sorted.")?;
    writeln!(constants, "pub const ALL: &[(&str, &[u8])] = &[\n{all}];")?;
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("plugins.rs"),
        constants,
    )?;
    Ok(())
}
