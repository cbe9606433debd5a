//! What goes when a folder of compiled code becomes too large.
//!
//! Other processes store, renew and remove entries at the same time, so that an entry which is gone
//! meanwhile is none, and no error.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gantry_files::PARTIAL;

/// The extension of an entry.
pub(super) const ENTRY: &str = "code";
/// Bytes of all entries together that are not pinned: some hundred plugins in Rust, or twenty in Python,
/// each for `run` and for `sim`.
pub(super) const MOST_BYTES: u64 = 2 << 30;
/// Nobody takes so long to write an entry.
const ABANDONED: Duration = Duration::from_secs(3600);
/// The last use of an entry is noted as exactly as this, so that not every use writes to the disk.
const USE_STEP: Duration = Duration::from_secs(3600);

/// Notes that an entry was used now. On a disk that cannot be written it is not.
pub(super) fn renew(path: &Path, metadata: &Metadata) {
    let recent = |time: SystemTime| time.elapsed().is_ok_and(|age| age < USE_STEP);
    if metadata.modified().is_ok_and(recent) {
        return;
    }
    let renewed = File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
    if let Err(error) = renewed {
        tracing::debug!(path = %path.display(), "its use is not noted: {error}");
    }
}

/// Removes entries until those that are not to be kept have no more bytes than this, the ones that
/// were not used for the longest time first; and what is left of writers that were cut off.
pub(super) fn evict(folder: &Path, keep: &BTreeSet<String>, most_bytes: u64) -> io::Result<()> {
    let mut entries = Vec::new();
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let Some((path, metadata)) = look(&entry?.path()) else {
            continue;
        };
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        if extension == ENTRY {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !keep.contains(&*name) {
                bytes += metadata.len();
                entries.push((modified, metadata.len(), path));
            }
        } else if extension.starts_with(PARTIAL)
            && modified.elapsed().is_ok_and(|age| age > ABANDONED)
        {
            remove(&path);
        }
    }
    entries.sort();
    for (_, size, path) in entries {
        if bytes <= most_bytes {
            break;
        }
        bytes -= size;
        remove(&path);
    }
    Ok(())
}

/// A file, unless it is gone.
fn look(path: &Path) -> Option<(PathBuf, Metadata)> {
    let metadata = fs::symlink_metadata(path).ok()?;
    Some((path.to_owned(), metadata))
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::debug!(path = %path.display(), "not removed: {error}");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn entry(folder: &Path, name: &str, bytes: usize, days_ago: u32) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, vec![0; bytes]).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - DAY * days_ago)
            .unwrap();
        path
    }

    fn left(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn keep(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first_and_what_is_pinned_never() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        entry(folder, "pinned.code", 1000, 900);
        for (name, days_ago) in [("a.code", 4), ("b.code", 1), ("c.code", 3), ("d.code", 2)] {
            entry(folder, name, 100, days_ago);
        }
        entry(folder, "a.pins", 10, 900);
        evict(folder, &keep(&["pinned.code"]), 400).unwrap();
        assert_eq!(left(folder).len(), 6, "it is not too much");
        evict(folder, &keep(&["pinned.code"]), 250).unwrap();
        let expected = ["a.pins", "b.code", "d.code", "pinned.code"];
        assert_eq!(left(folder), expected);
        evict(folder, &keep(&["pinned.code"]), 0).unwrap();
        assert_eq!(left(folder), ["a.pins", "pinned.code"]);
    }

    #[test]
    fn one_use_makes_an_entry_stay_longer_than_those_that_are_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let used = entry(folder, "used.code", 100, 9);
        entry(folder, "unused.code", 100, 8);
        renew(&used, &fs::metadata(&used).unwrap());
        evict(folder, &keep(&[]), 100).unwrap();
        assert_eq!(left(folder), ["used.code"]);
        // It was just used: that is not written once more.
        let before = fs::metadata(&used).unwrap();
        renew(&used, &before);
        let after = fs::metadata(&used).unwrap();
        assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    }

    #[test]
    fn only_what_a_writer_has_abandoned_is_cleared_away() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        entry(folder, ".a.code.partial-0", 100, 0);
        entry(folder, ".a.code.partial-1", 100, 1);
        evict(folder, &keep(&[]), 0).unwrap();
        assert_eq!(left(folder), [".a.code.partial-0"]);
    }

    #[test]
    fn processes_that_evict_at_once_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for index in 0..400 {
            entry(folder, &format!("{index}.code"), 100, 1);
            entry(folder, &format!(".{index}.code.partial-0"), 100, 1);
        }
        std::thread::scope(|scope| {
            let evicting = (0..4).map(|_| scope.spawn(|| evict(folder, &keep(&[]), 1000)));
            for thread in evicting.collect::<Vec<_>>() {
                thread.join().unwrap().unwrap();
            }
        });
        let left = left(folder);
        assert!(left.len() <= 10, "{left:?}");
        // A folder that cannot be looked into is told.
        evict(&folder.join("missing"), &keep(&[]), 0).unwrap_err();
    }
}
