//! The real binary is killed at every write, and the power is cut after every one, as `strace` shows
//! them: what it writes is there as it was or as it is meant.
#![cfg(target_os = "linux")]

#[path = "../../files/tests/model/mod.rs"]
mod model;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use model::{Files, Operation};
use support::{TestRobot, text};

/// A folder with a robot and a key, before a command is tried in it.
fn robot() -> TestRobot {
    let robot = TestRobot::new("plugins.hello.file = \"hello.wasm\"\nopmodes.a.mode = \"test\"\n");
    robot.succeeds(&["keygen", "alice"]);
    robot
}

/// The binary under `strace`, with nothing of the other tests.
fn strace(robot: &TestRobot, options: &[&str], arguments: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command
        .current_dir(robot.folder.path())
        .env("XDG_STATE_HOME", robot.folder.path().join("state"))
        .args(["-f", "-y", "-s", "0", "-o", "trace"])
        .args(options)
        .arg(env!("CARGO_BIN_EXE_gantry"))
        .args(["--cache", "cache"])
        .args(arguments);
    command
}

const TRACED: &str = "trace=openat,write,writev,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,\
                      link,linkat,unlink,unlinkat";

/// What a traced process did to the files below a folder. Of bytes only their number is known.
fn operations(trace: &str, folder: &Path) -> Vec<Operation> {
    let mut found = Vec::new();
    let mut open = BTreeMap::<PathBuf, usize>::new();
    let mut files = 0;
    // Calls that another thread has interrupted are in two lines.
    let mut halves = BTreeMap::<String, String>::new();
    for line in trace.lines() {
        let Some((process, line)) = line.split_once(' ') else {
            continue;
        };
        let line = line.trim_start();
        let line = match (
            line.strip_suffix(" <unfinished ...>"),
            line.strip_prefix("<... "),
        ) {
            (Some(half), _) => {
                halves.insert(process.to_owned(), half.to_owned());
                continue;
            }
            (None, Some(rest)) => {
                let half = halves.remove(process).unwrap_or_default();
                half + rest.split_once(" resumed>").map_or("", |(_, rest)| rest)
            }
            (None, None) => line.to_owned(),
        };
        let Some((call, rest)) = line.split_once('(') else {
            continue;
        };
        let Some((arguments, result)) = rest.rsplit_once(" = ") else {
            continue;
        };
        if result.starts_with('-') {
            continue;
        }
        let mut paths = arguments
            .split('"')
            .skip(1)
            .step_by(2)
            .map(|path| folder.join(path));
        // The file that a descriptor is of, as `-y` shows it.
        let of = |text: &str| {
            let (_, rest) = text.split_once('<')?;
            Some(PathBuf::from(rest.split_once('>')?.0))
        };
        match call {
            "openat" if arguments.contains("O_CREAT") || arguments.contains("O_TRUNC") => {
                let path = paths.next().unwrap();
                open.insert(path.clone(), files);
                found.push(Operation::Open { path, file: files });
                files += 1;
            }
            "write" | "writev" | "pwrite64" => {
                if let Some(&file) = of(arguments).and_then(|path| open.get(&path)) {
                    let bytes = result.trim().parse().unwrap();
                    found.push(Operation::Write {
                        file,
                        bytes: vec![1; bytes],
                    });
                }
            }
            "ftruncate" => {
                let known = of(arguments).is_some_and(|path| open.contains_key(&path));
                assert!(!known, "{line}");
            }
            "fsync" | "fdatasync" => {
                let path = of(arguments).unwrap();
                match open.get(&path) {
                    Some(&file) => found.push(Operation::Sync { file }),
                    None => found.push(Operation::SyncFolder { path }),
                }
            }
            "rename" | "renameat" | "renameat2" => {
                let (from, to) = (paths.next().unwrap(), paths.next().unwrap());
                found.push(Operation::Rename { from, to });
            }
            "link" | "linkat" => {
                let (from, to) = (paths.next().unwrap(), paths.next().unwrap());
                found.push(Operation::Link { from, to });
            }
            "unlink" | "unlinkat" => found.push(Operation::Remove {
                path: paths.next().unwrap(),
            }),
            _ => {}
        }
    }
    found
}

/// The files of these names below a folder, whatever is in them: as many bytes.
fn sizes(folder: &Path, names: &[&str]) -> Files {
    let mut found = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            if path.is_dir() {
                folders.push(path);
            } else if names.iter().any(|end| name.ends_with(end)) && !name.contains("partial") {
                let bytes = fs::metadata(&path).unwrap().len();
                found.insert(path, vec![1; bytes as usize]);
            }
        }
    }
    found
}

/// What is written by these commands, and the files that count.
const COMMANDS: &[(&[&str], &[&str])] = &[
    (&["keygen", "bob"], &["bob.key", "bob.pub"]),
    (&["sign", "hello.wasm", "--key", "alice.key"], &[".minisig"]),
    (
        &["lock", "robot.toml"],
        &["robot.lock", "cache.key", ".code", ".pins"],
    ),
];

#[test]
#[ignore = "needs strace"]
fn a_power_cut_leaves_each_file_as_it_was_or_as_it_is_meant() {
    for &(arguments, names) in COMMANDS {
        // What is replaced the second time, is new the first time.
        let robot = robot();
        for again in [false, true] {
            if again && arguments[0] == "keygen" {
                continue;
            }
            let folder = robot.folder.path();
            let before = sizes(folder, names);
            let output = strace(&robot, &["-e", TRACED], arguments).output().unwrap();
            assert!(output.status.success(), "{}", text(&output.stderr));
            let operations = operations(&text(&robot.read("trace")), folder);
            let inside = |operation: &Operation| match operation {
                Operation::SyncFolder { path } | Operation::Open { path, .. } => {
                    path.starts_with(folder)
                }
                _ => true,
            };
            let operations: Vec<_> = operations.into_iter().filter(inside).collect();
            let after = sizes(folder, names);
            assert!(after.len() >= names.len(), "{after:?}");
            // A list of pins is written twice: what it was in between is as good.
            let whole =
                |path: &PathBuf| path.extension().is_none_or(|extension| extension != "pins");
            let meant: Files = after.into_iter().filter(|(path, _)| whole(path)).collect();
            let meant: Files = match again {
                // The code was there and sound, and so is the secret.
                true => meant
                    .into_iter()
                    .filter(|(path, _)| {
                        operations.iter().any(|operation| {
                        matches!(operation, Operation::Rename { to, .. } if to == path)
                    })
                    })
                    .collect(),
                false => meant,
            };
            assert!(!meant.is_empty());
            for (path, bytes) in meant {
                let one = Files::from([(path.clone(), bytes)]);
                let before = before.iter().filter(|(other, _)| **other == path);
                let before: Files = before
                    .map(|(path, bytes)| (path.clone(), bytes.clone()))
                    .collect();
                model::check(&before, &of(&operations, &path), &one);
            }
        }
    }
}

/// The operations that have to do with a file: those on it, on what takes its name, and on its folder.
fn of(operations: &[Operation], path: &Path) -> Vec<Operation> {
    let mut names = vec![path.to_owned()];
    for operation in operations {
        if let Operation::Rename { from, to } | Operation::Link { from, to } = operation
            && to == path
        {
            names.push(from.clone());
        }
    }
    let mut files = Vec::new();
    let mut found = Vec::new();
    for operation in operations {
        let counts = match operation {
            Operation::Open { path, file } => {
                let counts = names.contains(path);
                if counts {
                    files.push(*file);
                }
                counts
            }
            Operation::Write { file, .. } | Operation::Sync { file } => files.contains(file),
            Operation::Rename { to: path, .. }
            | Operation::Link { to: path, .. }
            | Operation::Remove { path } => names.contains(path),
            Operation::SyncFolder { path: folder } => path.parent() == Some(folder),
        };
        if counts {
            found.push(operation.clone());
        }
    }
    found
}

#[test]
#[ignore = "needs strace"]
fn a_kill_at_any_write_leaves_what_was_there_or_what_is_new() {
    let sign = &["sign", "hello.wasm", "--key", "alice.key"][..];
    for (arguments, file) in [
        (sign, "hello.wasm.minisig"),
        (&["keygen", "bob"], "bob.key"),
        (&["lock", "robot.toml"], "robot.lock"),
    ] {
        for call in ["write", "fsync", "rename", "linkat", "unlink"] {
            // At the first call of this kind, at the second, until there is none any more.
            let mut number = 1;
            loop {
                let robot = robot();
                let trace = format!("trace={call}");
                let inject = format!("inject={call}:signal=KILL:when={number}");
                let options = ["-e", trace.as_str(), "-e", &inject];
                let output = strace(&robot, &options, arguments).output().unwrap();
                let path = robot.folder.path().join(file);
                if output.status.success() {
                    assert!(path.exists());
                    break;
                }
                if path.exists() {
                    let written = text(&robot.read(file));
                    let whole = written.ends_with('\n') && written.len() > 100;
                    assert!(whole, "{call} {number}: {written}");
                }
                // It works the next time, unless it is a key, which is never replaced.
                let again = strace(&robot, &["-e", "trace=none"], arguments).output();
                let again = again.unwrap();
                let is_there = file == "bob.key" && path.exists();
                assert!(
                    again.status.success() || is_there,
                    "{}",
                    text(&again.stderr)
                );
                number += 1;
            }
        }
    }
}
