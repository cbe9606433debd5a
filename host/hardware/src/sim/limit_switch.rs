//! A limit switch at a hard stop.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Observed, Port};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortSpec};
use crate::driver::InputFrame;
use crate::quantity::Quantity;

pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "limit-switch",
    summary: "A switch that is pressed within 1 mm or 0.01 rad of a hard stop.",
    parameters: &[
        ParameterSpec::new(
            "of",
            Quantity::Device(&["elevator", "arm"]),
            "What presses it.",
        ),
        ParameterSpec::new(
            "end",
            Quantity::Choice(&["lower", "upper"]),
            "At which stop it is.",
        )
        .or_text("lower"),
        ParameterSpec::new(
            "contact",
            Quantity::Choice(&["normally-open", "normally-closed"]),
            "Whether it reads true (normally open) or false while it is pressed.",
        )
        .or_text("normally-open"),
    ],
    ports: &[PortSpec::boolean_input("closed", "Whether the contact is closed.").required()],
    make,
};

struct LimitSwitch {
    of: usize,
    end: usize,
    closed_when: bool,
    pressed: bool,
    port: Port,
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    let of = a.required_device("of")?;
    let end = usize::from(a.text("end") == "upper");
    Ok(Box::new(LimitSwitch {
        of,
        end,
        closed_when: a.text("contact") == "normally-open",
        pressed: false,
        port: a.port("closed"),
    }))
}

impl Device for LimitSwitch {
    fn see(&mut self, devices: &[Observed]) {
        self.pressed = devices[self.of].at_stop[self.end];
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, _noise: &mut Noise) {
        self.port
            .put_boolean(inputs, self.pressed == self.closed_when);
    }
}
