//! A driver that sees what reaches the devices, and can hold up the loop or make it panic.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::SeqCst};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::JoinHandle;

use gantry::config::RobotConfig;
use gantry::operator::{Desk, Order, Stop};
use gantry::recording::RecordingOptions;
use gantry::robot::{Disk, RobotMode};
use gantry::session::{Clock, Session, SessionOptions};
use gantry_hardware::driver::{InputFrame, OutputFrame};
use gantry_hardware::{ChannelId, Driver, DriverError, Image, Safety, Tick};
use gantry_plugin::{Preemption, Runtime, RuntimeConfig};

use super::*;

/// The device behind `arm.voltage`.
#[derive(Default)]
struct Device {
    /// What it is driven with now, and whether its switch holds it safe.
    applied: Mutex<(f64, bool)>,
    /// What was flushed in each tick.
    flushed: Mutex<Vec<f64>>,
    /// What becomes of the next tick: see the constants.
    next: AtomicU8,
    /// Whether the loop is held up, and the way to let it go.
    held: AtomicBool,
    release: (Mutex<bool>, Condvar),
}

const HOLD: u8 = 1;
const PANIC: u8 = 2;
const LATE: u8 = 3;
const STALL: u8 = 4;

impl Device {
    fn volts(&self) -> f64 {
        self.applied.lock().unwrap().0
    }

    fn hold(&self) {
        self.next.store(HOLD, SeqCst);
        wait_until("the loop is held up", || self.held.load(SeqCst));
    }

    fn release(&self) {
        *self.release.0.lock().unwrap() = true;
        self.release.1.notify_all();
    }
}

struct Arm {
    device: Arc<Device>,
    channels: [ChannelId; 1],
}

impl Driver for Arm {
    fn name(&self) -> &str {
        "arm"
    }

    fn channels(&self) -> &[ChannelId] {
        &self.channels
    }

    fn sample(&mut self, _: Tick, _: &mut InputFrame<'_>) -> Result<(), DriverError> {
        match self.device.next.swap(0, SeqCst) {
            HOLD => {
                self.device.held.store(true, SeqCst);
                let released = self.device.release.0.lock().unwrap();
                let released = self.device.release.1.wait_while(released, |it| !*it);
                drop(released.unwrap());
            }
            PANIC => panic!("as the test wants"),
            LATE => std::thread::sleep(Duration::from_millis(90)),
            STALL => std::thread::sleep(Duration::from_millis(900)),
            _ => {}
        }
        Ok(())
    }

    fn flush(&mut self, _: Tick, outputs: &OutputFrame<'_>) -> Result<(), DriverError> {
        let volts = outputs.number(self.channels[0]);
        self.device.flushed.lock().unwrap().push(volts);
        let mut applied = self.device.applied.lock().unwrap();
        if !applied.1 {
            applied.0 = volts;
        }
        Ok(())
    }

    fn safe(&mut self, _: &OutputFrame<'_>) {
        self.device.applied.lock().unwrap().0 = 0.0;
    }

    fn safety(&self) -> Arc<dyn Safety> {
        Arc::new(Switch(self.device.clone()))
    }
}

struct Switch(Arc<Device>);

impl Safety for Switch {
    fn make_safe(&self) {
        *self.0.applied.lock().unwrap() = (0.0, true);
    }

    fn rearm(&self) {
        self.0.applied.lock().unwrap().1 = false;
    }
}

/// A robot whose arm is driven with 6 V, in a thread of its own.
struct Running {
    device: Arc<Device>,
    stop: Stop,
    runtime: Runtime,
    orders: SyncSender<Order>,
    /// Why the process would have been ended.
    forced: Arc<Mutex<Vec<String>>>,
    thread: JoinHandle<Result<(), String>>,
    folder: TestRobot,
}

impl Running {
    fn start() -> Self {
        let folder = TestRobot::new(
            r#"
            [plugins.cleans-up]
            file = "cleans-up.wasm"
            mechanisms = ["arm"]
            publishes = ["*"]
            [mechanisms.arm]
            outputs.voltage = { unit = "V", range = [-12, 12], safe = 0 }
            [opmodes.drive]
            mode = "teleoperated"
            schedule = ["cleans-up/writes"]
            "#,
        );
        let device = Arc::new(Device::default());
        let forced = Arc::new(Mutex::new(Vec::new()));
        let (sender, receiver) = mpsc::channel();
        let (path, events) = (folder.path(), recording(&folder));
        let (behind, why) = (device.clone(), forced.clone());
        // A robot stays in its thread.
        let thread = std::thread::spawn(move || {
            let drivers = |image: &Arc<Image>| {
                let arm = Arm {
                    device: behind.clone(),
                    channels: [image.find("arm.voltage").unwrap()],
                };
                vec![Box::new(arm) as Box<dyn Driver>]
            };
            let runtime = RuntimeConfig {
                preemption: Preemption::real_time(),
                ..RuntimeConfig::default()
            };
            let session = Session::start(
                RobotConfig::load(&path).unwrap(),
                Runtime::new(runtime).unwrap(),
                SessionOptions {
                    files: &Disk,
                    seed: None,
                    locked: false,
                    clock: Clock::Real,
                    events: Some(RecordingOptions {
                        path: &events,
                        limit: 1 << 30,
                        outputs: false,
                    }),
                    reload: false,
                    drivers: &drivers,
                },
            )
            .unwrap();
            let force = move |reason: &str| why.lock().unwrap().push(reason.to_owned());
            let (desk, orders) = Desk::by_hand(session.robot(), force).unwrap();
            sender
                .send((
                    session.robot().stop().clone(),
                    session.robot().runtime().clone(),
                    orders,
                ))
                .unwrap();
            let start = [(Duration::ZERO, RobotMode::Disabled)];
            let ended = session.run(&start, None, desk);
            ended.map_err(|error| format!("{error:#}"))
        });
        let (stop, runtime, orders) = receiver.recv_timeout(PATIENCE).unwrap();
        let running = Self {
            device,
            stop,
            runtime,
            orders,
            forced,
            thread,
            folder,
        };
        // A stall of the machine that runs the tests disables the robot, as it should.
        wait_until("the arm is driven", || {
            let _ = running.orders.try_send(Order::Enable(0));
            running.device.volts() == 6.0
        });
        running
    }

    fn end(self) -> (Result<(), String>, Arc<Device>, Vec<Value>) {
        self.stop.end();
        let ended = self.thread.join().unwrap();
        (ended, self.device, recorded(&self.folder))
    }
}

#[test]
fn a_stop_makes_outputs_safe_while_the_loop_is_stuck() {
    let running = Running::start();
    running.device.hold();
    running.stop.emergency_stop();
    assert_eq!(
        running.device.volts(),
        0.0,
        "when it returns, the outputs are safe"
    );
    running.device.release();
    let device = running.device.clone();
    let ticks = || device.flushed.lock().unwrap().len();
    let then = ticks();
    wait_until("the loop goes on", || ticks() > then + 5);
    assert_eq!(device.volts(), 0.0);
    let (ended, device, events) = running.end();
    assert_eq!(ended, Ok(()));
    assert!(
        device.flushed.lock().unwrap()[then..]
            .iter()
            .all(|volts| *volts == 0.0)
    );
    assert_eq!(modes(&events).last(), Some(&"emergency-stopped"));
    assert!(made_safe(&events, "emergency-stop"));
}

#[test]
fn the_watchdog_makes_outputs_safe_when_the_loop_does_not_tick() {
    let running = Running::start();
    running.device.hold();
    wait_until("outputs are safe", || running.device.volts() == 0.0);
    running.device.release();
    let (ended, _, events) = running.end();
    assert_eq!(ended, Ok(()));
    assert!(made_safe(&events, "watchdog"));
}

#[test]
fn an_end_that_the_loop_does_not_take_note_of_is_forced() {
    let running = Running::start();
    running.device.hold();
    running.stop.end();
    assert_eq!(running.device.volts(), 0.0);
    let forced = running.forced.clone();
    wait_until("the end is forced", || !forced.lock().unwrap().is_empty());
    running.device.release();
    assert_eq!(running.end().0, Ok(()));
}

#[test]
fn a_panic_of_the_loop_makes_outputs_safe_and_keeps_the_recording() {
    let running = Running::start();
    running.device.next.store(PANIC, SeqCst);
    let ended = running.thread.join().unwrap();
    assert!(ended.unwrap_err().contains("as the test wants"));
    assert_eq!(running.device.volts(), 0.0);
    let events = recorded(&running.folder);
    assert!(modes(&events).contains(&"teleoperated"));
    let last = events
        .iter()
        .rfind(|event| event["event"] == "note")
        .unwrap();
    assert!(last["text"].as_str().unwrap().contains("has panicked"));
}

#[test]
fn a_panic_of_the_thread_that_counts_time_slices_is_an_orderly_end() {
    let running = Running::start();
    let device = running.device.clone();
    running.runtime.inject_panic();
    wait_until("the robot ends", || running.thread.is_finished());
    let ended = running.thread.join().unwrap();
    let why = ended.unwrap_err();
    assert!(why.contains("the epoch thread has panicked"), "{why}");
    assert_eq!(device.volts(), 0.0);
    let events = recorded(&running.folder);
    assert!(made_safe(&events, "ending"));
    assert_eq!(modes(&events).last(), Some(&"disabled"));
    assert_eq!(support::count(&events, "canceled", "cleans-up/writes"), 1);
    let note = events
        .iter()
        .rfind(|event| event["event"] == "note")
        .unwrap();
    assert!(note["text"].as_str().unwrap().contains("has panicked"));
}

#[test]
fn outputs_are_safe_in_late_ticks_and_follow_the_commands_in_the_others() {
    let running = Running::start();
    running.device.next.store(LATE, SeqCst);
    let flushed = || running.device.flushed.lock().unwrap().clone();
    wait_until("outputs are safe for a tick", || {
        let flushed = flushed();
        let driven = flushed.iter().position(|volts| *volts == 6.0).unwrap();
        flushed[driven..].contains(&0.0)
    });
    // The command wrote them once, before the late tick.
    wait_until("outputs follow again", || {
        let _ = running.orders.try_send(Order::Enable(0));
        running.device.volts() == 6.0
    });
    let (ended, device, events) = running.end();
    assert_eq!(ended, Ok(()));
    let late = ["late", "overrun", "stalled"];
    let safe = events.iter().filter(|event| {
        event["event"] == "outputs-safe" && late.contains(&event["reason"].as_str().unwrap())
    });
    let flushed = device.flushed.lock().unwrap();
    let ticks: Vec<u64> = safe.map(|event| event["tick"].as_u64().unwrap()).collect();
    assert!(!ticks.is_empty());
    for tick in ticks {
        assert_eq!(flushed[usize::try_from(tick).unwrap()], 0.0, "tick {tick}");
    }
}

#[test]
fn a_stall_disables_the_robot() {
    let running = Running::start();
    running.device.next.store(STALL, SeqCst);
    let stalls = || running.device.next.load(SeqCst) == 0 && running.device.volts() == 0.0;
    wait_until("outputs are safe", stalls);
    let before = running.device.flushed.lock().unwrap().len();
    let ticks = || running.device.flushed.lock().unwrap().len();
    wait_until("the loop goes on", || ticks() > before + 5);
    assert_eq!(
        running.device.volts(),
        0.0,
        "until the operator enables it again"
    );
    let (ended, _, events) = running.end();
    assert_eq!(ended, Ok(()));
    assert!(made_safe(&events, "stalled"));
    assert_eq!(modes(&events).last(), Some(&"disabled"));
}
