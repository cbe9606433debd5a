//! The thread that takes signals.

use std::io;
use std::time::Duration;

use gantry_plugin::spawn_thread;
use signal_hook::consts::{
    SIGALRM, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1,
    SIGUSR2, SIGVTALRM, SIGXCPU, SIGXFSZ,
};
use signal_hook::iterator::Signals;

use super::watchdog::Force;
use super::{Guard, Stop};

/// Takes signals in a thread of its own from now on.
///
/// A signal that would end the process at once ends the program in an orderly way instead; one that comes
/// `patience` after the first forces the end. SIGTSTP (Ctrl-Z) disables the robot, and does not stop the
/// process. SIGTTIN, SIGTTOU and SIGXFSZ do nothing. Faults (SIGSEGV and its kind, SIGABRT) are left as they
/// are.
pub(super) fn spawn(stop: Stop, patience: Duration, force: Force) -> io::Result<()> {
    let mut taken = vec![
        SIGINT, SIGQUIT, SIGTERM, SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO,
        SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ,
    ];
    // `nohup` asks for this one to be ignored.
    if !is_ignored(SIGHUP) {
        taken.push(SIGHUP);
    }
    let mut signals = Signals::new(taken)?;
    for signal in of_this_system() {
        // The C library keeps a few of them for itself, and which ones differs.
        let _ = signals.add_signal(signal);
    }
    spawn_thread("signals", move || {
        let _guard = Guard::new(stop.clone(), "signals");
        for signal in signals.forever() {
            match signal {
                SIGTSTP => stop.disable(),
                SIGTTIN | SIGTTOU | SIGXFSZ => {}
                _ => {
                    if stop.end() > patience {
                        force("a second signal came");
                    }
                }
            }
        }
    })?;
    Ok(())
}

/// Further signals that would end the process: of a failing power supply, of a coprocessor, and those
/// without a meaning of their own, the real-time signals.
#[cfg(target_os = "linux")]
fn of_this_system() -> impl Iterator<Item = i32> {
    use rustix::process::Signal;

    /// As the kernel numbers them. It keeps 32 and 33 for the C library.
    const REAL_TIME: std::ops::RangeInclusive<i32> = 34..=64;
    let named = [
        Signal::POWER,
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        Signal::STKFLT,
    ];
    named.into_iter().map(Signal::as_raw).chain(REAL_TIME)
}

#[cfg(not(target_os = "linux"))]
fn of_this_system() -> impl Iterator<Item = i32> {
    std::iter::empty()
}

/// Whether the process was started with a signal ignored.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
