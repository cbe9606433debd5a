//! The file that a recording goes to: made without harm to what is there.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use gantry_plugin::{Folder, FolderId};
use gantry_telemetry::HEADER;
use thiserror::Error;

use crate::config::OwnFile;

/// A file that is open for a recording.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) file: File,
    /// Whether it is a file on a disk, rather than a device or a pipe.
    pub(super) is_on_disk: bool,
}

/// The reason why a recording is not made. Everything is as it was.
#[derive(Debug, Error)]
pub(super) enum TargetError {
    #[error(
        "cannot record to {}: it is {what}; name another file with --events", path.display()
    )]
    OfTheRobot { path: PathBuf, what: String },
    #[error(
        "cannot record to {}: it would lie in the folder of plugin `{plugin}`, which would see it grow; \
         name a file elsewhere with --events", path.display()
    )]
    InFolder { path: PathBuf, plugin: String },
    #[error(
        "cannot record to {}: it is a file that is not a recording, and would be overwritten; name \
         another file with --events, or remove it first", path.display()
    )]
    NoRecording { path: PathBuf },
    #[cfg(unix)]
    #[error(
        "cannot record to {}: it is a socket; with --events, name a file, a pipe (`mkfifo`) or a device", path.display()
    )]
    Socket { path: PathBuf },
    #[error("cannot record to {}: it is a folder; name a file in it with --events", path.display())]
    Folder { path: PathBuf },
    #[error(
        "cannot keep the earlier recording {} under another name: {error}; move it away, or name \
         another file with --events", path.display()
    )]
    Kept { path: PathBuf, error: io::Error },
    #[error(
        "cannot record to {}: {error}; with --events, name a file in a folder that exists and may be \
         written to", path.display()
    )]
    Open { path: PathBuf, error: io::Error },
}

/// Opens the file of a recording. A recording that is there is kept under another name, an empty file
/// is used, devices and pipes are written as they are; anything else is refused, and so is a file of
/// the robot's, and one in a folder that a plugin may see.
pub(super) fn open(
    path: &Path,
    robot: &[OwnFile],
    folders: &BTreeMap<String, Folder>,
) -> Result<Target, TargetError> {
    let failed = |error| TargetError::Open {
        path: path.to_owned(),
        error,
    };
    if let Some(own) = robot.iter().find(|own| is_same(path, &own.path)) {
        return Err(TargetError::OfTheRobot {
            path: path.to_owned(),
            what: own.what.clone(),
        });
    }
    let holders = FolderId::holders_of(path);
    for (plugin, folder) in folders {
        if holders.contains(&folder.holders().map_err(failed)?[0]) {
            return Err(TargetError::InFolder {
                path: path.to_owned(),
                plugin: plugin.clone(),
            });
        }
    }
    let there = match fs::metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // It may be a link to what is not there yet.
            let made = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(path);
            let file = made.map_err(failed)?;
            return Ok(Target {
                file,
                is_on_disk: true,
            });
        }
        Err(error) => return Err(failed(error)),
    };
    if there.is_dir() {
        return Err(TargetError::Folder {
            path: path.to_owned(),
        });
    }
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_socket(&there.file_type()) {
        return Err(TargetError::Socket {
            path: path.to_owned(),
        });
    }
    if !there.is_file() {
        return Ok(Target {
            file: open_special(path).map_err(failed)?,
            is_on_disk: false,
        });
    }
    // Through a link it is what the link leads to that is kept.
    let real = path.canonicalize().map_err(failed)?;
    let file = match there.len() {
        0 => OpenOptions::new().write(true).open(&real).map_err(failed)?,
        _ if !is_recording(&real).map_err(failed)? => {
            return Err(TargetError::NoRecording {
                path: path.to_owned(),
            });
        }
        _ => {
            keep(&real).map_err(|error| TargetError::Kept {
                path: path.to_owned(),
                error,
            })?;
            let made = OpenOptions::new().write(true).create_new(true).open(&real);
            made.map_err(failed)?
        }
    };
    Ok(Target {
        file,
        is_on_disk: true,
    })
}

/// Opens a device or a pipe. A named pipe that nobody reads is waited for, which is told: nothing runs
/// yet, and signals end the program as they do by default.
fn open_special(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
        let flags = OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        match open(path, flags, Mode::empty()) {
            // Once opened it stays open: its reader would take another opening for the end.
            Ok(file) => {
                fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
                return Ok(file.into());
            }
            Err(rustix::io::Errno::NXIO) => tracing::warn!(
                "nobody reads the pipe {}: the robot starts when somebody does",
                path.display()
            ),
            Err(error) => return Err(error.into()),
        }
    }
    OpenOptions::new().write(true).open(path)
}

/// Whether both are one file, or would be if they were there.
fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt as _;
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    match (place(one), place(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// Where a file is, or would be.
fn place(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        return Some(real);
    }
    // A link to what is not there would be followed.
    let path = match fs::read_link(path) {
        Ok(to) => path.parent().unwrap_or(Path::new("")).join(to),
        Err(_) => path.to_owned(),
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}

/// Whether a file begins as a recording does. One that was cut within that is one, too.
fn is_recording(path: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    let most = HEADER.len() as u64;
    File::open(path)?.take(most).read_to_end(&mut beginning)?;
    Ok(HEADER.as_bytes().starts_with(&beginning))
}

/// Gives an earlier recording another name: `match.jsonl` becomes `match.1.jsonl` or the next number
/// that is free.
fn keep(path: &Path) -> io::Result<()> {
    for number in 1_u64.. {
        let kept = numbered(path, number);
        // Unlike renaming, a link never takes the place of a file that is there.
        match fs::hard_link(path, &kept) {
            Ok(()) => return fs::remove_file(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            // Some file systems have no links.
            Err(_) if fs::symlink_metadata(&kept).is_err() => return fs::rename(path, &kept),
            Err(_) => {}
        }
    }
    Ok(())
}

fn numbered(path: &Path, number: u64) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(text: &str) -> String {
        format!("{HEADER}1}}\n{text}")
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn earlier_recordings_are_kept_under_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("match.jsonl");
        for round in 0..3 {
            open(&path, &[], &BTreeMap::new()).unwrap();
            fs::write(&path, recording(&round.to_string())).unwrap();
        }
        assert_eq!(
            names(folder.path()),
            ["match.1.jsonl", "match.2.jsonl", "match.jsonl"]
        );
        for (name, round) in [("match.1.jsonl", "0"), ("match.2.jsonl", "1")] {
            let kept = fs::read_to_string(folder.path().join(name)).unwrap();
            assert_eq!(kept, recording(round));
        }
        assert!(open(&path, &[], &BTreeMap::new()).unwrap().is_on_disk);
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }

    #[test]
    fn empty_files_and_cut_recordings_are_recordings_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for text in ["", "{\"event\"", &recording("")] {
            fs::write(&path, text).unwrap();
            open(&path, &[], &BTreeMap::new()).unwrap();
        }
        for text in ["x", "{\"event\":\"other\"}", " "] {
            fs::write(&path, text).unwrap();
            let error = open(&path, &[], &BTreeMap::new()).unwrap_err();
            assert!(matches!(error, TargetError::NoRecording { .. }), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let error = open(folder.path(), &[], &BTreeMap::new()).unwrap_err();
        assert!(matches!(error, TargetError::Folder { .. }), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn the_robots_files_are_refused_by_whatever_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("robot.toml"), "").unwrap();
        fs::hard_link(at("robot.toml"), at("hard")).unwrap();
        std::os::unix::fs::symlink("robot.toml", at("soft")).unwrap();
        std::os::unix::fs::symlink("robot.lock", at("dangling")).unwrap();
        let robot = ["robot.toml", "robot.lock"].map(|name| OwnFile {
            path: at(name),
            what: "the robot's".to_owned(),
        });
        let before = names(folder.path());
        for name in [
            "robot.toml",
            "hard",
            "soft",
            "robot.lock",
            "dangling",
            "./robot.toml",
        ] {
            let error = open(&at(name), &robot, &BTreeMap::new()).unwrap_err();
            assert!(
                matches!(error, TargetError::OfTheRobot { .. }),
                "{name}: {error}"
            );
        }
        assert_eq!(names(folder.path()), before);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_what_it_leads_to_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("real.jsonl"), recording("")).unwrap();
        std::os::unix::fs::symlink("real.jsonl", at("latest.jsonl")).unwrap();
        open(&at("latest.jsonl"), &[], &BTreeMap::new()).unwrap();
        assert_eq!(
            names(folder.path()),
            ["latest.jsonl", "real.1.jsonl", "real.jsonl"]
        );
        assert!(
            fs::symlink_metadata(at("latest.jsonl"))
                .unwrap()
                .is_symlink()
        );
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_written_as_they_are() {
        let target = open(Path::new("/dev/null"), &[], &BTreeMap::new()).unwrap();
        assert!(!target.is_on_disk);
    }
}
