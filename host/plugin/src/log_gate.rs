//! How many lines a plugin may write per second, all its runs together.

use std::sync::{Arc, Mutex, PoisonError};

use crate::log::{Level, LogLine, LogSink};
use crate::robot::TickClock;

/// Lets so many lines of one plugin through per second of the robot's time, and says in one line
/// how many it has kept back.
pub(crate) struct LogGate {
    sink: Arc<dyn LogSink>,
    plugin: Arc<str>,
    clock: Arc<TickClock>,
    most: u32,
    second: Mutex<Second>,
}

#[derive(Default)]
struct Second {
    number: u64,
    lines: u32,
    dropped: u64,
}

impl LogGate {
    pub(crate) fn new(
        sink: Arc<dyn LogSink>,
        plugin: Arc<str>,
        clock: Arc<TickClock>,
        most: u32,
    ) -> Self {
        Self {
            sink,
            plugin,
            clock,
            most,
            second: Mutex::default(),
        }
    }

    /// Says what was kept back in a second that is over.
    pub(crate) fn tell(&self) {
        let dropped = {
            let now = self.clock.tick().time.as_secs();
            let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
            if second.number == now {
                return;
            }
            let dropped = second.dropped;
            *second = Second {
                number: now,
                ..Second::default()
            };
            dropped
        };
        if dropped > 0 {
            let most = self.most;
            self.sink.line(&LogLine {
                plugin: &self.plugin,
                command: "",
                run: None,
                level: Level::Warn,
                text: &format!(
                    "{dropped} more lines were dropped: over {most} in one second \
                     (`limits.log-lines-per-second`)"
                ),
            });
        }
    }

    fn admit(&self) -> bool {
        let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
        if second.lines >= self.most {
            second.dropped += 1;
            return false;
        }
        second.lines += 1;
        true
    }
}

impl LogSink for LogGate {
    fn line(&self, line: &LogLine<'_>) {
        self.tell();
        if self.admit() {
            self.sink.line(line);
        }
    }
}
