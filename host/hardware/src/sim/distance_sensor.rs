//! A distance sensor: on the drivetrain towards the wall of the field, or under an elevator.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Observed, Port};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortSpec};
use crate::driver::InputFrame;
use crate::quantity::Quantity;

/// To a wall: the nearest crossing of the ray from the sensor with the lines x = 0, x = length,
/// y = 0 and y = width that bound the field. Under an elevator: its height.
pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "distance-sensor",
    summary: "Looks from the robot's centre at the wall of the field, or from below at an elevator.",
    parameters: &[
        ParameterSpec::new(
            "of",
            Quantity::Device(&["differential-drive", "elevator"]),
            "What it is mounted on, or looks at.",
        ),
        ParameterSpec::new(
            "direction",
            Quantity::Angle,
            "On a drivetrain: where it looks, counter-clockwise from straight ahead.",
        )
        .or(0.0),
        ParameterSpec::positive("field-length", Quantity::Length, "Along x.").or(16.54),
        ParameterSpec::positive("field-width", Quantity::Length, "Along y.").or(8.21),
        ParameterSpec::positive(
            "max-distance",
            Quantity::Length,
            "How far it sees; beyond, it does not answer and the reading grows older.",
        )
        .or(4.0),
        ParameterSpec::new(
            "noise",
            Quantity::Length,
            "Standard deviation of the reading.",
        )
        .or(0.0)
        .range(0.0, 1.0),
    ],
    ports: &[PortSpec::input("distance", "m", "To what is in front of it.").required()],
    make,
};

struct DistanceSensor {
    of: usize,
    on_drive: bool,
    direction: f64,
    field: [f64; 2],
    farthest: f64,
    noise: f64,
    distance: f64,
    port: Port,
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    Ok(Box::new(DistanceSensor {
        of: a.required_device("of")?,
        on_drive: a.model_of("of") == Some("differential-drive"),
        direction: a.number("direction"),
        field: [a.number("field-length"), a.number("field-width")],
        farthest: a.number("max-distance"),
        noise: a.number("noise"),
        distance: 0.0,
        port: a.port("distance"),
    }))
}

impl Device for DistanceSensor {
    fn see(&mut self, devices: &[Observed]) {
        let seen = &devices[self.of];
        self.distance = if self.on_drive {
            let [x, y, heading] = seen.pose;
            let (sin, cos) = (heading + self.direction).sin_cos();
            let along = to_wall(x, cos, self.field[0]);
            along.min(to_wall(y, sin, self.field[1]))
        } else {
            seen.position
        };
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, noise: &mut Noise) {
        let reading = self.distance + noise.sample(self.noise);
        if self.distance <= self.farthest {
            self.port.put(inputs, reading.max(0.0));
        }
    }
}

/// From `position` to the end of `0..=length` that `direction` (a cosine) points to.
fn to_wall(position: f64, direction: f64, length: f64) -> f64 {
    if direction.abs() < 1e-12 {
        return f64::INFINITY;
    }
    let wall = if direction > 0.0 { length } else { 0.0 };
    ((wall - position) / direction).max(0.0)
}
