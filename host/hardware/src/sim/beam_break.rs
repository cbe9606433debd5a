//! A light beam across the path of the game pieces.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Observed, Port};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortSpec};
use crate::driver::InputFrame;
use crate::quantity::Quantity;

pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "beam-break",
    summary: "A light beam that is broken once the robot holds enough game pieces.",
    parameters: &[
        ParameterSpec::new(
            "of",
            Quantity::Device(&["field"]),
            "Where the game pieces are.",
        ),
        ParameterSpec::new(
            "count",
            Quantity::Count,
            "How many pieces reach up to the beam.",
        )
        .or(1.0)
        .range(1.0, 100.0),
    ],
    ports: &[PortSpec::boolean_input("broken", "Whether a piece is in the beam.").required()],
    make,
};

struct BeamBreak {
    of: usize,
    count: u32,
    broken: bool,
    port: Port,
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    Ok(Box::new(BeamBreak {
        of: a.required_device("of")?,
        count: a.number("count") as u32,
        broken: false,
        port: a.port("broken"),
    }))
}

impl Device for BeamBreak {
    fn see(&mut self, devices: &[Observed]) {
        self.broken = devices[self.of].held >= self.count;
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, _noise: &mut Noise) {
        self.port.put_boolean(inputs, self.broken);
    }
}
