//! An elevator: a carriage on a drum, with gravity and hard stops.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Observed, Port, Surroundings};
use super::motor::{CURRENT_LIMIT, GEARING, Gearmotor, MOTOR, MOTOR_COUNT};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortSpec};
use super::travel::{GRAVITY, Travel};
use crate::driver::{InputFrame, OutputFrame};
use crate::quantity::Quantity;

/// m·dv/dt = torque / r − m·g: "Controls Engineering in FRC", "Elevator"; WPILib's
/// `LinearSystemId.createElevatorSystem` and `ElevatorSim`. Computed at the drum, where the
/// carriage is an inertia of m·r² under a torque of −m·g·r.
pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "elevator",
    summary: "A carriage that is lifted against gravity between two hard stops.",
    parameters: &[
        MOTOR,
        MOTOR_COUNT,
        GEARING,
        CURRENT_LIMIT,
        ParameterSpec::positive("drum-radius", Quantity::Length, "Of the drum or sprocket."),
        ParameterSpec::positive("mass", Quantity::Mass, "Of what is lifted."),
        ParameterSpec::new("min-height", Quantity::Length, "The lower hard stop.").or(0.0),
        ParameterSpec::new("max-height", Quantity::Length, "The upper hard stop."),
        ParameterSpec::new("start-height", Quantity::Length, "Where it starts.").or(0.0),
        ParameterSpec::new(
            "height-noise",
            Quantity::Length,
            "Standard deviation of the measured height.",
        )
        .or(0.0)
        .range(0.0, 1.0),
    ],
    ports: &[
        PortSpec::output(
            "voltage",
            "V",
            "Applied to the motors; up is positive, 0 V brakes.",
        ),
        PortSpec::input("height", "m", "Of the carriage."),
        PortSpec::input("velocity", "m/s", "Of the carriage; up is positive."),
        PortSpec::input("current", "A", "Through all motors together."),
    ],
    make,
};

struct Elevator {
    gearmotor: Gearmotor,
    radius: f64,
    mass: f64,
    noise: f64,
    command: f64,
    applied: f64,
    travel: Travel,
    ports: [Port; 4],
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    Ok(Box::new(Elevator {
        gearmotor: Gearmotor::from_arguments(a, "motors")?,
        radius: a.number("drum-radius"),
        mass: a.number("mass"),
        noise: a.number("height-noise"),
        command: 0.0,
        applied: 0.0,
        travel: Travel::from_arguments(a, ["min-height", "max-height", "start-height"], 0.001)?,
        ports: ["voltage", "height", "velocity", "current"].map(|name| a.port(name)),
    }))
}

impl Device for Elevator {
    fn drive(&mut self, outputs: &OutputFrame<'_>) {
        self.command = self.ports[0].read(outputs);
    }

    fn supply_current(&self, volts: f64) -> f64 {
        let speed = self.travel.velocity / self.radius;
        self.gearmotor.supply_current(self.command, speed, volts)
    }

    fn step(&mut self, h: f64, around: &Surroundings<'_>) {
        self.applied = self.command.clamp(-around.bus, around.bus);
        let speed = self.travel.velocity / self.radius;
        let inertia = self.mass * self.radius * self.radius;
        let weight = -self.mass * GRAVITY * self.radius;
        let motor = &self.gearmotor;
        let speed = motor.advance(speed, self.command, around.bus, inertia, weight, h);
        self.travel.advance(speed * self.radius, h);
    }

    fn observed(&self) -> Observed {
        self.travel.observed(self.applied)
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, noise: &mut Noise) {
        let [_, height, velocity, current] = self.ports;
        let speed = self.travel.velocity / self.radius;
        height.put(inputs, self.travel.position + noise.sample(self.noise));
        velocity.put(inputs, self.travel.velocity);
        current.put(inputs, self.gearmotor.current(self.applied, speed));
    }
}
