//! Reads the files in `tests/config`: the good ones as they are meant, the bad ones with exactly
//! the messages next to them. `GANTRY_BLESS=1 cargo test -p gantry --test config` writes those.

use std::fs;
use std::path::{Path, PathBuf};

use gantry::config::{ConfigErrors, RobotConfig};

#[test]
fn bad_files_get_their_messages() {
    let bless = std::env::var_os("GANTRY_BLESS").is_some();
    let mut differing = Vec::new();
    let files = toml_files("bad");
    assert!(files.len() > 20, "the bad files are gone");
    for file in files {
        let expected = file.with_extension("stderr");
        let Err(errors) = read(&file) else {
            differing.push(format!("{} was accepted", file.display()));
            continue;
        };
        let shown = format!("{errors}\n");
        if bless {
            fs::write(&expected, &shown).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            differing.push(format!("{} now gives\n\n{shown}", file.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn no_message_is_left_without_its_file() {
    for entry in fs::read_dir(folder("bad")).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.with_extension("toml").exists(), "{}", path.display());
    }
}

#[test]
fn good_files_are_accepted_without_warnings() {
    for file in toml_files("good") {
        let config = read(&file).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(config.warnings, [], "{}", file.display());
    }
}

fn read(file: &Path) -> Result<RobotConfig, ConfigErrors> {
    let text = fs::read_to_string(file).unwrap();
    RobotConfig::parse("robot.toml", text)
}

fn toml_files(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(kind)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files
}

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/config")
        .join(kind)
}
