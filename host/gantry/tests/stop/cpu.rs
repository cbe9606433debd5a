//! A machine without a free processor.

use super::driven::{Driven, MARKED_STOP, assert_stopped};
use super::*;

/// Children that compute and do nothing else, until they are dropped.
struct Load(Vec<Child>);

impl Load {
    /// Four for each processor.
    fn start() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let spin = |_| {
            let mut child = Command::new("sh");
            // It ends with the test if that is killed and cannot end it.
            let parent = std::process::id();
            child.args([
                "-c",
                &format!(
                    "n=0; while [ -d /proc/{parent} ]; do n=0; \
                     while [ $n -lt 100000 ]; do n=$((n+1)); done; done"
                ),
            ]);
            child.stdin(Stdio::null()).spawn().unwrap()
        };
        Self((0..4 * processors).map(spin).collect())
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
        }
        for child in &mut self.0 {
            let _ = child.wait();
        }
    }
}

#[test]
fn a_stop_acts_within_two_ticks_while_every_processor_is_busy() {
    let load = Load::start();
    let mut driven = Driven::start(&[]);
    driven.drive();
    driven.order(MARKED_STOP);
    let events = driven.end_stopped();
    drop(load);
    assert_stopped(&events);
}
