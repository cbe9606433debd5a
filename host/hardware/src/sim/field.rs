//! A small game: balls on the floor, a robot that picks them up and shoots them at a goal.

use std::f64::consts::PI;

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Observed, Port, Surroundings};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortSpec};
use crate::driver::InputFrame;
use crate::quantity::Quantity;

/// Rules, not physics: a piece is picked up, and a shot scores, when everything that matters is
/// within its window. A shot does not slow the wheel.
pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "field",
    summary: "Game pieces, an intake that picks them up, and a goal that a shooter scores in.",
    parameters: &[
        ParameterSpec::new(
            "drivebase",
            Quantity::Device(&["differential-drive"]),
            "The robot on the field.",
        ),
        ParameterSpec::new(
            "intake",
            Quantity::Device(&["flywheel"]),
            "The intake's roller.",
        ),
        ParameterSpec::new(
            "feeder",
            Quantity::Device(&["flywheel"]),
            "The roller that feeds a held piece to the shooter.",
        ),
        ParameterSpec::new(
            "shooter",
            Quantity::Device(&["flywheel"]),
            "The shooter's wheel.",
        ),
        ParameterSpec::new(
            "arm",
            Quantity::Device(&["arm"]),
            "What the intake or the shooter is mounted on; left out if they are fixed.",
        )
        .or_text(""),
        ParameterSpec::new(
            "pieces",
            Quantity::Text,
            "Where pieces lie, \"x, y\" in metres each, separated by semicolons.",
        )
        .or_text(""),
        ParameterSpec::new(
            "capacity",
            Quantity::Count,
            "How many pieces the robot can hold.",
        )
        .or(1.0)
        .range(1.0, 100.0),
        ParameterSpec::new(
            "preload",
            Quantity::Count,
            "How many it holds at the start.",
        )
        .or(0.0)
        .range(0.0, 100.0),
        ParameterSpec::positive(
            "intake-reach",
            Quantity::Length,
            "How far ahead of the robot's centre it picks pieces up.",
        )
        .or(0.7),
        ParameterSpec::positive("intake-width", Quantity::Length, "How wide the intake is.")
            .or(0.6),
        ParameterSpec::positive(
            "intake-voltage",
            Quantity::Voltage,
            "The least that pulls a piece in.",
        )
        .or(3.0),
        ParameterSpec::positive(
            "intake-time",
            Quantity::Time,
            "From the floor to the indexer.",
        )
        .or(0.25),
        ParameterSpec::new("intake-angle", Quantity::Angle, "Of the arm, to pick up.").or(0.0),
        ParameterSpec::positive("intake-angle-tolerance", Quantity::Angle, "Around that.").or(PI),
        ParameterSpec::positive(
            "feed-voltage",
            Quantity::Voltage,
            "The least that moves a held piece.",
        )
        .or(3.0),
        ParameterSpec::positive(
            "feed-time",
            Quantity::Time,
            "From the indexer to the wheel.",
        )
        .or(0.2),
        ParameterSpec::new("goal-x", Quantity::Length, "Where the goal is."),
        ParameterSpec::new("goal-y", Quantity::Length, "Where the goal is."),
        ParameterSpec::positive(
            "shot-distance",
            Quantity::Length,
            "From the goal, for a shot that scores.",
        ),
        ParameterSpec::positive("shot-distance-tolerance", Quantity::Length, "Around that.")
            .or(0.3),
        ParameterSpec::positive(
            "shot-heading-tolerance",
            Quantity::Angle,
            "How far the robot may look past the goal.",
        )
        .or(0.1),
        ParameterSpec::positive("shot-speed", Quantity::AngularVelocity, "Of the wheel."),
        ParameterSpec::positive(
            "shot-speed-tolerance",
            Quantity::AngularVelocity,
            "Around that.",
        )
        .or(20.0),
        ParameterSpec::new("shot-angle", Quantity::Angle, "Of the arm, to shoot.").or(0.0),
        ParameterSpec::positive("shot-angle-tolerance", Quantity::Angle, "Around that.").or(PI),
    ],
    ports: &[
        PortSpec::input("held", "", "Pieces that the robot holds."),
        PortSpec::input("scored", "", "Pieces in the goal."),
        PortSpec::input("missed", "", "Pieces that were shot past it."),
        PortSpec::input("remaining", "", "Pieces on the floor."),
        PortSpec::boolean_input("intake-beam-break", "Whether a piece is in the indexer."),
    ],
    make,
};

struct Field {
    drivebase: usize,
    intake: usize,
    feeder: usize,
    shooter: usize,
    arm: Option<usize>,
    pieces: Vec<[f64; 2]>,
    capacity: u32,
    reach: f64,
    half_width: f64,
    intake_voltage: f64,
    intake_time: f64,
    intake_angle: Window,
    feed_voltage: f64,
    feed_time: f64,
    goal: [f64; 2],
    distance: Window,
    heading: Window,
    speed: Window,
    angle: Window,
    held: u32,
    scored: u32,
    missed: u32,
    /// Seconds until the piece in the intake is in the indexer.
    incoming: Option<f64>,
    /// Seconds for which the feeder has moved the piece in the indexer.
    fed: f64,
    ports: [Port; 5],
}

/// A value and how far from it is still good.
#[derive(Clone, Copy, Debug)]
struct Window {
    around: f64,
    tolerance: f64,
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    let window = |name: &str| Window {
        around: a.number(name),
        tolerance: a.number(&format!("{name}-tolerance")),
    };
    let (capacity, preload) = (a.number("capacity"), a.number("preload"));
    if preload > capacity {
        return Err(a.bad("preload", &format!("the robot holds {capacity} at most")));
    }
    let pieces = a.text("pieces").split(';').map(str::trim);
    let pieces = pieces
        .filter(|piece| !piece.is_empty())
        .map(|piece| position(piece).ok_or_else(|| a.bad("pieces", &not_a_position(piece))))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(Field {
        drivebase: a.required_device("drivebase")?,
        intake: a.required_device("intake")?,
        feeder: a.required_device("feeder")?,
        shooter: a.required_device("shooter")?,
        arm: a.device("arm"),
        pieces,
        capacity: capacity as u32,
        reach: a.number("intake-reach"),
        half_width: a.number("intake-width") / 2.0,
        intake_voltage: a.number("intake-voltage"),
        intake_time: a.number("intake-time"),
        intake_angle: window("intake-angle"),
        feed_voltage: a.number("feed-voltage"),
        feed_time: a.number("feed-time"),
        goal: [a.number("goal-x"), a.number("goal-y")],
        distance: window("shot-distance"),
        heading: Window {
            around: 0.0,
            tolerance: a.number("shot-heading-tolerance"),
        },
        speed: window("shot-speed"),
        angle: window("shot-angle"),
        held: preload as u32,
        scored: 0,
        missed: 0,
        incoming: None,
        fed: 0.0,
        ports: ["held", "scored", "missed", "remaining", "intake-beam-break"].map(|p| a.port(p)),
    }))
}

impl Device for Field {
    fn step(&mut self, h: f64, around: &Surroundings<'_>) {
        self.pick_up(h, around.devices);
        self.shoot(h, around.devices);
    }

    fn observed(&self) -> Observed {
        Observed {
            held: self.held,
            ..Observed::default()
        }
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, _noise: &mut Noise) {
        let [held, scored, missed, remaining, beam] = self.ports;
        held.put(inputs, f64::from(self.held));
        scored.put(inputs, f64::from(self.scored));
        missed.put(inputs, f64::from(self.missed));
        remaining.put(inputs, self.pieces.len() as f64);
        beam.put_boolean(inputs, self.held > 0);
    }
}

impl Field {
    fn pick_up(&mut self, h: f64, devices: &[Observed]) {
        if let Some(left) = self.incoming {
            let left = left - h;
            self.incoming = (left > 0.0).then_some(left);
            self.held += u32::from(left <= 0.0);
            return;
        }
        let pulls = devices[self.intake].voltage >= self.intake_voltage;
        if !pulls || self.held >= self.capacity || !self.arm_is(self.intake_angle, devices) {
            return;
        }
        let [x, y, heading] = devices[self.drivebase].pose;
        let (sin, cos) = heading.sin_cos();
        let within_reach = |piece: &[f64; 2]| {
            let (dx, dy) = (piece[0] - x, piece[1] - y);
            let (ahead, aside) = (dx * cos + dy * sin, dy * cos - dx * sin);
            (0.0..=self.reach).contains(&ahead) && aside.abs() <= self.half_width
        };
        if let Some(piece) = self.pieces.iter().position(within_reach) {
            self.pieces.swap_remove(piece);
            self.incoming = Some(self.intake_time);
        }
    }

    fn shoot(&mut self, h: f64, devices: &[Observed]) {
        let wheel = devices[self.shooter].velocity;
        // A slow wheel does not take the piece: it waits in front of it.
        let takes = wheel >= 0.5 * self.speed.around;
        let moves = devices[self.feeder].voltage >= self.feed_voltage;
        if self.held == 0 || !takes || !moves {
            self.fed = 0.0;
            return;
        }
        self.fed += h;
        if self.fed < self.feed_time {
            return;
        }
        self.fed = 0.0;
        self.held -= 1;
        let [x, y, heading] = devices[self.drivebase].pose;
        let (dx, dy) = (self.goal[0] - x, self.goal[1] - y);
        let past = (dy.atan2(dx) - heading + PI).rem_euclid(2.0 * PI) - PI;
        let scores = self.distance.holds(dx.hypot(dy))
            && self.heading.holds(past)
            && self.speed.holds(wheel)
            && self.arm_is(self.angle, devices);
        if scores {
            self.scored += 1;
        } else {
            self.missed += 1;
        }
    }

    fn arm_is(&self, window: Window, devices: &[Observed]) -> bool {
        self.arm
            .is_none_or(|arm| window.holds(devices[arm].position))
    }
}

impl Window {
    fn holds(self, value: f64) -> bool {
        (value - self.around).abs() <= self.tolerance
    }
}

fn position(piece: &str) -> Option<[f64; 2]> {
    let (x, y) = piece.split_once(',')?;
    let coordinate = |text: &str| text.trim().parse::<f64>().ok().filter(|c| c.is_finite());
    Some([coordinate(x)?, coordinate(y)?])
}

fn not_a_position(piece: &str) -> String {
    format!("\"{piece}\" is not a position: write x and y in metres, \"2.5, 1\" for instance")
}
