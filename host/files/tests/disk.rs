//! Files on a real disk.

use std::fs;
use std::io;
use std::path::Path;

use gantry_files::{PRIVATE, Partial, SHARED, create, replace};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_is_replaced_and_a_new_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lock");
    replace(&path, SHARED, b"one").unwrap();
    replace(&path, SHARED, b"two").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    let error = create(&path, SHARED, b"three").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    create(&folder.path().join("b.key"), PRIVATE, b"secret").unwrap();
    assert_eq!(names(folder.path()), ["a.lock", "b.key"]);
    assert_eq!(fs::read(&path).unwrap(), b"two");
}

#[cfg(unix)]
#[test]
fn permissions_are_those_that_are_asked_for() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.key");
    create(&path, PRIVATE, b"secret").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    // The bytes are as secret before they have their name.
    let partial = Partial::write(&path, PRIVATE, &[b"another"]).unwrap();
    assert_eq!(mode(partial.path()), 0o600);
}

#[test]
fn what_is_not_given_its_name_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lock");
    let partial = Partial::write(&path, SHARED, &[b"one", b"two"]).unwrap();
    assert_eq!(fs::read(partial.path()).unwrap(), b"onetwo");
    assert_eq!(partial.path().parent(), path.parent());
    drop(partial);
    assert_eq!(names(folder.path()).len(), 0);
    // A name that cannot be taken.
    fs::create_dir(&path).unwrap();
    replace(&path, SHARED, b"one").unwrap_err();
    create(&path, SHARED, b"one").unwrap_err();
    assert_eq!(names(folder.path()), ["a.lock"]);
    replace(&folder.path().join(".."), SHARED, b"one").unwrap_err();
    replace(&folder.path().join("missing/a"), SHARED, b"one").unwrap_err();
}
