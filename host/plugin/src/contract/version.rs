//! The one place that says which version of the contract a component speaks.

use std::fmt;

use serde::Serialize;

/// A version of the contract that this host speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContractVersion {
    /// `gantry:command@0.1`
    V0_1,
}

/// What a plugin exports, in every version.
const EXPORT: &str = "gantry:command/plugin";

/// The interfaces that a plugin may import, in every version so far.
const IMPORTS_0_1: &[&str] = &[
    "clock",
    "commands",
    "config",
    "coroutine",
    "hardware",
    "log",
    "signals",
    "state",
    "triggers",
    "types",
];

impl ContractVersion {
    /// All versions that this host speaks, oldest first.
    pub const ALL: &[ContractVersion] = &[ContractVersion::V0_1];

    /// The version that a component with these exports speaks.
    pub(crate) fn of_exports<'a>(
        exports: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<Self, VersionError> {
        let mut plugin = None;
        for export in exports.clone() {
            match split(export) {
                (EXPORT, Some(version)) => plugin = Some(version),
                (EXPORT, None) => return Err(VersionError::Unsupported("none".to_owned())),
                _ => {}
            }
        }
        let Some(version) = plugin else {
            return Err(VersionError::NotAPlugin(
                exports.map(str::to_owned).collect(),
            ));
        };
        // On 0.x a minor version is what a major one is later: patches are compatible.
        match version.split('.').collect::<Vec<_>>()[..] {
            ["0", "1", patch] if patch.parse::<u32>().is_ok() => Ok(ContractVersion::V0_1),
            _ => Err(VersionError::Unsupported(version.to_owned())),
        }
    }

    /// Whether a plugin of this version may import this interface.
    pub(crate) fn may_import(self, name: &str) -> bool {
        let (interface, version) = split(name);
        let (ContractVersion::V0_1, Some(version)) = (self, version) else {
            return false;
        };
        match interface.strip_prefix("gantry:command/") {
            Some(ours) => version.starts_with("0.1.") && IMPORTS_0_1.contains(&ours),
            None => version.starts_with("0.2.") && crate::wasi::INTERFACES.contains(&interface),
        }
    }
}

impl fmt::Display for ContractVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ContractVersion::V0_1 => f.write_str("gantry:command@0.1"),
        }
    }
}

impl Serialize for ContractVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why no version fits a component.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VersionError {
    /// It does not export what a plugin exports, but these.
    NotAPlugin(Vec<String>),
    /// It is of a version that this host does not speak.
    Unsupported(String),
}

impl std::error::Error for VersionError {}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spoken: Vec<String> = ContractVersion::ALL
            .iter()
            .map(ToString::to_string)
            .collect();
        let spoken = spoken.join(", ");
        match self {
            VersionError::NotAPlugin(exports) => {
                write!(
                    f,
                    "it does not export `{EXPORT}`, so it is not a Gantry plugin (it exports "
                )?;
                match exports.as_slice() {
                    [] => write!(f, "nothing")?,
                    exports => write!(f, "{}", exports.join(", "))?,
                }
                write!(f, "); build it for the world `command-plugin` of {spoken}")
            }
            VersionError::Unsupported(version) => write!(
                f,
                "it speaks version {version} of the contract, and this host speaks {spoken}; \
                 build it for one of these, or run it on another host"
            ),
        }
    }
}

/// A name without its version, and the version.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(exports: &[&str]) -> Result<ContractVersion, String> {
        ContractVersion::of_exports(exports.iter().copied()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_export_decides() {
        assert_eq!(
            version(&["gantry:command/plugin@0.1.0"]),
            Ok(ContractVersion::V0_1)
        );
        assert_eq!(
            version(&["x:y/z", "gantry:command/plugin@0.1.7"]),
            Ok(ContractVersion::V0_1)
        );
    }

    #[test]
    fn another_version_is_named_with_those_that_would_do() {
        let expected = "it speaks version 0.2.0 of the contract, and this host speaks \
                        gantry:command@0.1; build it for one of these, or run it on another host";
        assert_eq!(
            version(&["gantry:command/plugin@0.2.0"]),
            Err(expected.to_owned())
        );
        assert!(version(&["gantry:command/plugin@1.0.0"]).is_err());
        assert!(version(&["gantry:command/plugin@0.1.x"]).is_err());
    }

    #[test]
    fn a_program_is_not_a_plugin() {
        let error = version(&["wasi:cli/run@0.2.6"]).unwrap_err();
        assert!(error.contains("it exports wasi:cli/run@0.2.6"), "{error}");
        assert!(version(&[]).unwrap_err().contains("it exports nothing"));
    }

    #[test]
    fn imports_are_ours_or_wasi() {
        let may = |name| ContractVersion::V0_1.may_import(name);
        assert!(may("gantry:command/coroutine@0.1.0"));
        assert!(may("wasi:sockets/tcp@0.2.0"));
        assert!(!may("gantry:command/coroutine@0.2.0"));
        assert!(!may("gantry:command/sockets@0.1.0"));
        assert!(!may("wasi:http/outgoing-handler@0.2.0"));
        assert!(!may("wasi:cli/stdout@0.3.0"));
        assert!(!may("env"));
    }
}
