//! Compiled code on disk: used when this host wrote it as it is, made again when not, and never from
//! a place that others can write.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use gantry_plugin::{CacheConfig, LoadErrorKind, NotCached, Pool, RuntimeConfig, Stage};
use gantry_test_guests::{HELLO, KEEPS_LOCALS};
use support::{Bench, trusting};

/// A machine, with its secret, that keeps compiled code in this folder.
fn machine(folder: &Path, key: &str) -> RuntimeConfig {
    let mut config = RuntimeConfig::deterministic();
    config.pool = Pool::for_runs(8);
    config.cache = Some(CacheConfig {
        folder: folder.join("code"),
        key: folder.join(key),
        only: false,
    });
    config
}

fn bench(folder: &Path) -> Bench {
    Bench::with(machine(folder, "key"))
}

/// One that compiles nothing.
fn locked(folder: &Path) -> Bench {
    let mut config = machine(folder, "key");
    if let Some(cache) = &mut config.cache {
        cache.only = true;
    }
    Bench::with(config)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder.join("code"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}

/// The entry of a component that is the only one.
fn entry(folder: &Path) -> PathBuf {
    let [entry] = entries(folder).try_into().unwrap();
    entry
}

/// Why a host that compiles nothing does not load the counter.
fn refusal(folder: &Path) -> NotCached {
    let error = locked(folder)
        .load_with("counter", KEEPS_LOCALS, &trusting())
        .unwrap_err();
    assert_eq!(error.stage, Stage::Compile);
    let LoadErrorKind::NotCached(reason) = *error.kind else {
        panic!("{error}");
    };
    let remedy = "`gantry lock` keeps the code, for this machine and this user";
    assert!(error.to_string().contains(remedy), "{error}");
    reason
}

/// An entry that is not what this host wrote is refused by a host that compiles nothing, and is
/// otherwise replaced by what it should be.
#[track_caller]
fn is_discarded(folder: &Path, entry: &Path, sound: &[u8]) {
    assert_eq!(refusal(folder), NotCached::NotOurs);
    bench(folder).load("counter", KEEPS_LOCALS);
    assert!(fs::symlink_metadata(entry).unwrap().is_file());
    assert!(fs::read(entry).unwrap() == sound, "it is not made again");
    locked(folder).load("counter", KEEPS_LOCALS);
}

#[test]
fn compiled_code_is_kept_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let folder = &folder.path().join("made/by/the/runtime");
    let plugin = bench(folder).load("counter", KEEPS_LOCALS);
    let entry = entry(folder);
    let name = entry.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with(plugin.digest()));
    let written = fs::metadata(&entry).unwrap().modified().unwrap();
    let mut again = bench(folder);
    again.load("counter", KEEPS_LOCALS);
    // It was not compiled and written again.
    assert_eq!(fs::metadata(&entry).unwrap().modified().unwrap(), written);
    again.schedule("counter/count");
    again.ticks(1001);
    assert_eq!(
        again.ended("counter/count").as_deref(),
        Some("completed 499500")
    );
}

#[test]
fn a_host_that_compiles_nothing_runs_what_is_cached_and_refuses_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(refusal(folder.path()), NotCached::Missing);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is made"
    );
    bench(folder.path()).load("counter", KEEPS_LOCALS);
    let mut locked = locked(folder.path());
    locked.load("counter", KEEPS_LOCALS);
    locked.schedule("counter/count");
    locked.ticks(1001);
    assert_eq!(
        locked.ended("counter/count").as_deref(),
        Some("completed 499500")
    );
}

#[test]
fn a_damaged_entry_is_discarded() {
    let folder = tempfile::tempdir().unwrap();
    bench(folder.path()).load("counter", KEEPS_LOCALS);
    let entry = entry(folder.path());
    let sound = fs::read(&entry).unwrap();
    let flipped = |at: usize| {
        let mut damaged = sound.clone();
        damaged[at] ^= 1;
        damaged
    };
    for damaged in [
        flipped(0),
        flipped(8),
        flipped(sound.len() / 2),
        flipped(sound.len() - 1),
        sound[..sound.len() / 2].to_vec(),
        sound[..40].to_vec(),
        sound[..8].to_vec(),
        [&sound[..], b"more"].concat(),
        Vec::new(),
    ] {
        fs::write(&entry, damaged).unwrap();
        is_discarded(folder.path(), &entry, &sound);
    }
}

#[test]
fn the_entry_of_another_component_under_this_name_is_discarded() {
    let folder = tempfile::tempdir().unwrap();
    bench(folder.path()).load("counter", KEEPS_LOCALS);
    let entry = entry(folder.path());
    let sound = fs::read(&entry).unwrap();
    bench(folder.path()).load("hello", HELLO);
    let others = entries(folder.path());
    let other = others.iter().find(|other| **other != entry).unwrap();
    fs::copy(other, &entry).unwrap();
    is_discarded(folder.path(), &entry, &sound);
}

#[test]
fn the_entry_of_another_configuration_under_this_name_is_discarded() {
    let folder = tempfile::tempdir().unwrap();
    bench(folder.path()).load("counter", KEEPS_LOCALS);
    let entry = entry(folder.path());
    let sound = fs::read(&entry).unwrap();
    let real_time = RuntimeConfig {
        preemption: RuntimeConfig::default().preemption,
        ..machine(folder.path(), "key")
    };
    Bench::with(real_time).load("counter", KEEPS_LOCALS);
    let others = entries(folder.path());
    assert_eq!(others.len(), 2, "it has an entry of its own");
    let other = others.iter().find(|other| **other != entry).unwrap();
    fs::copy(other, &entry).unwrap();
    is_discarded(folder.path(), &entry, &sound);
}

#[test]
fn an_entry_that_was_made_without_the_secret_is_discarded() {
    let folder = tempfile::tempdir().unwrap();
    bench(folder.path()).load("counter", KEEPS_LOCALS);
    let entry = entry(folder.path());
    let sound = fs::read(&entry).unwrap();
    // Another machine's, the same in everything but the secret.
    fs::remove_file(&entry).unwrap();
    Bench::with(machine(folder.path(), "another-key")).load("counter", KEEPS_LOCALS);
    let foreign = fs::read(&entry).unwrap();
    assert_eq!(foreign[40..], sound[40..], "the very code");
    is_discarded(folder.path(), &entry, &sound);
    // Code with the digest that everybody can compute.
    let code = b"\x7fELF what an attacker compiled";
    let digest = <sha2::Sha256 as sha2::Digest>::digest(code);
    fs::write(&entry, [b"gantry\x00\x02", &digest[..], code].concat()).unwrap();
    is_discarded(folder.path(), &entry, &sound);
}

#[cfg(unix)]
mod places {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use gantry_plugin::{Runtime, RuntimeError};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Why there is no runtime with this folder.
    #[track_caller]
    fn refused(folder: &Path) -> String {
        match Runtime::new(machine(folder, "key")) {
            Err(error @ RuntimeError::Cache(_)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_folder_and_the_secret_are_made_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        bench(folder.path()).load("counter", KEEPS_LOCALS);
        assert_eq!(mode(&folder.path().join("code")), 0o700);
        assert_eq!(mode(&folder.path().join("key")), 0o600);
        assert_eq!(mode(&entry(folder.path())), 0o600);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }

    #[test]
    fn a_folder_that_others_can_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let code = folder.path().join("code");
        fs::create_dir(&code).unwrap();
        for open in [0o777, 0o770, 0o720, 0o1777] {
            set_mode(&code, open);
            let error = refused(folder.path());
            assert!(error.contains("code is open to others"), "{error}");
        }
        set_mode(&code, 0o755);
        bench(folder.path()).load("counter", KEEPS_LOCALS);
    }

    #[test]
    fn a_link_in_place_of_the_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, folder.path().join("code")).unwrap();
        let error = refused(folder.path());
        assert!(
            error.contains("code is a symbolic link, and a folder is wanted"),
            "{error}"
        );
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }

    #[test]
    fn a_link_in_place_of_an_entry_is_discarded() {
        let folder = tempfile::tempdir().unwrap();
        bench(folder.path()).load("counter", KEEPS_LOCALS);
        let entry = entry(folder.path());
        let sound = fs::read(&entry).unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::rename(&entry, &elsewhere).unwrap();
        symlink(&elsewhere, &entry).unwrap();
        is_discarded(folder.path(), &entry, &sound);
        assert!(elsewhere.exists(), "what it led to is as it was");
    }

    #[test]
    fn a_secret_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        bench(folder.path());
        let key = folder.path().join("key");
        let secret = fs::read(&key).unwrap();
        for open in [0o640, 0o604, 0o660] {
            set_mode(&key, open);
            let error = refused(folder.path());
            assert!(error.contains("key is open to others"), "{error}");
        }
        set_mode(&key, 0o600);
        for wrong in [
            &secret[..secret.len() - 1],
            b"",
            &[&secret[..], b"x"].concat(),
        ] {
            fs::write(&key, wrong).unwrap();
            let error = refused(folder.path());
            assert!(error.contains("key does not hold"), "{error}");
        }
        fs::remove_file(&key).unwrap();
        symlink("/dev/zero", &key).unwrap();
        let error = refused(folder.path());
        assert!(error.contains("key is a symbolic link"), "{error}");
    }

    #[test]
    fn a_secret_in_a_folder_that_others_can_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        set_mode(folder.path(), 0o777);
        let error = refused(folder.path());
        assert!(error.contains("is open to others"), "{error}");
    }

    #[test]
    fn one_secret_is_made_however_many_start_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let made: Vec<_> = std::thread::scope(|scope| {
            let starts = (0..4).map(|_| {
                scope.spawn(|| {
                    Runtime::new(machine(folder.path(), "key")).unwrap();
                    fs::read(folder.path().join("key")).unwrap()
                })
            });
            let starts: Vec<_> = starts.collect();
            starts
                .into_iter()
                .map(|start| start.join().unwrap())
                .collect()
        });
        assert!(made.iter().all(|secret| *secret == made[0]));
    }
}
