//! The thread that reads orders from standard input.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::{Duration, Instant};

use gantry_plugin::spawn_thread;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{isatty, tcgetpgrp};

use super::desk::Signs;
use super::{Guard, Heard, Order, OrderReader, Stop};

/// Bytes of one read.
const CHUNK: usize = 16 << 10;
/// The rest after a full read, so that a flood of orders leaves the processor to the loop: 16 MB/s
/// are taken, and a stop behind a full pipe is reached within 5 ms.
const REST: Duration = Duration::from_millis(1);
/// From one look to the next whether the program is in the foreground of its terminal.
const BACKGROUND: Duration = Duration::from_millis(100);
/// Lines that were not understood and are told in a second; the rest are counted.
const TOLD: u32 = 5;

/// The reader's side of the desk.
pub(super) struct Reader {
    pub(super) stop: Stop,
    pub(super) orders: SyncSender<Order>,
    pub(super) notes: SyncSender<String>,
    pub(super) signs: Arc<Signs>,
    /// Names of op modes, for messages.
    pub(super) opmodes: Vec<String>,
}

impl Reader {
    /// Reads standard input to its end, in a thread of its own.
    pub(super) fn spawn(self) -> io::Result<()> {
        spawn_thread("orders", move || {
            let _guard = Guard::new(self.stop.clone(), "orders");
            self.run();
        })?;
        Ok(())
    }

    fn run(self) {
        let mut reader = OrderReader::new(self.opmodes.clone());
        let mut told = Told::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            match read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => {
                    reader.feed(&chunk[..length], |heard| self.hear(heard, &mut told));
                    if length == CHUNK {
                        std::thread::sleep(REST);
                    }
                }
                Err(error) => {
                    self.tell(&format!("orders cannot be read any more: {error}"));
                    break;
                }
            }
        }
        reader.end(|heard| self.hear(heard, &mut told));
        self.signs.ended.store(true, SeqCst);
    }

    fn hear(&self, heard: Heard, told: &mut Told) {
        self.signs.alive();
        let unknown = match heard {
            Heard::Alive => return,
            Heard::Order(Order::EmergencyStop) => return self.stop.emergency_stop(),
            Heard::Order(order) => match self.orders.try_send(order) {
                Ok(()) => return,
                Err(TrySendError::Disconnected(_)) => return,
                // What makes the robot safer is never left out.
                Err(TrySendError::Full(Order::Quit)) => {
                    self.stop.end();
                    return;
                }
                Err(TrySendError::Full(Order::Disable)) => return self.stop.disable(),
                Err(TrySendError::Full(_)) => {
                    "orders come too fast: 16 a tick are taken, the others are left out".to_owned()
                }
            },
            Heard::UnknownOpMode(name) => format!(
                "unknown op mode `{name}`; available: {}",
                self.opmodes.join(", ")
            ),
            Heard::Unknown(line) => format!(
                "unknown order `{line}`; available: enable NAME, disable, estop, alive, quit"
            ),
            Heard::TooLong => format!(
                "an order has more than {} bytes; nothing in it looks like a stop, and it is left \
                 out",
                super::MAX_LINE
            ),
        };
        if let Some(more) = told.may() {
            self.tell(&format!("{unknown}{more}"));
        }
    }

    /// Tells people and the recording, without waiting for either.
    fn tell(&self, text: &str) {
        tracing::warn!("{text}");
        let _ = self.notes.try_send(text.to_owned());
    }
}

/// Waits for bytes and reads them. A program in the background of its terminal waits until it is in
/// the foreground: reading would stop the whole process (SIGTTIN).
fn read(chunk: &mut [u8]) -> io::Result<usize> {
    let stdin = io::stdin();
    let terminal = isatty(&stdin);
    loop {
        if terminal && is_in_background(&stdin) {
            std::thread::sleep(BACKGROUND);
            continue;
        }
        // Only a terminal can move to the background.
        let patience = Timespec {
            tv_sec: 0,
            tv_nsec: BACKGROUND.as_nanos() as i64,
        };
        let mut ready = [PollFd::new(&stdin, PollFlags::IN)];
        match poll(&mut ready, terminal.then_some(&patience)) {
            Ok(0) | Err(Errno::INTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        if terminal && is_in_background(&stdin) {
            continue;
        }
        match rustix::io::read(&stdin, &mut *chunk) {
            Ok(length) => return Ok(length),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_in_background(stdin: &io::Stdin) -> bool {
    // A terminal that is gone has no foreground: the read says so.
    tcgetpgrp(stdin).is_ok_and(|group| group != rustix::process::getpgrp())
}

/// Counts what was told, so that a flood of nonsense is no flood of messages.
struct Told {
    since: Instant,
    times: u32,
    withheld: u64,
}

impl Told {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            times: 0,
            withheld: 0,
        }
    }

    /// What to add to the message; none if it is one too many.
    fn may(&mut self) -> Option<String> {
        if self.since.elapsed() > Duration::from_secs(1) {
            (self.since, self.times) = (Instant::now(), 0);
        }
        if self.times == TOLD {
            self.withheld += 1;
            return None;
        }
        self.times += 1;
        match std::mem::take(&mut self.withheld) {
            0 => Some(String::new()),
            more => Some(format!(" ({more} more lines since the last message)")),
        }
    }
}
