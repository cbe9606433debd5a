//! The environment of a program that a build script starts.

use std::process::Command;

/// What the outer cargo says to a build script, or was told about its own build, and a nested
/// cargo would take as said to itself: flags and wrappers for the outer target (clippy's wrapper
/// among them), the outer target itself, and the job server of a build that is not this one.
const OUTER: [&str; 17] = [
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_MAKEFLAGS",
    "CARGO_TARGET_DIR",
    "CLIPPY_ARGS",
    "MAKEFLAGS",
    "MFLAGS",
    "OUT_DIR",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
    "TARGET",
    "__CARGO_DEFAULT_LIB_METADATA",
];
const OUTER_PREFIXES: [&str; 6] = [
    "CARGO_CFG_",
    "CARGO_FEATURE_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PROFILE_",
    "DEP_",
];

/// A command for the program that `variable` names (which keeps it in the outer toolchain), or
/// else for `fallback`, that sees nothing of the outer build.
pub fn nested(variable: &str, fallback: &str) -> Command {
    let program = std::env::var_os(variable).unwrap_or_else(|| fallback.into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_outer) {
            command.env_remove(&name);
        }
    }
    command
}

fn is_outer(name: &str) -> bool {
    OUTER.contains(&name) || OUTER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toolchain_and_the_registry_stay_what_they_are() {
        for name in [
            "RUSTUP_TOOLCHAIN",
            "CARGO_HOME",
            "CARGO_NET_OFFLINE",
            "CARGO_BUILD_JOBS",
            "PATH",
        ] {
            assert!(!is_outer(name), "{name}");
        }
    }

    #[test]
    fn nothing_of_the_outer_build_is_left() {
        for name in [
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_TARGET_DIR",
            "RUSTC_WORKSPACE_WRAPPER",
            "CARGO_CFG_TARGET_ARCH",
        ] {
            assert!(is_outer(name), "{name}");
        }
    }
}
