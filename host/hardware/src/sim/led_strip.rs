//! An addressable LED strip, which shows what it was last given.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Port};
use super::noise::Noise;
use super::spec::{ModelSpec, PortKind, PortSpec};
use crate::driver::{InputFrame, OutputFrame};
use crate::image::Kind;

pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "led-strip",
    summary: "A strip of LEDs with red, green and blue each.",
    parameters: &[],
    ports: &[
        PortSpec::output(
            "colors",
            "",
            "Red, green and blue of each LED in turn, 0 to 1.",
        )
        .of_kind(PortKind::Array(None)),
        PortSpec::input("lit", "", "How many LEDs are not black."),
    ],
    make,
};

struct LedStrip {
    colors: Vec<f64>,
    colors_port: Port,
    lit_port: Port,
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    let length = match a.kind_of_port("colors") {
        Some(Kind::Array { length }) => length as usize,
        _ => 0,
    };
    if !length.is_multiple_of(3) {
        let problem = format!("an array of {length} does not hold red, green and blue of each LED");
        return Err(a.bad("colors", &problem));
    }
    Ok(Box::new(LedStrip {
        colors: vec![0.0; length],
        colors_port: a.port("colors"),
        lit_port: a.port("lit"),
    }))
}

impl Device for LedStrip {
    fn drive(&mut self, outputs: &OutputFrame<'_>) {
        if let Some(id) = self.colors_port.0 {
            outputs.array(id, |colors| self.colors.copy_from_slice(colors));
        }
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, _noise: &mut Noise) {
        let leds = self.colors.chunks_exact(3);
        let lit = leds
            .filter(|led| led.iter().any(|part| *part > 0.0))
            .count();
        self.lit_port.put(inputs, lit as f64);
    }
}
