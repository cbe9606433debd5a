//! A single-jointed arm, with gravity and hard stops.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Observed, Port, Surroundings};
use super::motor::{CURRENT_LIMIT, GEARING, Gearmotor, MOTOR, MOTOR_COUNT};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortSpec};
use super::travel::{GRAVITY, Travel};
use crate::driver::{InputFrame, OutputFrame};
use crate::quantity::Quantity;

/// J·dω/dt = torque − m·g·(l/2)·cos θ: "Controls Engineering in FRC", "Single-jointed arm";
/// WPILib's `SingleJointedArmSim`, which takes the arm as a uniform rod (J = m·l²/3) as well.
pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "arm",
    summary: "An arm on a joint, a uniform rod, between two hard stops.",
    parameters: &[
        MOTOR,
        MOTOR_COUNT,
        GEARING,
        CURRENT_LIMIT,
        ParameterSpec::positive("length", Quantity::Length, "From the joint to the tip."),
        ParameterSpec::positive("mass", Quantity::Mass, "Of the arm."),
        ParameterSpec::new(
            "moment-of-inertia",
            Quantity::MomentOfInertia,
            "About the joint; 0 for that of a uniform rod.",
        )
        .or(0.0)
        .range(0.0, 1e6),
        ParameterSpec::new(
            "min-angle",
            Quantity::Angle,
            "The lower hard stop; 0 is horizontal.",
        ),
        ParameterSpec::new("max-angle", Quantity::Angle, "The upper hard stop."),
        ParameterSpec::new("start-angle", Quantity::Angle, "Where it starts."),
        ParameterSpec::new(
            "angle-noise",
            Quantity::Angle,
            "Standard deviation of the measured angle.",
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
        PortSpec::input("angle", "rad", "Above the horizontal."),
        PortSpec::input("velocity", "rad/s", "Up is positive."),
        PortSpec::input("current", "A", "Through all motors together."),
    ],
    make,
};

struct Arm {
    gearmotor: Gearmotor,
    inertia: f64,
    /// The torque of gravity when the arm is horizontal, in N·m.
    weight: f64,
    noise: f64,
    command: f64,
    applied: f64,
    travel: Travel,
    ports: [Port; 4],
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    let (mass, length) = (a.number("mass"), a.number("length"));
    let rod = mass * length * length / 3.0;
    let given = a.number("moment-of-inertia");
    Ok(Box::new(Arm {
        gearmotor: Gearmotor::from_arguments(a, "motors")?,
        inertia: if given > 0.0 { given } else { rod },
        weight: mass * GRAVITY * length / 2.0,
        noise: a.number("angle-noise"),
        command: 0.0,
        applied: 0.0,
        travel: Travel::from_arguments(a, ["min-angle", "max-angle", "start-angle"], 0.01)?,
        ports: ["voltage", "angle", "velocity", "current"].map(|name| a.port(name)),
    }))
}

impl Device for Arm {
    fn drive(&mut self, outputs: &OutputFrame<'_>) {
        self.command = self.ports[0].read(outputs);
    }

    fn supply_current(&self, volts: f64) -> f64 {
        self.gearmotor
            .supply_current(self.command, self.travel.velocity, volts)
    }

    fn step(&mut self, h: f64, around: &Surroundings<'_>) {
        self.applied = self.command.clamp(-around.bus, around.bus);
        let load = -self.weight * self.travel.position.cos();
        let (motor, before) = (&self.gearmotor, self.travel.velocity);
        let velocity = motor.advance(before, self.command, around.bus, self.inertia, load, h);
        self.travel.advance(velocity, h);
    }

    fn observed(&self) -> Observed {
        self.travel.observed(self.applied)
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, noise: &mut Noise) {
        let [_, angle, velocity, current] = self.ports;
        let through = self.gearmotor.current(self.applied, self.travel.velocity);
        angle.put(inputs, self.travel.position + noise.sample(self.noise));
        velocity.put(inputs, self.travel.velocity);
        current.put(inputs, through);
    }
}
