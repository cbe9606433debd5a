//! Tools that run no longer than `gantry` does.
//!
//! A tool starts others: Python starts zig, npm starts node. When `gantry` is told to end, all of them have to,
//! or they would go on writing into the folder in which the next build already works. So each tool leads a
//! process group, and a signal that ends `gantry` ends the groups first. `SIGKILL` gives no time for that.

use std::io;
use std::process::{Command, Output, Stdio};

/// Runs a tool to its end. Its output is taken, but for the standard error of one that is `shown`.
pub(super) fn output(command: &mut Command, shown: bool) -> io::Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(match shown {
        true => Stdio::inherit(),
        false => Stdio::piped(),
    });
    group::output(command)
}

#[cfg(unix)]
mod group {
    use std::io;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Output};
    use std::sync::mpsc::sync_channel;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use gantry_plugin::spawn_thread;
    use rustix::process::{Pid, Signal, kill_process_group};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    /// The groups of the tools that run.
    static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

    pub(super) fn output(command: &mut Command) -> io::Result<Output> {
        watch()?;
        let (child, group) = {
            // A signal that comes now waits until the group is known.
            let mut running = running();
            let child = command.process_group(0).spawn()?;
            let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            running.extend(group);
            (child, group)
        };
        let output = child.wait_with_output();
        running().retain(|it| Some(*it) != group);
        output
    }

    fn running() -> MutexGuard<'static, Vec<Pid>> {
        lock(&RUNNING)
    }

    fn lock<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the groups, and then this program, on the signals that would end it, from the first call on.
    /// Without the thread that does it, no tool may be started.
    fn watch() -> io::Result<()> {
        static WATCHING: Mutex<bool> = Mutex::new(false);
        let mut watching = lock(&WATCHING);
        if *watching {
            return Ok(());
        }
        // Signals that are taken before there is a thread for them would be lost.
        let (sender, taken) = sync_channel::<Signals>(1);
        spawn_thread("signals", move || {
            let Ok(mut signals) = taken.recv() else {
                return;
            };
            for signal in &mut signals {
                let running = running();
                for group in running.iter() {
                    // There may be nobody left in it.
                    let _ = kill_process_group(*group, Signal::KILL);
                }
                let _ = emulate_default_handler(signal);
            }
        })?;
        *watching = true;
        if let Ok(signals) = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM]) {
            // The thread waits for them.
            let _ = sender.send(signals);
        }
        // Otherwise it is as it was before: the signals end this program alone.
        Ok(())
    }
}

#[cfg(not(unix))]
mod group {
    use std::io;
    use std::process::{Command, Output};

    pub(super) fn output(command: &mut Command) -> io::Result<Output> {
        command.output()
    }
}
