//! Text for people, which neither blocks nor ends whoever says it.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// How long the end of the program waits for a terminal or a pipe to take what is left.
const PATIENCE: Duration = Duration::from_secs(2);
/// Texts that wait for one; more are left out.
const TEXTS: usize = 4096;

/// A stream that a thread of its own writes to. Clones write to the same stream.
///
/// What is written is queued, and left out if the queue is full or the stream broken.
#[derive(Clone, Debug)]
pub(crate) struct Console(SyncSender<Message>);

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
        let thread = std::thread::Builder::new().name("console".to_owned());
        // Without the thread nobody hears anything, and everything else works.
        let _ = thread.spawn(move || write_all(out, &receiver));
        Self(sender)
    }

    /// Says a line, soon.
    pub(crate) fn say(&self, line: &str) {
        let _ = self
            .0
            .try_send(Message::Text(format!("{line}\n").into_bytes()));
    }

    /// Waits until everything is written, two seconds at most.
    pub(crate) fn flush(&self) {
        let deadline = Instant::now() + PATIENCE;
        let (sender, receiver) = sync_channel(1);
        while self.0.try_send(Message::Flush(sender.clone())).is_err() {
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
        let _ = self.0.try_send(Message::Text(bytes.to_vec()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_all(mut out: impl Write, messages: &Receiver<Message>) {
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

/// Prints to standard output, and waits for that for two seconds at most.
pub(crate) fn print(text: String) {
    let (done, printed) = sync_channel(1);
    let thread = std::thread::Builder::new().name("output".to_owned());
    let spawned = thread.spawn(move || {
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        let _ = done.try_send(());
    });
    if spawned.is_ok() {
        let _ = printed.recv_timeout(PATIENCE);
    }
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
