//! The compiler's target for guests.

use std::path::Path;

use crate::BuildError;
use crate::environment;

/// What guests are compiled for: a `cdylib` becomes a component.
pub const TARGET: &str = "wasm32-wasip2";

/// Makes sure that the compiler has a standard library for [`TARGET`], and installs it with
/// rustup if it has not.
///
/// # Errors
///
/// When there is no compiler, or no rustup, or it has no network.
pub fn ensure_target() -> Result<(), BuildError> {
    if is_installed()? {
        return Ok(());
    }
    let missing = |reason: String| BuildError::TargetMissing {
        reason,
        command: format!("rustup target add {TARGET}"),
    };
    let output = environment::nested("RUSTUP", "rustup")
        .args(["target", "add", TARGET])
        .output()
        .map_err(|error| missing(format!("`rustup` cannot be run ({error})")))?;
    if output.status.success() {
        return Ok(());
    }
    Err(missing(
        String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    ))
}

/// Whether the compiler has a standard library for [`TARGET`].
///
/// # Errors
///
/// When there is no compiler.
pub fn is_installed() -> Result<bool, BuildError> {
    let mut rustc = environment::nested("RUSTC", "rustc");
    let output = rustc
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .map_err(|source| BuildError::Start {
            program: rustc.get_program().to_string_lossy().into_owned(),
            source,
        })?;
    let folder = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success() && Path::new(folder.trim()).is_dir())
}
