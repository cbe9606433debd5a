//! The arrows of ARCHITECTURE.md, read off the manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::Table;

/// Which of our crates each crate may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("gantry-scheduler", &[]),
    ("gantry-hardware", &[]),
    ("gantry-files", &[]),
    (
        "gantry-plugin",
        &["gantry-files", "gantry-scheduler", "gantry-hardware"],
    ),
    ("gantry-telemetry", &["gantry-scheduler"]),
    (
        "gantry",
        &[
            "gantry-files",
            "gantry-scheduler",
            "gantry-hardware",
            "gantry-plugin",
            "gantry-telemetry",
            "gantry-plugins",
            "gantry-guest-build",
        ],
    ),
    (
        "gantry-languages",
        &["gantry-hardware", "gantry-plugin", "gantry-scheduler"],
    ),
    (
        "gantry-fuzz",
        &[
            "gantry",
            "gantry-hardware",
            "gantry-invariants",
            "gantry-plugin",
            "gantry-plugins",
            "gantry-scenario",
            "gantry-scheduler",
            "gantry-telemetry",
            "gantry-test-guests",
        ],
    ),
    ("gantry-script", &[]),
    ("gantry-invariants", &["gantry-scheduler"]),
    (
        "gantry-scenario",
        &["gantry-scheduler", "gantry-invariants", "gantry-script"],
    ),
    (
        "gantry-conformance",
        &[
            "gantry-scheduler",
            "gantry-hardware",
            "gantry-plugin",
            "gantry-scenario",
            "gantry-script",
            "gantry-test-guests",
        ],
    ),
    ("gantry-sdk", &["gantry-sdk-macros"]),
    ("gantry-sdk-macros", &[]),
    ("gantry-guest-build", &[]),
    ("gantry-plugins", &[]),
    ("gantry-test-guests", &[]),
];

#[test]
fn dependencies_follow_the_arrows() {
    let manifests = manifests();
    let ours: BTreeSet<&str> = manifests.keys().map(String::as_str).collect();
    for (name, (path, manifest)) in &manifests {
        let used: BTreeSet<&str> = dependencies(manifest)
            .filter(|dependency| ours.contains(dependency))
            .collect();
        let allowed: BTreeSet<&str> = match ARROWS.iter().find(|(from, _)| from == name) {
            Some((_, to)) => to.iter().copied().collect(),
            None if is_guest(path) => BTreeSet::from(["gantry-sdk", "gantry-script"]),
            None => panic!("{name} is not in the table of arrows: say what it may depend on"),
        };
        let wrong: Vec<&&str> = used.difference(&allowed).collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
    }
}

#[test]
fn one_crate_names_wasmtime() {
    let manifests = manifests();
    let named: Vec<&String> = manifests
        .iter()
        .filter(|(_, (_, manifest))| {
            dependencies(manifest).any(|dependency| dependency.starts_with("wasmtime"))
        })
        .map(|(name, _)| name)
        .collect();
    assert_eq!(named, ["gantry-plugin"]);
}

/// What a crate's code depends on; what only its build script or tests need is not an arrow.
fn dependencies(manifest: &Table) -> impl Iterator<Item = &str> {
    let tables = manifest
        .get("dependencies")
        .and_then(|table| table.as_table());
    tables.into_iter().flatten().map(|(name, _)| name.as_str())
}

fn is_guest(path: &Path) -> bool {
    let path = path.strip_prefix(root()).unwrap_or(path);
    let guests = ["plugins", "tests/guests", "tests/languages/rust"];
    guests.iter().any(|folder| path.starts_with(folder))
}

/// The members of the workspace: name to folder and manifest.
fn manifests() -> BTreeMap<String, (PathBuf, Table)> {
    let workspace = read(&root().join("Cargo.toml"));
    let members = workspace["workspace"]["members"]
        .as_array()
        .expect("members");
    let mut manifests = BTreeMap::new();
    for member in members {
        let member = member.as_str().expect("a member's path");
        let folders = match member.strip_suffix("/*") {
            Some(parent) => {
                let entries = std::fs::read_dir(root().join(parent)).expect("a folder of members");
                entries
                    .map(|entry| entry.expect("an entry").path())
                    .collect()
            }
            None => vec![root().join(member)],
        };
        for folder in folders {
            let manifest = read(&folder.join("Cargo.toml"));
            let name = manifest["package"]["name"]
                .as_str()
                .expect("a name")
                .to_owned();
            manifests.insert(name, (folder, manifest));
        }
    }
    assert!(
        manifests.len() > 10,
        "found only {} members",
        manifests.len()
    );
    manifests
}

fn read(path: &Path) -> Table {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the workspace")
}
