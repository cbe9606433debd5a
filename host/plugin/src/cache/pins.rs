//! Which entries the locks of robots need.
//!
//! Beside the entries is a list per lock, called after the lock's path: that path, then the names of
//! the entries, a line each. An entry in a list is never evicted. A list is forgotten when its lock has been
//! gone for [`FORGOTTEN`], and not sooner: a robot's disk may only be unplugged.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gantry_files::PRIVATE;
use sha2::{Digest, Sha256};

use super::{eviction, private};
use crate::load::hexadecimal;

/// The extension of a list.
const LIST: &str = "pins";
/// So long after its last use the list of a lock is kept that is not there.
const FORGOTTEN: Duration = Duration::from_secs(100 * 86_400);
/// No list has more bytes: a line of a hundred for each of a robot's plugins, twice.
const MOST_BYTES: usize = 16 << 20;

/// The entries of a folder of compiled code that the locks of robots need.
#[derive(Clone, Debug)]
pub struct Pins {
    folder: PathBuf,
}

impl Pins {
    /// Those of a folder of compiled code.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The names of the entries that a lock needs; none if nothing is known of it.
    pub fn of(&self, lock: &Path) -> BTreeSet<String> {
        match read(&self.list(lock)) {
            Some((path, names)) if path == shown(lock) => names,
            _ => BTreeSet::new(),
        }
    }

    /// Notes what a lock needs, in place of what it needed before.
    ///
    /// # Errors
    ///
    /// If the folder cannot be written.
    pub fn set(&self, lock: &Path, names: &BTreeSet<String>) -> io::Result<()> {
        private::folder(&self.folder).map_err(io::Error::other)?;
        let mut text = shown(lock);
        for name in names {
            text.push('\n');
            text.push_str(name);
        }
        text.push('\n');
        gantry_files::replace(&self.list(lock), PRIVATE, text.as_bytes())
    }

    /// Notes that a robot was started with a lock, which needs these entries. Where nothing can be
    /// written, it is not noted.
    pub fn renew(&self, lock: &Path, names: &BTreeSet<String>) {
        let list = self.list(lock);
        let mut known = self.of(lock);
        if names.is_subset(&known) {
            if let Ok(metadata) = fs::metadata(&list) {
                eviction::renew(&list, &metadata);
            }
            return;
        }
        // The robot was moved or copied after it was locked.
        known.extend(names.iter().cloned());
        if let Err(error) = self.set(lock, &known) {
            tracing::debug!(list = %list.display(), "its use is not noted: {error}");
        }
    }

    /// The names of the entries that any lock needs. Lists of locks that have been gone for long are
    /// removed.
    pub(super) fn all(&self) -> io::Result<BTreeSet<String>> {
        let mut all = BTreeSet::new();
        for entry in fs::read_dir(&self.folder)? {
            let list = entry?.path();
            if list.extension().is_none_or(|extension| extension != LIST) {
                continue;
            }
            let Some((lock, names)) = read(&list) else {
                continue;
            };
            if is_forgotten(&list, Path::new(&lock)) {
                // Best effort: another process may have been faster.
                let _ = fs::remove_file(&list);
                continue;
            }
            all.extend(names);
        }
        Ok(all)
    }

    fn list(&self, lock: &Path) -> PathBuf {
        let digest = hexadecimal(&Sha256::digest(lock.as_os_str().as_encoded_bytes()));
        self.folder.join(format!("{digest}.{LIST}"))
    }
}

/// A path in one line, itself if it is text without line breaks.
fn shown(path: &Path) -> String {
    match path.to_str() {
        Some(text) if !text.contains('\n') => text.to_owned(),
        _ => format!("{path:?}"),
    }
}

fn read(list: &Path) -> Option<(String, BTreeSet<String>)> {
    let bytes = crate::load::read_at_most(list, MOST_BYTES).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut lines = text.lines().map(str::to_owned);
    Some((lines.next()?, lines.collect()))
}

fn is_forgotten(list: &Path, lock: &Path) -> bool {
    let unused = |time: SystemTime| time.elapsed().is_ok_and(|age| age > FORGOTTEN);
    let modified = fs::metadata(list).and_then(|metadata| metadata.modified());
    // A path that is not text is not known well enough.
    modified.is_ok_and(unused) && lock.is_absolute() && !lock.exists()
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn each_lock_has_a_list_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let pins = Pins::new(&folder.path().join("locked"));
        let (one, other) = (Path::new("/robot/a.lock"), Path::new("/robot/b\n.lock"));
        assert_eq!(pins.of(one), names(&[]));
        pins.set(one, &names(&["1.code", "2.code"])).unwrap();
        pins.set(other, &names(&["2.code", "3.code"])).unwrap();
        assert_eq!(pins.of(one), names(&["1.code", "2.code"]));
        assert_eq!(pins.of(other), names(&["2.code", "3.code"]));
        assert_eq!(pins.all().unwrap(), names(&["1.code", "2.code", "3.code"]));
        pins.set(other, &names(&[])).unwrap();
        assert_eq!(pins.all().unwrap(), names(&["1.code", "2.code"]));
    }

    #[test]
    fn the_list_of_a_lock_that_is_gone_is_forgotten_after_long_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let pins = Pins::new(&folder.path().join("locked"));
        let [there, gone, unplugged] = ["there", "gone", "unplugged"].map(|name| {
            let lock = folder.path().join(name);
            pins.set(&lock, &names(&[name])).unwrap();
            lock
        });
        fs::write(&there, "").unwrap();
        let long_ago = SystemTime::now() - FORGOTTEN - Duration::from_secs(60);
        for lock in [&there, &gone] {
            let list = File::options().write(true).open(pins.list(lock));
            list.unwrap().set_modified(long_ago).unwrap();
        }
        assert_eq!(pins.all().unwrap(), names(&["there", "unplugged"]));
        assert!(!pins.list(&gone).exists() && pins.list(&unplugged).exists());
    }
}
