//! A file system that forgets what was not synced, as a disk does whose power fails.
#![allow(dead_code, missing_docs, unreachable_pub)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// One operation. Files are numbered in the order in which they are opened for writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Makes a file, or opens one that is there and empties it.
    Open {
        path: PathBuf,
        file: usize,
    },
    Write {
        file: usize,
        bytes: Vec<u8>,
    },
    Sync {
        file: usize,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Link {
        from: PathBuf,
        to: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
    SyncFolder {
        path: PathBuf,
    },
}

/// The files that there are, by their names.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

#[derive(Clone, Debug, Default)]
struct Content {
    /// What a process reads.
    now: Vec<u8>,
    /// What the disk has for sure; none: nothing of it is certain.
    synced: Option<Vec<u8>>,
}

/// A change of names that may not have come to the disk.
#[derive(Clone, Debug)]
enum Change {
    Set(PathBuf, usize),
    Unset(PathBuf),
    /// Both at once: a rename is one change.
    Move(PathBuf, PathBuf, usize),
}

/// The file system after some operations.
#[derive(Clone, Debug, Default)]
pub struct Model {
    contents: Vec<Content>,
    /// By the numbers of open files.
    open: BTreeMap<usize, usize>,
    now: BTreeMap<PathBuf, usize>,
    synced: BTreeMap<PathBuf, usize>,
    pending: Vec<Change>,
}

impl Model {
    /// One whose files have been on the disk for long.
    pub fn with(files: &Files) -> Self {
        let mut model = Self::default();
        for (path, bytes) in files {
            let content = model.contents.len();
            model.contents.push(Content {
                now: bytes.clone(),
                synced: Some(bytes.clone()),
            });
            model.now.insert(path.clone(), content);
            model.synced.insert(path.clone(), content);
        }
        model
    }

    pub fn exists(&self, path: &Path) -> bool {
        self.now.contains_key(path)
    }

    pub fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Open { path, file } => {
                let content = match self.now.get(path) {
                    Some(&content) => {
                        self.contents[content] = Content::default();
                        content
                    }
                    None => {
                        let content = self.contents.len();
                        self.contents.push(Content::default());
                        self.now.insert(path.clone(), content);
                        self.pending.push(Change::Set(path.clone(), content));
                        content
                    }
                };
                self.open.insert(*file, content);
            }
            Operation::Write { file, bytes } => {
                let content = &mut self.contents[self.open[file]];
                content.now.extend_from_slice(bytes);
                content.synced = None;
            }
            Operation::Sync { file } => {
                let content = &mut self.contents[self.open[file]];
                content.synced = Some(content.now.clone());
            }
            Operation::Rename { from, to } => {
                let Some(content) = self.now.remove(from) else {
                    return;
                };
                self.now.insert(to.clone(), content);
                let change = Change::Move(from.clone(), to.clone(), content);
                self.pending.push(change);
            }
            Operation::Link { from, to } => {
                let Some(&content) = self.now.get(from) else {
                    return;
                };
                self.now.insert(to.clone(), content);
                self.pending.push(Change::Set(to.clone(), content));
            }
            Operation::Remove { path } => {
                self.now.remove(path);
                self.pending.push(Change::Unset(path.clone()));
            }
            Operation::SyncFolder { path } => {
                let inside = |name: &Path| name.parent() == Some(path);
                let (synced, pending): (Vec<_>, Vec<_>) =
                    self.pending.drain(..).partition(|change| match change {
                        Change::Set(name, _) | Change::Unset(name) => inside(name),
                        Change::Move(_, to, _) => inside(to),
                    });
                self.pending = pending;
                for change in synced {
                    change.apply(&mut self.synced);
                }
            }
        }
    }

    /// What a process finds that is started after this one was killed.
    pub fn after_kill(&self) -> Files {
        let names = self.now.iter();
        names
            .map(|(path, content)| (path.clone(), self.contents[*content].now.clone()))
            .collect()
    }

    /// Everything that may be on the disk when the power fails: of the changes of names that were
    /// not synced each may be there or not, and of bytes that were not synced any.
    pub fn after_power_cut(&self) -> Vec<Files> {
        assert!(
            self.pending.len() < 16,
            "too many to try: {:?}",
            self.pending
        );
        let mut found = BTreeSet::new();
        for there in 0..1_u32 << self.pending.len() {
            let mut names = self.synced.clone();
            for (index, change) in self.pending.iter().enumerate() {
                if there & (1 << index) != 0 {
                    change.apply(&mut names);
                }
            }
            for lost in [Lost::Nothing, Lost::Half, Lost::All, Lost::Zeroed] {
                let files = names.iter().map(|(path, content)| {
                    let content = &self.contents[*content];
                    let bytes = match &content.synced {
                        Some(bytes) => bytes.clone(),
                        None => lost.of(&content.now),
                    };
                    (path.clone(), bytes)
                });
                found.insert(files.collect::<Files>());
            }
        }
        found.into_iter().collect()
    }
}

impl Change {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Change::Set(name, content) => {
                names.insert(name.clone(), *content);
            }
            Change::Unset(name) => {
                names.remove(name);
            }
            Change::Move(from, to, content) => {
                names.remove(from);
                names.insert(to.clone(), *content);
            }
        }
    }
}

/// What a power cut takes of bytes that were not synced.
#[derive(Clone, Copy)]
enum Lost {
    Nothing,
    Half,
    All,
    Zeroed,
}

impl Lost {
    fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Lost::Nothing => bytes.to_vec(),
            Lost::Half => bytes[..bytes.len() / 2].to_vec(),
            Lost::All => Vec::new(),
            Lost::Zeroed => vec![0; bytes.len()],
        }
    }
}

/// Cuts the power, and kills the process, before the first operation and after each. In all that may be
/// there then, each of these files has to be as it was or as it is meant; and after the last operation,
/// as it is meant.
#[track_caller]
pub fn check(before: &Files, operations: &[Operation], meant: &Files) {
    let mut model = Model::with(before);
    for done in 0..=operations.len() {
        if let Some(last) = done.checked_sub(1) {
            model.apply(&operations[last]);
        }
        let mut outcomes = model.after_power_cut();
        outcomes.push(model.after_kill());
        for files in outcomes {
            for (path, new) in meant {
                let found = files.get(path);
                let is_new = found == Some(new);
                let is_old = done < operations.len() && found == before.get(path);
                assert!(
                    is_new || is_old,
                    "{} has {:?} bytes after {done} of {operations:#?}",
                    path.display(),
                    found.map(Vec::len)
                );
            }
        }
    }
}
