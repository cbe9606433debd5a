//! What the world expects of a model.

use crate::driver::{InputFrame, OutputFrame};
use crate::image::ChannelId;

use super::noise::Noise;

/// One simulated device. Everything is in SI units.
///
/// A device changes only in [`step`](Device::step), sees the others as they were before the step,
/// and allocates nothing, so the order of devices has no influence on the result.
pub(super) trait Device: Send {
    /// Takes over what it is driven with.
    fn drive(&mut self, _outputs: &OutputFrame<'_>) {}

    /// The current it would draw from a bus at `volts`, as it stands, in amperes.
    fn supply_current(&self, _volts: f64) -> f64 {
        0.0
    }

    /// Goes on by `h` seconds.
    fn step(&mut self, _h: f64, _around: &Surroundings<'_>) {}

    /// Looks at the others, as they are after a step and before the first.
    fn see(&mut self, _devices: &[Observed]) {}

    /// What others can see of it.
    fn observed(&self) -> Observed {
        Observed::default()
    }

    /// Puts down what it measures.
    fn measure(&mut self, _inputs: &mut InputFrame<'_>, _noise: &mut Noise) {}

    /// The supply of the whole robot, if this is one: open-circuit voltage and resistance.
    fn as_supply(&self) -> Option<Supply> {
        None
    }
}

/// A voltage source with a resistance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Supply {
    /// Volts without a load.
    pub(super) open_circuit: f64,
    /// Ohms.
    pub(super) resistance: f64,
}

/// What a device sees of the world in a step.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// Seconds since the start, at the end of this step.
    pub(super) time: f64,
    /// Volts at the battery's terminals.
    pub(super) bus: f64,
    /// Amperes that all devices draw together.
    pub(super) current: f64,
    /// The other devices before the step, by index.
    pub(super) devices: &'a [Observed],
}

/// What others can see of a device. What does not apply is zero or false.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Observed {
    /// Metres or radians.
    pub(super) position: f64,
    /// Metres or radians per second.
    pub(super) velocity: f64,
    /// Volts that it is driven with.
    pub(super) voltage: f64,
    /// Whether it rests on its lower and its upper hard stop.
    pub(super) at_stop: [bool; 2],
    /// Where it is on the field: metres, metres, radians.
    pub(super) pose: [f64; 3],
    /// Game pieces it holds.
    pub(super) held: u32,
}

/// A port that may be left unconnected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port(pub(super) Option<ChannelId>);

impl Port {
    pub(super) fn read(self, outputs: &OutputFrame<'_>) -> f64 {
        self.0.map_or(0.0, |id| outputs.number(id))
    }

    pub(super) fn put(self, inputs: &mut InputFrame<'_>, value: f64) {
        if let Some(id) = self.0 {
            inputs.set_number(id, value);
        }
    }

    pub(super) fn put_boolean(self, inputs: &mut InputFrame<'_>, value: bool) {
        if let Some(id) = self.0 {
            inputs.set_boolean(id, value);
        }
    }

    pub(super) fn put_array(self, inputs: &mut InputFrame<'_>, values: &[f64]) {
        if let Some(id) = self.0 {
            inputs.set_array(id, values);
        }
    }
}
