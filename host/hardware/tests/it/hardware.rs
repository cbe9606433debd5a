//! The driver seam: what becomes of outputs and inputs when a driver fails.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gantry_hardware::driver::{InputFrame, OutputFrame, Phase};
use gantry_hardware::{
    Channel, ChannelId, Driver, DriverError, Hardware, HardwareError, Health, Image, ImageBuilder,
    Kind, Safety, Tick,
};

/// What the device behind [`Fake`] is told to do and what it has seen.
#[derive(Default)]
struct Device {
    broken: Option<Phase>,
    applied: f64,
    safed: u32,
    reading: f64,
    /// Whether its own switch holds it at its safe value.
    cut: bool,
}

struct Switch(Arc<Mutex<Device>>);

impl Safety for Switch {
    fn make_safe(&self) {
        let mut device = self.0.lock().unwrap();
        (device.cut, device.applied) = (true, 0.0);
    }

    fn rearm(&self) {
        self.0.lock().unwrap().cut = false;
    }
}

struct Fake {
    device: Arc<Mutex<Device>>,
    output: ChannelId,
    input: ChannelId,
    channels: [ChannelId; 2],
}

impl Fake {
    fn answer(&self, phase: Phase) -> Result<(), DriverError> {
        if self.device.lock().unwrap().broken == Some(phase) {
            return Err(DriverError {
                device: "can 3".to_owned(),
                problem: "no answer".to_owned(),
            });
        }
        Ok(())
    }
}

impl Driver for Fake {
    fn name(&self) -> &str {
        "fake"
    }

    fn channels(&self) -> &[ChannelId] {
        &self.channels
    }

    fn sample(&mut self, _: Tick, inputs: &mut InputFrame<'_>) -> Result<(), DriverError> {
        inputs.set_number(self.input, self.device.lock().unwrap().reading);
        self.answer(Phase::Sample)
    }

    fn flush(&mut self, _: Tick, outputs: &OutputFrame<'_>) -> Result<(), DriverError> {
        self.answer(Phase::Flush)?;
        let mut device = self.device.lock().unwrap();
        if !device.cut {
            device.applied = outputs.number(self.output);
        }
        Ok(())
    }

    fn safe(&mut self, outputs: &OutputFrame<'_>) {
        let mut device = self.device.lock().unwrap();
        device.applied = outputs.number(self.output);
        device.safed += 1;
    }

    fn safety(&self) -> Arc<dyn Safety> {
        Arc::new(Switch(self.device.clone()))
    }
}

struct Rig {
    hardware: Hardware,
    image: Arc<Image>,
    device: Arc<Mutex<Device>>,
    output: ChannelId,
    input: ChannelId,
    ticks: u32,
}

fn rig() -> Rig {
    let (image, output, input) = image();
    let device = Arc::new(Mutex::new(Device::default()));
    let fake = fake(device.clone(), output, input);
    Rig {
        hardware: Hardware::new(image.clone(), vec![fake]).unwrap(),
        image,
        device,
        output,
        input,
        ticks: 0,
    }
}

fn image() -> (Arc<Image>, ChannelId, ChannelId) {
    let mut b = ImageBuilder::new();
    let arm = b.add_mechanism("arm").unwrap();
    let output = b
        .add_channel(Channel::output("arm.voltage", Kind::Number, arm))
        .unwrap();
    let input = b
        .add_channel(Channel::input("arm.angle", Kind::Number))
        .unwrap();
    let image = Arc::new(b.build());
    image.set_owner(arm, 1);
    image.set_enabled(true);
    (image, output, input)
}

fn fake(device: Arc<Mutex<Device>>, output: ChannelId, input: ChannelId) -> Box<dyn Driver> {
    Box::new(Fake {
        device,
        output,
        input,
        channels: [output, input],
    })
}

impl Rig {
    /// One tick in which the command writes 6 V and the device reads its tick's number.
    fn tick(&mut self) -> Vec<Health> {
        let dt = Duration::from_millis(20);
        self.device.lock().unwrap().reading = f64::from(self.ticks);
        self.hardware.begin_tick(dt * self.ticks, dt);
        self.ticks += 1;
        self.image.write_number(self.output, 1, 6.0).unwrap();
        self.hardware.end_tick();
        self.hardware
            .reports()
            .map(|report| report.change)
            .collect()
    }

    fn breaks(&self, phase: Option<Phase>) {
        self.device.lock().unwrap().broken = phase;
    }

    fn applied(&self) -> f64 {
        self.device.lock().unwrap().applied
    }
}

#[test]
fn a_good_tick_moves_values_and_reports_nothing() {
    let mut rig = rig();
    assert_eq!((rig.tick(), rig.tick()), (vec![], vec![]));
    assert_eq!(rig.applied(), 6.0);
    assert_eq!(rig.image.number(rig.input), 1.0);
}

#[test]
fn a_driver_that_fails_to_sample_is_safe_its_inputs_age_and_it_is_reported_once() {
    let mut rig = rig();
    rig.tick();
    rig.breaks(Some(Phase::Sample));
    let reported = rig.tick();
    let expected = DriverError {
        device: "can 3".to_owned(),
        problem: "no answer".to_owned(),
    };
    assert_eq!(
        reported,
        [Health::Failed {
            phase: Phase::Sample,
            error: expected
        }]
    );
    assert_eq!(rig.tick(), []);
    assert_eq!(rig.applied(), 0.0);
    assert_eq!(rig.image.flushed_number(rig.output), 0.0);
    assert_eq!(
        rig.image.number(rig.input),
        0.0,
        "half a sample does not count"
    );
    assert_eq!(rig.image.age(rig.input), Duration::from_millis(40));
}

#[test]
fn a_driver_that_fails_to_flush_is_safe_and_reported_once() {
    let mut rig = rig();
    rig.breaks(Some(Phase::Flush));
    let phases: Vec<_> = (0..3).flat_map(|_| rig.tick()).collect();
    assert!(
        matches!(
            phases[..],
            [Health::Failed {
                phase: Phase::Flush,
                ..
            }]
        ),
        "{phases:?}"
    );
    assert_eq!(rig.applied(), 0.0);
    assert_eq!(rig.device.lock().unwrap().safed, 3);
    assert_eq!(rig.image.number(rig.input), 2.0, "its inputs still work");
}

#[test]
fn a_driver_recovers_with_a_whole_safe_tick_and_then_follows_the_commands() {
    let mut rig = rig();
    rig.breaks(Some(Phase::Sample));
    rig.tick();
    rig.tick();
    rig.breaks(None);
    let after = Duration::from_millis(40);
    assert_eq!(rig.tick(), [Health::Recovered { after }]);
    assert_eq!(rig.applied(), 0.0);
    assert_eq!(rig.tick(), []);
    assert_eq!(rig.applied(), 6.0);
}

#[test]
fn making_safe_reaches_the_devices_at_once() {
    let mut rig = rig();
    rig.tick();
    rig.hardware.make_safe();
    assert_eq!(rig.applied(), 0.0);
    assert_eq!(rig.device.lock().unwrap().safed, 1);
}

#[test]
fn the_switch_makes_the_devices_safe_without_the_loop_until_it_is_rearmed() {
    let mut rig = rig();
    rig.tick();
    assert_eq!(rig.applied(), 6.0);
    let switch = rig.hardware.safety().clone();
    std::thread::spawn(move || switch.throw()).join().unwrap();
    assert_eq!(rig.applied(), 0.0, "no tick was needed");
    rig.tick();
    assert_eq!(rig.applied(), 0.0, "a tick does not undo it");
    assert_eq!(rig.image.flushed_number(rig.output), 0.0);

    let times = rig.hardware.safety().times();
    assert!(rig.hardware.rearm(times));
    assert_eq!(rig.applied(), 0.0, "rearming drives nothing");
    rig.tick();
    assert_eq!(rig.applied(), 6.0);
}

#[test]
fn a_switch_that_was_thrown_again_is_not_rearmed() {
    let mut rig = rig();
    let switch = rig.hardware.safety().clone();
    switch.throw();
    let times = switch.times();
    switch.throw();
    assert!(!rig.hardware.rearm(times));
    rig.tick();
    assert!(switch.is_thrown());
    assert_eq!(rig.applied(), 0.0);
}

#[test]
fn a_tick_that_is_withheld_flushes_safe_values_and_keeps_what_is_staged() {
    let mut rig = rig();
    let dt = Duration::from_millis(20);
    rig.tick();
    rig.hardware.begin_tick(dt, dt);
    rig.hardware.withhold();
    rig.hardware.end_tick();
    assert_eq!(rig.applied(), 0.0);
    rig.hardware.begin_tick(dt * 2, dt);
    rig.hardware.end_tick();
    assert_eq!(rig.applied(), 6.0, "without having been written again");
}

#[test]
fn dropping_the_hardware_makes_the_devices_safe() {
    let mut rig = rig();
    rig.tick();
    drop(rig.hardware);
    assert_eq!(rig.device.lock().unwrap().applied, 0.0);
}

#[test]
fn a_channel_has_one_driver() {
    let (image, output, input) = image();
    let drivers = (0..2)
        .map(|_| fake(Arc::default(), output, input))
        .collect();
    let error = Hardware::new(image, drivers).unwrap_err();
    let HardwareError::ServedTwice { channel, .. } = error;
    assert_eq!(channel, "arm.voltage");
}
