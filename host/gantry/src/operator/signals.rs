//! The thread that takes signals.

use std::io;
use std::time::Duration;

use signal_hook::consts::{
    SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGXCPU, SIGXFSZ,
};
use signal_hook::iterator::Signals;

use super::watchdog::Force;
use super::{Guard, Stop};

/// Takes signals in a thread of its own from now on.
///
/// SIGHUP, SIGINT, SIGQUIT, SIGTERM and SIGXCPU end the program; one that comes `patience` after the
/// first forces it. SIGTSTP (Ctrl-Z) disables the robot, and does not stop the process. The others would stop
/// or end the process, and do nothing.
pub(super) fn spawn(stop: Stop, patience: Duration, force: Force) -> io::Result<()> {
    let mut taken = vec![
        SIGINT, SIGQUIT, SIGTERM, SIGXCPU, SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ,
    ];
    // `nohup` asks for this one to be ignored.
    if !is_ignored(SIGHUP) {
        taken.push(SIGHUP);
    }
    let mut signals = Signals::new(taken)?;
    let thread = std::thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || {
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

/// Whether the process was started with a signal ignored.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
