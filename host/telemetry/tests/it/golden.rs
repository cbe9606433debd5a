//! Files that say what comes out. `GANTRY_BLESS=1` writes them anew.

use std::path::Path;

/// Compares with the golden file of this name.
#[track_caller]
pub(crate) fn check(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("GANTRY_BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "{name} is different now; see what changed with GANTRY_BLESS=1 and your diff tool.\n{actual}"
    );
}
