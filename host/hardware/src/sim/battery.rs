//! The battery: a voltage source with a resistance, which all motors share.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Port, Supply, Surroundings};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortSpec};
use crate::driver::InputFrame;
use crate::quantity::Quantity;

/// V = open-circuit voltage − R · I, as in WPILib's `BatterySim`, whose resistance is the default.
pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "battery",
    summary: "A battery with internal resistance; without one, motors get 12 V whatever they draw.",
    parameters: &[
        ParameterSpec::positive(
            "open-circuit",
            Quantity::Voltage,
            "Its voltage without a load.",
        )
        .or(12.6),
        ParameterSpec::new(
            "resistance",
            Quantity::Resistance,
            "Of the battery and its leads.",
        )
        .or(0.02)
        .range(0.0, 1.0),
    ],
    ports: &[
        PortSpec::input("voltage", "V", "At its terminals."),
        PortSpec::input("current", "A", "What all devices draw together."),
    ],
    make,
};

struct Battery {
    supply: Supply,
    bus: f64,
    drawn: f64,
    voltage: Port,
    current: Port,
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    let supply = Supply {
        open_circuit: a.number("open-circuit"),
        resistance: a.number("resistance"),
    };
    Ok(Box::new(Battery {
        supply,
        bus: supply.open_circuit,
        drawn: 0.0,
        voltage: a.port("voltage"),
        current: a.port("current"),
    }))
}

impl Device for Battery {
    fn step(&mut self, _h: f64, around: &Surroundings<'_>) {
        self.bus = around.bus;
        self.drawn = around.current;
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, _noise: &mut Noise) {
        self.voltage.put(inputs, self.bus);
        self.current.put(inputs, self.drawn);
    }

    fn as_supply(&self) -> Option<Supply> {
        Some(self.supply)
    }
}

impl Supply {
    /// The voltage at the terminals at which the devices draw just what makes it sag to there.
    ///
    /// Both sides of V = open circuit − R · I(V) depend on V, so it is solved by bisection:
    /// following the last current instead would swing as soon as the battery's resistance is
    /// greater than that of the motors.
    pub(super) fn settle(self, current: impl Fn(f64) -> f64) -> f64 {
        let excess = |volts: f64| volts - self.open_circuit + self.resistance * current(volts);
        if excess(self.open_circuit).abs() < 1e-9 {
            return self.open_circuit;
        }
        let (mut low, mut high) = (0.0, 2.0 * self.open_circuit);
        for _ in 0..36 {
            let middle = 0.5 * (low + high);
            if excess(middle) < 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}
