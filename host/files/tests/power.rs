//! The power is cut, the process killed and the disk full after every operation of a write.

mod model;

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use gantry_files::{FileSystem, PRIVATE, Partial};
use model::{Files, Model, Operation, check};

/// A file system in memory that writes down what is asked of it.
#[derive(Clone, Default)]
struct Recorder(Rc<RefCell<Log>>);

#[derive(Default)]
struct Log {
    model: Model,
    operations: Vec<Operation>,
    files: usize,
    /// After so many operations nothing can be written any more.
    full_after: Option<usize>,
    /// Whether there are links.
    without_links: bool,
}

impl Recorder {
    fn with(files: &Files) -> Self {
        let recorder = Self::default();
        recorder.0.borrow_mut().model = Model::with(files);
        recorder
    }

    fn done(&self, operation: Operation) -> io::Result<()> {
        let mut log = self.0.borrow_mut();
        let takes_space = !matches!(operation, Operation::Remove { .. });
        if takes_space
            && log
                .full_after
                .is_some_and(|most| log.operations.len() >= most)
        {
            return Err(io::ErrorKind::StorageFull.into());
        }
        log.model.apply(&operation);
        log.operations.push(operation);
        Ok(())
    }
}

impl FileSystem for Recorder {
    type File = usize;

    fn create_new(&self, path: &Path, _: u32) -> io::Result<usize> {
        assert!(!self.exists(path));
        let file = self.0.borrow().files;
        self.0.borrow_mut().files += 1;
        self.done(Operation::Open {
            path: path.to_owned(),
            file,
        })?;
        Ok(file)
    }

    fn write(&self, file: &mut usize, bytes: &[u8]) -> io::Result<()> {
        self.done(Operation::Write {
            file: *file,
            bytes: bytes.to_vec(),
        })
    }

    fn sync(&self, file: &usize) -> io::Result<()> {
        self.done(Operation::Sync { file: *file })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.done(Operation::Rename {
            from: from.to_owned(),
            to: to.to_owned(),
        })
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.0.borrow().without_links {
            return Err(io::ErrorKind::Unsupported.into());
        }
        if self.exists(to) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.done(Operation::Link {
            from: from.to_owned(),
            to: to.to_owned(),
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.done(Operation::Remove {
            path: path.to_owned(),
        })
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.borrow().model.exists(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.done(Operation::SyncFolder {
            path: path.to_owned(),
        })
    }
}

fn target() -> PathBuf {
    PathBuf::from("/robot/robot.lock")
}

fn one(bytes: &[u8]) -> Files {
    Files::from([(target(), bytes.to_vec())])
}

/// Writes a file in a way, with parts.
fn write(recorder: &Recorder, create: bool) -> io::Result<()> {
    let parts: &[&[u8]] = &[b"version", b" = ", b"1\n"];
    let partial = Partial::write_in(recorder.clone(), &target(), PRIVATE, parts)?;
    match create {
        true => partial.create(),
        false => partial.replace(),
    }
}

#[test]
fn a_power_cut_leaves_the_file_before_or_the_one_after() {
    for (before, create) in [
        (one(b"what was there before"), false),
        (Files::new(), false),
        (Files::new(), true),
    ] {
        for without_links in [false, true] {
            let recorder = Recorder::with(&before);
            recorder.0.borrow_mut().without_links = without_links;
            write(&recorder, create).unwrap();
            let log = recorder.0.borrow();
            check(&before, &log.operations, &one(b"version = 1\n"));
            // Nothing else is left.
            assert_eq!(log.model.after_kill().len(), 1);
        }
    }
}

#[test]
fn a_full_disk_leaves_nothing_but_what_was_there() {
    for (before, create) in [
        (one(b"what was there before"), false),
        (Files::new(), false),
        (Files::new(), true),
    ] {
        let recorder = Recorder::with(&before);
        write(&recorder, create).unwrap();
        let operations = recorder.0.borrow().operations.len();
        let mut whole = 0;
        for most in 0..operations {
            let recorder = Recorder::with(&before);
            recorder.0.borrow_mut().full_after = Some(most);
            let error = write(&recorder, create).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            let left = recorder.0.borrow().model.after_kill();
            // All that may have failed is to sync the folder.
            match left == one(b"version = 1\n") {
                true => whole += 1,
                false => assert_eq!(left, before, "after {most} operations"),
            }
        }
        assert!(whole <= 2, "{whole}");
    }
}

#[test]
fn a_file_that_is_there_is_not_replaced_by_one_that_is_new() {
    for without_links in [false, true] {
        let before = one(b"a key");
        let recorder = Recorder::with(&before);
        recorder.0.borrow_mut().without_links = without_links;
        let error = write(&recorder, true).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(recorder.0.borrow().model.after_kill(), before);
    }
}

/// The check itself: what these writes were before they were mended is found.
#[test]
fn a_write_that_syncs_too_little_is_found() {
    let (path, partial) = (target(), PathBuf::from("/robot/partial"));
    let bytes = b"version = 1\n".to_vec();
    let open = |path: &PathBuf| Operation::Open {
        path: path.clone(),
        file: 0,
    };
    let write = Operation::Write { file: 0, bytes };
    let sync = Operation::Sync { file: 0 };
    let rename = Operation::Rename {
        from: partial.clone(),
        to: path.clone(),
    };
    let sync_folder = Operation::SyncFolder {
        path: path.parent().unwrap().to_owned(),
    };
    let wrong: &[&[Operation]] = &[
        // In place.
        &[
            open(&path),
            write.clone(),
            sync.clone(),
            sync_folder.clone(),
        ],
        // Renamed before its bytes are on the disk.
        &[
            open(&partial),
            write.clone(),
            rename.clone(),
            sync_folder.clone(),
        ],
        &[
            open(&partial),
            write.clone(),
            rename.clone(),
            sync.clone(),
            sync_folder,
        ],
        // Renamed, and nobody has waited for that.
        &[open(&partial), write, sync, rename],
    ];
    for operations in wrong {
        let checked = std::panic::catch_unwind(|| {
            check(&one(b"before"), operations, &one(b"version = 1\n"));
        });
        assert!(checked.is_err(), "{operations:?}");
    }
}
