//! Compiled code on disk: used when it is sound, made again when it is not.

mod support;

use std::path::Path;

use gantry_plugin::{Pool, RuntimeConfig};
use gantry_test_guests::KEEPS_LOCALS;
use support::Bench;

fn bench(cache: &Path) -> Bench {
    let mut config = RuntimeConfig::deterministic();
    config.pool = Pool::for_runs(8);
    config.cache = Some(cache.to_owned());
    Bench::with(config)
}

fn entries(cache: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(cache)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

#[test]
fn compiled_code_is_kept_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("made/by/the/runtime");
    let plugin = bench(&cache).load("counter", KEEPS_LOCALS);
    let [entry] = entries(&cache).try_into().unwrap();
    assert!(
        entry
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with(plugin.digest())
    );
    let written = std::fs::metadata(&entry).unwrap().modified().unwrap();
    let mut again = bench(&cache);
    again.load("counter", KEEPS_LOCALS);
    // It was not compiled and written again.
    assert_eq!(
        std::fs::metadata(&entry).unwrap().modified().unwrap(),
        written
    );
    again.schedule("counter/count");
    again.ticks(1001);
    assert_eq!(
        again.ended("counter/count").as_deref(),
        Some("completed 499500")
    );
}

#[test]
fn a_damaged_entry_is_compiled_again() {
    let folder = tempfile::tempdir().unwrap();
    bench(folder.path()).load("counter", KEEPS_LOCALS);
    let [entry] = entries(folder.path()).try_into().unwrap();
    let sound = std::fs::read(&entry).unwrap();
    let mut damaged = sound.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for damaged in [damaged, sound[..sound.len() / 2].to_vec(), Vec::new()] {
        std::fs::write(&entry, damaged).unwrap();
        bench(folder.path()).load("counter", KEEPS_LOCALS);
        assert_eq!(std::fs::read(&entry).unwrap(), sound);
    }
}

#[test]
fn another_configuration_has_an_entry_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    bench(folder.path()).load("counter", KEEPS_LOCALS);
    let real_time = RuntimeConfig {
        pool: Pool::for_runs(8),
        cache: Some(folder.path().to_owned()),
        ..RuntimeConfig::default()
    };
    Bench::with(real_time).load("counter", KEEPS_LOCALS);
    assert_eq!(entries(folder.path()).len(), 2);
}

#[cfg(unix)]
#[test]
fn the_folder_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    bench(folder.path());
    let mode = std::fs::metadata(folder.path())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}
