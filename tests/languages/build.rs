//! Builds the behaviour list in Rust. The other languages need tools of their own: see `components`.

use std::error::Error;

use gantry_guest_build::Guests;

fn main() -> Result<(), Box<dyn Error>> {
    for guest in Guests::new("../..").package("lang-rust").build()? {
        println!("cargo:rustc-env=LANG_RUST={}", guest.path.display());
    }
    Ok(())
}
