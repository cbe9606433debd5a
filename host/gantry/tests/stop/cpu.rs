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

#[test]
fn the_first_line_says_which_priority_the_system_gives() {
    let robot = robot();
    let first_line = |shell: &str| {
        let gantry = run(&robot, &["--for", "100ms"]);
        let mut command = support::through_shell(&gantry, shell);
        let output = command.stdin(Stdio::null()).output().unwrap();
        support::assert_succeeded(&output);
        support::text(&output.stdout)
            .lines()
            .next()
            .unwrap()
            .to_owned()
    };
    // Whatever the tests themselves have.
    let may = Command::new("chrt").args(["--rr", "1", "true"]).output();
    if !may.is_ok_and(|may| may.status.success()) {
        eprintln!("not tested: no real-time priority is given here, or there is no chrt");
        return;
    }
    for (options, said) in [
        ("--rr 1", "with real-time priority 1 (SCHED_RR)"),
        ("--fifo 2", "with real-time priority 2 (SCHED_FIFO)"),
        ("--other 0", "with no real-time priority"),
    ] {
        let line = first_line(&format!("exec chrt {options} \"$0\" \"$@\""));
        assert!(line.ends_with(said), "{options}: {line}");
    }
}
