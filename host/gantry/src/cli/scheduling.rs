//! How urgent the system takes this program to be.

use std::fmt;

/// The system's way to choose who runs, of those that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheduling {
    /// Everybody has a share.
    Shared,
    /// Before everybody without a priority and with a lower one, for as long as there is something to
    /// do.
    FirstInFirstOut(u32),
    /// The same, in turns with those of the same priority.
    RoundRobin(u32),
}

impl Scheduling {
    /// That of the calling thread, and so of all that it starts; none if the system does not say.
    pub(super) fn of_this_thread() -> Option<Self> {
        Self::parse(&std::fs::read_to_string("/proc/thread-self/stat").ok()?)
    }

    /// What a line of `proc_pid_stat(5)` says: `rt_priority` and `policy` are its fields 40 and 41.
    fn parse(line: &str) -> Option<Self> {
        // The second field is a name in parentheses, which may have anything in it.
        let (_, rest) = line.rsplit_once(')')?;
        let mut fields = rest.split_ascii_whitespace().skip(40 - 3);
        let priority = fields.next()?.parse().ok()?;
        match fields.next()? {
            "1" => Some(Self::FirstInFirstOut(priority)),
            "2" => Some(Self::RoundRobin(priority)),
            _ => Some(Self::Shared),
        }
    }
}

impl fmt::Display for Scheduling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shared => write!(f, "no real-time priority"),
            Self::FirstInFirstOut(priority) => {
                write!(f, "real-time priority {priority} (SCHED_FIFO)")
            }
            Self::RoundRobin(priority) => write!(f, "real-time priority {priority} (SCHED_RR)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_system_is_understood_whatever_the_program_is_called() {
        let line = |priority: u32, policy: u32| {
            let before = "0 ".repeat(40 - 4);
            format!("7 (a) b)) S {before}{priority} {policy} 0 0")
        };
        let parse = |priority, policy| Scheduling::parse(&line(priority, policy));
        assert_eq!(parse(0, 0), Some(Scheduling::Shared));
        assert_eq!(parse(20, 1), Some(Scheduling::FirstInFirstOut(20)));
        assert_eq!(parse(99, 2), Some(Scheduling::RoundRobin(99)));
        assert_eq!(parse(0, 5), Some(Scheduling::Shared));
        assert_eq!(Scheduling::parse("7 (a) S 1"), None);
    }
}
