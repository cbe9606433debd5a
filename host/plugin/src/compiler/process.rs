//! The host's side: a process that compiles, and what became of it.

use std::io::{self, Read as _};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::wire::{self, Answer, Order};
use super::{Cancellation, CompileFailure, CompilerProcess, Settings};
use crate::escape::escape_line;
use crate::threads::{REMEDY, spawn_scoped, with_remedy};

/// How often it is looked whether the code is still wanted.
const LOOK: Duration = Duration::from_millis(20);
/// The most bytes of code.
const MAX_CODE: u64 = 2 << 30;
/// The most bytes of what the process says when it fails.
const MAX_SAID: u64 = 4 << 10;

/// What a process has made of a component.
pub(crate) enum Compiled {
    /// The code, and what it depends on.
    Code {
        bytes: Vec<u8>,
        configuration: String,
    },
    /// The component is not valid.
    Invalid(String),
}

impl CompilerProcess {
    /// Compiles a component in a process of its own, which is gone when this returns.
    pub(crate) fn compile(
        &self,
        settings: Settings,
        component: &[u8],
        cancellation: Option<&Cancellation>,
    ) -> Result<Compiled, CompileFailure> {
        let order = Order {
            settings,
            seconds: self.limits.seconds(component.len()),
            memory: self.limits.memory,
            background: cancellation.is_some(),
        };
        let mut child = self
            .start(&order)
            .map_err(|error| CompileFailure::NotStarted(with_remedy(error).to_string()))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            end(&mut child);
            return Err(CompileFailure::NotStarted("it has no pipes".to_owned()));
        };
        std::thread::scope(|scope| {
            let (sender, answers) = mpsc::channel();
            let order = &order;
            // Each pipe has a thread, so that none of them can be full for ever. They end when the
            // process does.
            let start = || {
                let writer =
                    spawn_scoped(scope, "component", move || write(order, component, input))?;
                let said = spawn_scoped(scope, "complaints", move || read_said(errors))?;
                spawn_scoped(scope, "code", move || sender.send(read_answer(output)))?;
                Ok((writer, said))
            };
            let (writer, said) = start().map_err(|error: io::Error| {
                end(&mut child);
                let _ = child.wait();
                CompileFailure::NotStarted(error.to_string())
            })?;
            let patience = Duration::from_secs(order.seconds.saturating_mul(4).saturating_add(60));
            let answer = wait(&answers, patience, cancellation);
            if matches!(answer, Ok(Err(_))) {
                settle(&mut child);
            }
            // If there is an answer, it is over anyway: its input ends.
            end(&mut child);
            drop(writer.join());
            let status = child.wait();
            let said = said.join().unwrap_or_default();
            match answer? {
                Ok(compiled) => Ok(compiled),
                Err(_) => Err(failure(order, status, &said)),
            }
        })
    }

    fn start(&self, order: &Order) -> io::Result<Child> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = match order.background {
            // The others are left to the loop.
            true => 1,
            // Each takes address space.
            false => processors.min(8),
        };
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .env("RAYON_NUM_THREADS", threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // A terminal's Ctrl-C is for the host, which decides what becomes of the process.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn()
    }
}

/// Gives a process whose output has ended a second to end by itself, so that what is told is its own end.
fn settle(child: &mut Child) {
    for _ in 0..200 {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends what is to be done. The pipe stays open until the process has ended, for its end means that
/// the host is gone.
fn write(order: &Order, component: &[u8], mut input: ChildStdin) -> ChildStdin {
    // What is wrong shows in the answer.
    let _ = wire::send(order, component, &mut input);
    input
}

fn read_answer(mut output: ChildStdout) -> io::Result<Compiled> {
    let answer: Answer = wire::receive(&mut output)?;
    if let Some(error) = answer.error {
        return Ok(Compiled::Invalid(error));
    }
    Ok(Compiled::Code {
        bytes: wire::receive_bytes(&mut output, MAX_CODE)?,
        configuration: answer.configuration,
    })
}

/// The beginning of what a process says. The rest is read too, so that the process goes on.
fn read_said(mut errors: ChildStderr) -> String {
    let mut said = Vec::new();
    let read = errors.by_ref().take(MAX_SAID).read_to_end(&mut said);
    if read.is_ok() {
        let _ = io::copy(&mut errors, &mut io::sink());
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// The answer, unless it is not wanted any more or takes too long.
fn wait(
    answers: &mpsc::Receiver<io::Result<Compiled>>,
    patience: Duration,
    cancellation: Option<&Cancellation>,
) -> Result<io::Result<Compiled>, CompileFailure> {
    let start = Instant::now();
    loop {
        match answers.recv_timeout(LOOK) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Disconnected) => {
                return Ok(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if cancellation.is_some_and(Cancellation::is_canceled) {
            return Err(CompileFailure::Canceled);
        }
        if start.elapsed() > patience {
            let seconds = patience.as_secs();
            return Err(CompileFailure::Deadline { seconds });
        }
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
}

/// Why a process has ended without an answer.
fn failure(order: &Order, status: io::Result<ExitStatus>, said: &str) -> CompileFailure {
    let signal = status.as_ref().ok().and_then(signal);
    #[cfg(unix)]
    if signal == Some(rustix::process::Signal::XCPU.as_raw()) {
        let seconds = order.seconds;
        return CompileFailure::Time { seconds };
    }
    // How the standard library and the system say it.
    let out_of_memory = [
        "memory allocation of",
        "Cannot allocate memory",
        "out of memory",
    ];
    if out_of_memory.iter().any(|words| said.contains(words)) {
        let bytes = order.memory;
        return CompileFailure::Memory { bytes };
    }
    let mut lines = said.lines();
    if let Some(line) = lines.find(|line| line.contains(REMEDY)) {
        return CompileFailure::NotStarted(escape_line(line));
    }
    let status = match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    match said.lines().find(|line| !line.trim().is_empty()) {
        Some(line) => CompileFailure::Crashed(format!("{status}: {}", escape_line(line))),
        None => CompileFailure::Crashed(status),
    }
}

#[cfg(unix)]
fn signal(status: &ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(status)
}

#[cfg(not(unix))]
fn signal(_: &ExitStatus) -> Option<i32> {
    None
}
