//! A disk that does not answer while the robot runs: a recording that goes to a full pipe which
//! nobody reads, and to a file system that is frozen.

use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};

use super::driven::{Driven, MARKED_STOP, assert_stopped, tick};
use super::*;

/// A robot whose recording waits for its disk from the first byte on.
struct Blocked {
    robot: TestRobot,
    child: Child,
    /// Both ends of the pipe, and how much stands in it before the recording.
    pipe: File,
    filled: usize,
}

impl Blocked {
    /// Starts it, enabled, and waits until it is.
    fn start() -> Self {
        let robot = robot();
        let made = Command::new("mkfifo").arg(recording(&robot)).status();
        assert!(made.unwrap().success());
        let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).unwrap();
        let mut pipe = File::options()
            .read(true)
            .write(true)
            .custom_flags(nonblocking)
            .open(recording(&robot))
            .unwrap();
        let mut filled = 0;
        // In the end byte by byte, so that there is no room for another one.
        for size in [4096, 1] {
            loop {
                match pipe.write(&[b'.'; 4096][..size]) {
                    Ok(bytes) => filled += bytes,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
        let child = run(&robot, &["--opmode", "drive"]).spawn().unwrap();
        let mut blocked = Self {
            robot,
            child,
            pipe,
            filled,
        };
        wait_until_enabled(&blocked.robot);
        // Its outputs cannot be seen; it has slept between two ticks, and so has driven the wheel.
        for _ in 0..2 {
            let then = blocked.sleeps();
            wait_until("it ticks", || blocked.sleeps() > then + 10);
            // A stall would have disabled it.
            blocked.order(b"enable drive\n");
        }
        blocked
    }

    /// How often the loop has slept.
    fn sleeps(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).unwrap();
        let line = |line: &str| {
            Some(
                line.strip_prefix("voluntary_ctxt_switches:")?
                    .trim()
                    .parse(),
            )
        };
        status.lines().find_map(line).unwrap().unwrap()
    }

    fn order(&mut self, bytes: &[u8]) {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(bytes).unwrap();
    }

    fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end, and gives the exit status and what was printed.
    fn end(&mut self) -> (Option<i32>, String) {
        let status = end(&mut self.child);
        let mut summary = String::new();
        let stdout = self.child.stdout.as_mut().unwrap();
        stdout.read_to_string(&mut summary).unwrap();
        (status.code(), summary)
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_stop_acts_while_the_recording_waits_and_both_are_recorded_when_it_is_read() {
    let mut blocked = Blocked::start();
    blocked.order(MARKED_STOP);
    let mut said = BufReader::new(blocked.child.stderr.take().unwrap()).lines();
    assert!(
        said.any(|line| line.is_ok_and(|line| line.contains("`mark`"))),
        "the stop is not read"
    );
    // Only now there is room for the recording.
    let mut text = Vec::new();
    let stopped = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        text.contains("\"emergency-stopped\"")
    };
    let mut quit = false;
    wait_until("the recording ends", || {
        let mut bytes = [0; 65_536];
        match blocked.pipe.read(&mut bytes) {
            Ok(length) => text.extend_from_slice(&bytes[..length]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error}"),
        }
        if !quit && stopped(&text) {
            blocked.order(b"quit\n");
            quit = true;
        }
        quit && blocked.child.try_wait().unwrap().is_some()
    });
    let (status, _) = blocked.end();
    assert_eq!(status, Some(0));
    let mut rest = vec![0; 65_536];
    while let Ok(length) = blocked.pipe.read(&mut rest) {
        text.extend_from_slice(&rest[..length]);
    }
    let text = String::from_utf8(text.split_off(blocked.filled)).unwrap();
    let events: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    support::assert_in_order(&events);
    assert_stopped(&events);
    let ticks = events.iter().filter(|event| event["event"] == "tick-ended");
    let mut numbers = ticks.map(tick);
    assert!(
        (0..5).all(|number| numbers.next() == Some(number)),
        "it ticks meanwhile"
    );
}

#[test]
fn a_robot_whose_disk_never_answers_stops_and_ends_and_says_what_is_missing() {
    for signal in [None, Some(Signal::TERM)] {
        let mut blocked = Blocked::start();
        blocked.order(b"estop\n");
        match signal {
            None => blocked.order(b"quit\n"),
            Some(signal) => {
                // A signal may come before what is in a pipe.
                blocked.order(b"mark\n");
                let stderr = blocked.child.stderr.as_mut().unwrap();
                let mut said = BufReader::new(stderr).lines();
                assert!(said.any(|line| line.is_ok_and(|line| line.contains("`mark`"))));
                blocked.send(signal);
            }
        }
        let (status, summary) = blocked.end();
        assert_eq!(status, Some(0), "{summary}");
        assert!(summary.contains("may be cut"), "{summary}");
    }
}

#[test]
fn a_second_signal_forces_the_end_while_the_disk_does_not_answer() {
    let mut blocked = Blocked::start();
    blocked.send(Signal::TERM);
    let mut said = BufReader::new(blocked.child.stderr.take().unwrap());
    let status = signals::signal_until_it_ends(&mut blocked.child, Signal::INT);
    assert_eq!(status.code(), Some(3));
    let mut text = String::new();
    said.read_to_string(&mut text).unwrap();
    assert!(text.contains("a second signal came"), "{text}");
}

/// A file system of its own for the recording, which can be frozen: whoever writes to it waits, and
/// not even a kill ends that.
struct Disk {
    mounted: PathBuf,
    is_frozen: bool,
}

impl Disk {
    /// Makes one in a folder, and lets the recording lead to it; none where that is not allowed.
    fn mount(folder: &Path) -> Option<Self> {
        let (image, mounted) = (folder.join("disk.img"), folder.join("disk"));
        let file = File::create(&image).unwrap();
        file.set_len(16 << 20).unwrap();
        std::fs::create_dir(&mounted).unwrap();
        let done = tool("mkfs.ext4", &[Path::new("-q"), Path::new("-F"), &image])
            && tool(
                "mount",
                &[Path::new("-o"), Path::new("loop"), &image, &mounted],
            );
        if !done {
            eprintln!(
                "not tested: a file system of its own takes root, mkfs.ext4 and loop devices"
            );
            return None;
        }
        std::os::unix::fs::symlink("disk/events.jsonl", folder.join("events.jsonl")).unwrap();
        Some(Self {
            mounted,
            is_frozen: false,
        })
    }

    /// Freezes it; false where that is not allowed.
    fn freeze(&mut self) -> bool {
        self.is_frozen = tool("fsfreeze", &[Path::new("-f"), &self.mounted]);
        if !self.is_frozen {
            eprintln!("not tested: file systems cannot be frozen here");
        }
        self.is_frozen
    }

    fn thaw(&mut self) {
        self.is_frozen = !tool("fsfreeze", &[Path::new("-u"), &self.mounted]);
        assert!(!self.is_frozen);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_frozen {
            tool("fsfreeze", &[Path::new("-u"), &self.mounted]);
        }
        // Lazily, for the program may not have ended yet.
        tool("umount", &[Path::new("-l"), &self.mounted]);
    }
}

/// Whether a tool is there and succeeds.
fn tool(name: &str, arguments: &[&Path]) -> bool {
    let output = Command::new(name).args(arguments).output();
    output.is_ok_and(|output| {
        eprint!("{}", support::text(&output.stderr));
        output.status.success()
    })
}

/// A robot that is driven and whose recording is on a disk of its own, which is frozen.
fn frozen() -> Option<(Driven, Disk)> {
    let mut disk = None;
    let mut driven = Driven::start_with(&[], |command| {
        disk = Disk::mount(command.get_current_dir().unwrap());
        command
    });
    let mut disk = disk?;
    driven.drive();
    disk.freeze().then_some((driven, disk))
}

#[test]
fn a_stop_acts_while_the_disk_is_frozen() {
    let Some((mut driven, mut disk)) = frozen() else {
        return;
    };
    driven.order(MARKED_STOP);
    let mut said = BufReader::new(driven.child.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.is_ok_and(|line| line.contains("`mark`"))));
    disk.thaw();
    assert_stopped(&driven.end_stopped());
}

#[test]
fn a_robot_ends_on_a_frozen_disk_as_far_as_the_system_lets_it() {
    let Some((mut driven, mut disk)) = frozen() else {
        return;
    };
    driven.order(b"estop\nquit\n");
    let mut said = BufReader::new(driven.child.stdout.take().unwrap()).lines();
    assert!(
        said.any(|line| line.is_ok_and(|line| line.contains("may be cut"))),
        "the summary comes without the disk"
    );
    // A thread that waits for the disk in the kernel ends when that answers.
    disk.thaw();
    assert_eq!(end(&mut driven.child).code(), Some(0));
}
