//! A simulated robot in a few words: every port of every device is a channel `device.port`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gantry_hardware::sim::{self, ParameterValue, PortKind, SimBuilder, SimError};
use gantry_hardware::{Channel, Direction, Hardware, Image, ImageBuilder, Kind, quantity};

/// The run that owns everything.
const RUN: u64 = 1;
const TICK: Duration = Duration::from_millis(20);

pub(crate) struct Rig {
    pub(crate) hardware: Hardware,
    pub(crate) image: Arc<Image>,
    now: Duration,
}

/// A device: name, model, and parameters as they are written in a robot's file.
pub(crate) type Device<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

impl Rig {
    pub(crate) fn new(devices: &[Device<'_>]) -> Self {
        Self::seeded(devices, 0).expect("the devices fit their models")
    }

    pub(crate) fn seeded(devices: &[Device<'_>], seed: u64) -> Result<Self, SimError> {
        let mut builder = ImageBuilder::new();
        let robot = builder.add_mechanism("robot").expect("it is the first");
        let mut ports = Vec::new();
        for (device, model, _) in devices {
            let mut connected = BTreeMap::new();
            for port in sim::model(model).into_iter().flat_map(|model| model.ports) {
                let kind = match port.kind {
                    PortKind::Number => Kind::Number,
                    PortKind::Boolean => Kind::Boolean,
                    PortKind::Array(length) => Kind::Array {
                        length: length.unwrap_or(6),
                    },
                };
                let name = format!("{device}.{}", port.name);
                let channel = match port.direction {
                    Direction::Input => Channel::input(name, kind),
                    Direction::Output => Channel::output(name, kind, robot),
                };
                let id = builder
                    .add_channel(channel.unit(port.unit))
                    .expect("names differ");
                connected.insert(port.name.to_owned(), id);
            }
            ports.push(connected);
        }
        let image = Arc::new(builder.build());
        let mut world = SimBuilder::new(image.clone());
        for ((device, model, parameters), ports) in devices.iter().zip(ports) {
            let parameters = parameters.iter().map(|(key, text)| value(model, key, text));
            world.add_device(*device, model, parameters.collect(), ports)?;
        }
        let hardware = Hardware::new(image.clone(), vec![Box::new(world.build(seed)?)]);
        image.set_owner(robot, RUN);
        image.set_enabled(true);
        let mut rig = Self {
            hardware: hardware.expect("there is one driver"),
            image,
            now: Duration::ZERO,
        };
        rig.hardware.begin_tick(Duration::ZERO, Duration::ZERO);
        Ok(rig)
    }

    pub(crate) fn write(&self, channel: &str, value: f64) {
        let id = self.image.find(channel).expect("the channel exists");
        self.image
            .write_number(id, RUN, value)
            .expect("it may be written");
    }

    /// Ends the tick and begins the next, as often as it fits into `seconds`.
    pub(crate) fn run(&mut self, seconds: f64) {
        for _ in 0..(seconds / TICK.as_secs_f64()).round() as u64 {
            self.tick();
        }
    }

    pub(crate) fn tick(&mut self) {
        self.hardware.end_tick();
        self.now += TICK;
        self.hardware.begin_tick(self.now, TICK);
    }

    pub(crate) fn number(&self, channel: &str) -> f64 {
        self.image
            .number(self.image.find(channel).expect("the channel exists"))
    }

    pub(crate) fn boolean(&self, channel: &str) -> bool {
        self.image
            .boolean(self.image.find(channel).expect("the channel exists"))
    }

    pub(crate) fn array(&self, channel: &str) -> Vec<f64> {
        let id = self.image.find(channel).expect("the channel exists");
        self.image.array(id, <[f64]>::to_vec)
    }
}

#[track_caller]
pub(crate) fn assert_near(found: f64, expected: f64, tolerance: f64) {
    let off = (found - expected).abs();
    assert!(off <= tolerance, "{found} is not {expected} ± {tolerance}");
}

fn value(model: &str, key: &str, text: &str) -> (String, ParameterValue) {
    let spec = sim::model(model).and_then(|model| model.parameter(key));
    let value = match spec.map(|spec| spec.quantity) {
        Some(quantity) if quantity.is_number() => {
            ParameterValue::Number(quantity::parse(text, quantity).expect("it is a quantity"))
        }
        _ => ParameterValue::Text(text.to_owned()),
    };
    (key.to_owned(), value)
}
