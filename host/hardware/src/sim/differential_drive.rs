//! A differential drive: two sides of wheels, encoders and a gyro.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Observed, Port, Surroundings};
use super::motor::{CURRENT_LIMIT, GEARING, Gearmotor, MOTOR};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortKind, PortSpec};
use crate::driver::{InputFrame, OutputFrame};
use crate::quantity::Quantity;

/// m·dv/dt = F left + F right and J·dω/dt = (track/2)·(F right − F left), with the force of each
/// side from its gearbox at speed v/r, less its friction: "Controls Engineering in FRC", "Differential drive"; WPILib's
/// `DifferentialDrivetrainSim`. Wheels do not slip.
pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "differential-drive",
    summary: "A drivetrain with a left and a right side, encoders and a gyro.",
    parameters: &[
        MOTOR,
        ParameterSpec::new(
            "motors-per-side",
            Quantity::Count,
            "How many motors drive each side.",
        )
        .or(2.0)
        .range(1.0, 6.0),
        GEARING,
        CURRENT_LIMIT,
        ParameterSpec::positive("wheel-diameter", Quantity::Length, "Of the driven wheels."),
        ParameterSpec::positive(
            "track-width",
            Quantity::Length,
            "Between the left and right wheels.",
        ),
        ParameterSpec::positive("mass", Quantity::Mass, "Of the robot."),
        ParameterSpec::new(
            "moment-of-inertia",
            Quantity::MomentOfInertia,
            "About the vertical axis; 0 for that of a square plate as wide as the track, m·w²/6.",
        )
        .or(0.0)
        .range(0.0, 1e6),
        ParameterSpec::new(
            "start-x",
            Quantity::Length,
            "Where it starts, along the field.",
        )
        .or(0.0),
        ParameterSpec::new(
            "start-y",
            Quantity::Length,
            "Where it starts, across the field.",
        )
        .or(0.0),
        ParameterSpec::new(
            "start-heading",
            Quantity::Angle,
            "Where it looks at the start.",
        )
        .or(0.0),
        ParameterSpec::new(
            "encoder-noise",
            Quantity::Length,
            "Standard deviation of the measured distances.",
        )
        .or(0.0)
        .range(0.0, 1.0),
        ParameterSpec::new(
            "gyro-noise",
            Quantity::Angle,
            "Standard deviation of the measured heading.",
        )
        .or(0.0)
        .range(0.0, 1.0),
    ],
    ports: &[
        PortSpec::output(
            "left-voltage",
            "V",
            "Applied to the left motors; forward is positive.",
        ),
        PortSpec::output(
            "right-voltage",
            "V",
            "Applied to the right motors; forward is positive.",
        ),
        PortSpec::input("left-distance", "m", "Of the left side, since the start."),
        PortSpec::input("right-distance", "m", "Of the right side, since the start."),
        PortSpec::input("left-velocity", "m/s", "Of the left side."),
        PortSpec::input("right-velocity", "m/s", "Of the right side."),
        PortSpec::input(
            "heading",
            "rad",
            "Counter-clockwise from the field's x axis, without jumps at a full turn.",
        ),
        PortSpec::input("heading-rate", "rad/s", "Counter-clockwise."),
        PortSpec::input("left-current", "A", "Through the left motors together."),
        PortSpec::input("right-current", "A", "Through the right motors together."),
        PortSpec::input(
            "pose",
            "",
            "The true x (m), y (m) and heading (rad) on the field.",
        )
        .of_kind(PortKind::Array(Some(3))),
    ],
    make,
};

struct DifferentialDrive {
    gearmotor: Gearmotor,
    radius: f64,
    /// Half the track width, in metres.
    arm: f64,
    mass: f64,
    inertia: f64,
    encoder_noise: f64,
    gyro_noise: f64,
    sides: [Side; 2],
    pose: [f64; 3],
    heading_port: Port,
    rate_port: Port,
    pose_port: Port,
}

/// The left or the right side; speeds and distances are those of its wheels on the ground.
#[derive(Clone, Copy, Debug)]
struct Side {
    command: f64,
    applied: f64,
    velocity: f64,
    distance: f64,
    voltage_port: Port,
    distance_port: Port,
    velocity_port: Port,
    current_port: Port,
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    let (mass, track) = (a.number("mass"), a.number("track-width"));
    let given = a.number("moment-of-inertia");
    let plate = mass * track * track / 6.0;
    let side = |voltage, distance, velocity, current| Side {
        command: 0.0,
        applied: 0.0,
        velocity: 0.0,
        distance: 0.0,
        voltage_port: a.port(voltage),
        distance_port: a.port(distance),
        velocity_port: a.port(velocity),
        current_port: a.port(current),
    };
    Ok(Box::new(DifferentialDrive {
        gearmotor: Gearmotor::from_arguments(a, "motors-per-side")?,
        radius: a.number("wheel-diameter") / 2.0,
        arm: track / 2.0,
        mass,
        inertia: if given > 0.0 { given } else { plate },
        encoder_noise: a.number("encoder-noise"),
        gyro_noise: a.number("gyro-noise"),
        sides: [
            side(
                "left-voltage",
                "left-distance",
                "left-velocity",
                "left-current",
            ),
            side(
                "right-voltage",
                "right-distance",
                "right-velocity",
                "right-current",
            ),
        ],
        pose: ["start-x", "start-y", "start-heading"].map(|name| a.number(name)),
        heading_port: a.port("heading"),
        rate_port: a.port("heading-rate"),
        pose_port: a.port("pose"),
    }))
}

impl Device for DifferentialDrive {
    fn drive(&mut self, outputs: &OutputFrame<'_>) {
        for side in &mut self.sides {
            side.command = side.voltage_port.read(outputs);
        }
    }

    fn supply_current(&self, volts: f64) -> f64 {
        let drawn = |side: &Side| {
            let speed = side.velocity / self.radius;
            self.gearmotor.supply_current(side.command, speed, volts)
        };
        self.sides.iter().map(drawn).sum()
    }

    fn step(&mut self, h: f64, around: &Surroundings<'_>) {
        for side in &mut self.sides {
            side.applied = side.command.clamp(-around.bus, around.bus);
        }
        let before = self.sides.map(|side| side.velocity);
        // The midpoint method (second-order Runge-Kutta): both sides push the same body.
        let middle = self.moved(before, before, 0.5 * h);
        let after = self.moved(before, middle, h);
        for (side, (before, after)) in self.sides.iter_mut().zip(before.into_iter().zip(after)) {
            side.velocity = after;
            side.distance += 0.5 * h * (before + after);
        }
        let forward = 0.25 * (before[0] + before[1] + after[0] + after[1]);
        let turn = 0.5 * h * (self.rate(before) + self.rate(after));
        let heading = self.pose[2] + 0.5 * turn;
        self.pose[0] += h * forward * heading.cos();
        self.pose[1] += h * forward * heading.sin();
        self.pose[2] += turn;
    }

    fn observed(&self) -> Observed {
        let [left, right] = self.sides;
        Observed {
            position: 0.5 * (left.distance + right.distance),
            velocity: 0.5 * (left.velocity + right.velocity),
            pose: self.pose,
            ..Observed::default()
        }
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, noise: &mut Noise) {
        for side in &self.sides {
            let current = self
                .gearmotor
                .current(side.applied, side.velocity / self.radius);
            let distance = side.distance + noise.sample(self.encoder_noise);
            side.distance_port.put(inputs, distance);
            side.velocity_port.put(inputs, side.velocity);
            side.current_port.put(inputs, current);
        }
        let heading = self.pose[2] + noise.sample(self.gyro_noise);
        let rate = self.rate(self.sides.map(|side| side.velocity));
        self.heading_port.put(inputs, heading);
        self.rate_port.put(inputs, rate);
        self.pose_port.put_array(inputs, &self.pose);
    }
}

impl DifferentialDrive {
    /// The velocities of the sides `h` seconds after `from`, at the acceleration that the robot has
    /// when they are `at`.
    fn moved(&self, from: [f64; 2], at: [f64; 2], h: f64) -> [f64; 2] {
        let push = [0, 1].map(|side: usize| {
            let speed = at[side] / self.radius;
            let current = self.gearmotor.current(self.sides[side].applied, speed);
            self.gearmotor.torque(current) / self.radius
        });
        let free = self.pushed(from, push, h);
        let friction = self.friction(free, h);
        let next = self.pushed(free, friction.map(|force| -force), h);
        // Friction that is not at its greatest has brought its side to rest.
        let greatest = self.gearmotor.friction() / self.radius;
        [0, 1].map(|side: usize| {
            let rests = friction[side].abs() < greatest;
            if rests { 0.0 } else { next[side] }
        })
    }

    /// The velocities of the sides after these forces on them have acted for `h` seconds.
    fn pushed(&self, [left, right]: [f64; 2], force: [f64; 2], h: f64) -> [f64; 2] {
        let forward = h * (force[0] + force[1]) / self.mass;
        let turning = h * self.arm * self.arm * (force[1] - force[0]) / self.inertia;
        [left + forward - turning, right + forward + turning]
    }

    /// The friction of the sides, positive against forward motion: what brings each to rest within
    /// `h` seconds, or the greatest there is. Each side's friction moves the other side as well, so
    /// they are found in turn (projected Gauss-Seidel), which gains a digit or more each time.
    fn friction(&self, free: [f64; 2], h: f64) -> [f64; 2] {
        let greatest = self.gearmotor.friction() / self.radius;
        let per_force = h * (1.0 / self.mass + self.arm * self.arm / self.inertia);
        let mut friction = [0.0_f64; 2];
        for _ in 0..12 {
            for side in 0..2 {
                let left = self.pushed(free, friction.map(|force| -force), h)[side];
                friction[side] = (friction[side] + left / per_force).clamp(-greatest, greatest);
            }
        }
        friction
    }

    fn rate(&self, [left, right]: [f64; 2]) -> f64 {
        (right - left) / (2.0 * self.arm)
    }
}
