//! A flywheel, a roller, a turret: something that turns without gravity.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Observed, Port, Surroundings};
use super::motor::{CURRENT_LIMIT, GEARING, Gearmotor, MOTOR, MOTOR_COUNT};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortSpec};
use crate::driver::{InputFrame, OutputFrame};
use crate::quantity::Quantity;

/// J·dω/dt = torque of the gearbox: "Controls Engineering in FRC", "Flywheel"; WPILib's
/// `LinearSystemId.createFlywheelSystem`.
pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "flywheel",
    summary: "A wheel or roller with inertia on a gearbox.",
    parameters: &[
        MOTOR,
        MOTOR_COUNT,
        GEARING,
        CURRENT_LIMIT,
        ParameterSpec::positive(
            "moment-of-inertia",
            Quantity::MomentOfInertia,
            "Of everything that turns, as seen at the output.",
        ),
        ParameterSpec::new(
            "velocity-noise",
            Quantity::AngularVelocity,
            "Standard deviation of the measured velocity.",
        )
        .or(0.0)
        .range(0.0, 1e3),
    ],
    ports: &[
        PortSpec::output("voltage", "V", "Applied to the motors; 0 V brakes."),
        PortSpec::input("velocity", "rad/s", "Of the output."),
        PortSpec::input("position", "rad", "Of the output, since the start."),
        PortSpec::input("current", "A", "Through all motors together."),
    ],
    make,
};

struct Flywheel {
    gearmotor: Gearmotor,
    inertia: f64,
    noise: f64,
    command: f64,
    applied: f64,
    position: f64,
    velocity: f64,
    ports: [Port; 4],
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    Ok(Box::new(Flywheel {
        gearmotor: Gearmotor::from_arguments(a, "motors")?,
        inertia: a.number("moment-of-inertia"),
        noise: a.number("velocity-noise"),
        command: 0.0,
        applied: 0.0,
        position: 0.0,
        velocity: 0.0,
        ports: ["voltage", "velocity", "position", "current"].map(|name| a.port(name)),
    }))
}

impl Device for Flywheel {
    fn drive(&mut self, outputs: &OutputFrame<'_>) {
        self.command = self.ports[0].read(outputs);
    }

    fn supply_current(&self, volts: f64) -> f64 {
        self.gearmotor
            .supply_current(self.command, self.velocity, volts)
    }

    fn step(&mut self, h: f64, around: &Surroundings<'_>) {
        let (motor, before) = (&self.gearmotor, self.velocity);
        self.applied = self.command.clamp(-around.bus, around.bus);
        self.velocity = motor.advance(before, self.command, around.bus, self.inertia, 0.0, h);
        self.position += 0.5 * h * (before + self.velocity);
    }

    fn observed(&self) -> Observed {
        Observed {
            position: self.position,
            velocity: self.velocity,
            voltage: self.applied,
            ..Observed::default()
        }
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, noise: &mut Noise) {
        let [_, velocity, position, current] = self.ports;
        velocity.put(inputs, self.velocity + noise.sample(self.noise));
        position.put(inputs, self.position);
        current.put(inputs, self.gearmotor.current(self.applied, self.velocity));
    }
}
