//! Text for people, which neither blocks nor ends whoever says it.

use std::fmt;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use gantry_plugin::spawn_thread;

/// How long the end of the program waits for a terminal or a pipe to take what is left.
const PATIENCE: Duration = Duration::from_secs(2);
/// Texts that wait for one; more are left out.
const TEXTS: usize = 4096;

/// A stream that a thread of its own writes to. Clones write to the same stream.
///
/// What is written is queued, and left out if the queue is full or the stream broken. If the thread cannot be
/// started, whoever writes waits for the stream instead; see [`require_thread`](Console::require_thread).
#[derive(Clone, Debug)]
pub(crate) struct Console(Way);

#[derive(Clone)]
enum Way {
    /// To the thread.
    Queue(SyncSender<Message>),
    /// To the stream, and why there is no thread.
    Direct(Arc<Mutex<dyn Write + Send>>, Arc<io::Error>),
}

#[derive(Debug)]
enum Message {
    Text(Vec<u8>),
    /// Everything before it is written.
    Flush(SyncSender<()>),
}

impl Console {
    /// A console over a stream.
    pub(crate) fn new(out: impl Write + Send + 'static) -> Self {
        let (sender, receiver) = sync_channel(TEXTS);
        let out = Arc::new(Mutex::new(out));
        let of_thread = out.clone();
        let started = spawn_thread("console", move || {
            write_all(&mut *lock(&of_thread), &receiver);
        });
        Self(match started {
            Ok(_) => Way::Queue(sender),
            Err(error) => Way::Direct(out, Arc::new(error)),
        })
    }

    /// An error if there is no thread: a loop that writes would wait for a terminal.
    pub(crate) fn require_thread(&self) -> io::Result<()> {
        match &self.0 {
            Way::Queue(_) => Ok(()),
            Way::Direct(_, error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }

    /// Says a line, soon.
    pub(crate) fn say(&self, line: &str) {
        self.put(format!("{line}\n").into_bytes());
    }

    fn put(&self, text: Vec<u8>) {
        match &self.0 {
            Way::Queue(sender) => {
                let _ = sender.try_send(Message::Text(text));
            }
            Way::Direct(out, _) => {
                let mut out = lock(out);
                let _ = out.write_all(&text).and_then(|()| out.flush());
            }
        }
    }

    /// Waits until everything is written, two seconds at most.
    pub(crate) fn flush(&self) {
        let Way::Queue(queue) = &self.0 else {
            return;
        };
        let deadline = Instant::now() + PATIENCE;
        let (sender, receiver) = sync_channel(1);
        while queue.try_send(Message::Flush(sender.clone())).is_err() {
            if Instant::now() > deadline {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = receiver.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    }
}

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Way::Queue(_) => f.write_str("Queue"),
            Way::Direct(_, error) => f.debug_tuple("Direct").field(error).finish(),
        }
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_all(out: &mut dyn Write, messages: &Receiver<Message>) {
    for message in messages {
        match message {
            Message::Text(text) => {
                let _ = out.write_all(&text).and_then(|()| out.flush());
            }
            Message::Flush(done) => {
                let _ = done.try_send(());
            }
        }
    }
}

/// Prints to standard output, and waits for that for two seconds at most; without end if the system has no
/// thread left for it.
pub(crate) fn print(text: String) {
    let (done, printed) = sync_channel(1);
    let text: Arc<str> = text.into();
    let spawned = spawn_thread("output", {
        let text = text.clone();
        move || {
            write_out(&text);
            let _ = done.try_send(());
        }
    });
    match spawned {
        Ok(_) => {
            let _ = printed.recv_timeout(PATIENCE);
        }
        // The watchdog is there still if a robot has run.
        Err(_) => write_out(&text),
    }
}

fn write_out(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// The console over standard error, once there is one.
static ERRORS: OnceLock<Console> = OnceLock::new();

/// The console over standard error. The end of the program has to [flush](Console::flush) it.
pub(crate) fn errors() -> &'static Console {
    ERRORS.get_or_init(|| Console::new(io::stderr()))
}

/// Says a line on standard error, soon.
pub(crate) fn complain(line: &str) {
    errors().say(line);
}

/// Tells of panics through the console from now on. The usual way would wait for standard error.
pub(crate) fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("?");
        complain(&format!("thread `{name}` {panic}"));
    }));
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Takes nothing while it is locked.
    struct Stuck(Arc<Mutex<Vec<u8>>>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stream_that_takes_nothing_holds_up_nobody() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let stuck = written.lock().unwrap();
        let console = Console::new(Stuck(written.clone()));
        for line in 0..2 * TEXTS {
            console.say(&line.to_string());
        }
        console.flush();
        assert!(stuck.is_empty());
        drop(stuck);
        console.flush();
        let lines = written
            .lock()
            .unwrap()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        assert!((TEXTS..2 * TEXTS).contains(&lines), "{lines}");
    }

    #[test]
    fn without_a_thread_the_stream_is_written_at_once() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let out = Arc::new(Mutex::new(Stuck(written.clone())));
        let why = Arc::new(io::Error::other("as the test wants"));
        let console = Console(Way::Direct(out, why));
        console.say("hello");
        assert_eq!(*written.lock().unwrap(), b"hello\n");
        console.flush();
        let error = console.require_thread().unwrap_err();
        assert_eq!(error.to_string(), "as the test wants");
    }

    #[test]
    fn a_stream_that_fails_is_no_end() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let console = Console::new(Broken);
        console.say("hello");
        console.flush();
    }
}
