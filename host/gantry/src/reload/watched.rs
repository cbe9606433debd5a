//! One plugin's files, and what was seen of them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use gantry_plugin::Source;

use crate::config::PluginConfig;

/// File systems note the times of changes in steps of up to 2 s: a file that was read sooner after
/// its last change is read once more then, even if it looks the same.
const TIME_STEP: Duration = Duration::from_secs(2);
/// Tools remove a file before they write it anew: for so long nothing is said.
const GRACE: Duration = Duration::from_secs(1);

/// A plugin's component with its signature, and what was seen of them.
pub(super) struct Watched {
    pub(super) name: String,
    file: PathBuf,
    /// What they looked like at the last look, and since when.
    seen: Option<(Stamps, Instant)>,
    /// What they looked like when they were last read, and whether any change since would show.
    read: Option<(Stamps, bool)>,
    /// Digest of the component that is loaded.
    loaded: String,
    /// What was refused last, and what the files looked like then. It is told once, and forgotten
    /// when either file changes.
    refused: Option<(Stamps, Refused)>,
}

/// What is told once.
#[derive(PartialEq, Eq)]
enum Refused {
    /// A component by its digest, with its signature.
    Content(String, Option<String>),
    /// Files that cannot be read, and why.
    Unreadable(String),
}

/// What can be seen of a component and its signature without reading them.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Stamps {
    component: Result<Stamp, String>,
    signature: Option<Stamp>,
}

/// What can be seen of a file without reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    /// Another one when the file was replaced by renaming.
    inode: u64,
    is_file: bool,
}

impl Watched {
    pub(super) fn new(plugin: &PluginConfig, digest: &str) -> Self {
        Self {
            name: plugin.name.clone(),
            file: plugin.file.clone(),
            seen: None,
            read: None,
            loaded: digest.to_owned(),
            refused: None,
        }
    }

    /// Notes that the component of this digest has taken the place of the one before.
    pub(super) fn is_loaded(&mut self, digest: String) {
        self.loaded = digest;
        self.refused = None;
    }

    /// Whether the files are not those any more that were read last. What is made of those is of no
    /// use then, and the files are looked at as if they had not been read.
    pub(super) fn is_outdated(&mut self) -> bool {
        let now = Stamps::of(&self.file);
        let outdated = self.read.as_ref().is_none_or(|(read, _)| *read != now);
        if outdated {
            self.read = None;
            self.refused = None;
        }
        outdated
    }

    /// The plugin's files, if they are others than those that are loaded and than those that were
    /// refused; or why they cannot be read.
    pub(super) fn look(&mut self) -> Option<Result<Source, String>> {
        let now = Stamps::of(&self.file);
        let since = match &self.seen {
            Some((before, since)) if *before == now => *since,
            _ => {
                // It may be in the middle of being written.
                self.seen = Some((now, Instant::now()));
                return None;
            }
        };
        if let Err(reason) = &now.component {
            if since.elapsed() < GRACE {
                return None;
            }
            let reason = reason.clone();
            return self.refuse(now, Refused::Unreadable(reason.clone()), Err(reason));
        }
        let settled = since.elapsed() > TIME_STEP;
        let is_read = |read: &(Stamps, bool)| read.0 == now && (read.1 || read.1 == settled);
        if self.read.as_ref().is_some_and(is_read) {
            return None;
        }
        let source = match Source::read(self.name.as_str(), &self.file) {
            Ok(source) => source,
            Err(error) => {
                let reason = error.kind.to_string();
                return self.refuse(now, Refused::Unreadable(reason.clone()), Err(reason));
            }
        };
        if Stamps::of(&self.file) != now {
            // It was changed while it was read: the next looks will see.
            return None;
        }
        self.read = Some((now.clone(), settled));
        let digest = source.digest();
        if digest == self.loaded {
            self.refused = None;
            return None;
        }
        let content = Refused::Content(digest, source.signature.clone());
        self.refuse(now, content, Ok(source))
    }

    /// What has come out, unless that was told already of these files. What is loaded after all is
    /// not refused, and is not looked at again for being loaded.
    fn refuse<T>(&mut self, files: Stamps, what: Refused, told: T) -> Option<T> {
        let refused = Some((files, what));
        if self.refused == refused {
            return None;
        }
        self.refused = refused;
        Some(told)
    }
}

impl Stamps {
    fn of(component: &Path) -> Self {
        let stamp = Stamp::of(component);
        Self {
            component: match stamp {
                Ok(stamp) if !stamp.is_file => Err("it is not a file".to_owned()),
                Ok(stamp) => Ok(stamp),
                Err(error) => Err(error.to_string()),
            },
            // What is wrong with it is told when it is read.
            signature: Stamp::of(&Source::signature_path(component)).ok(),
        }
    }
}

impl Stamp {
    fn of(file: &Path) -> std::io::Result<Self> {
        let metadata = std::fs::metadata(file)?;
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Ok(Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            inode,
            is_file: metadata.is_file(),
        })
    }
}
